// Somebody answers: a citizen asks in the portal, and the record systems of the box answer by the API.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Country, book, violations } from "../lib/varde.js";

let country;
before(async () => {
  country = await Country.start({ ehrSpeed: 600 });
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const main = (page) => page.locator("main").innerText();
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/ehr-${name}.png`, import.meta.url).pathname, fullPage: true });

/** Loads a page again and again until it says what is looked for, as somebody who waits. */
async function says(page, path, words) {
  for (let tries = 0; tries < 60; tries += 1) {
    await page.goto(path);
    if (words.test(await main(page))) return;
    await pause(500);
  }
  assert.match(await main(page), words);
}

const asked = new Set();

/** Somebody with prescriptions to renew who has not asked before, on the page where one asks. */
async function somebodyWithPrescriptions(js) {
  const count = async ({ patient }) => (await country.fhir(`MedicationRequest?patient=${patient}&status=active&_summary=count`)).body.total;
  const people = await Promise.all(country.demo.people.map(async (person) => ({ person, count: await count(person) })));
  people.sort((one, other) => other.count - one.count);
  for (const { person } of people.filter((one) => one.count > 0 && !asked.has(one.person.patient))) {
    const page = await country.visitor(person, { js });
    await page.goto("/medicines/renew");
    const boxes = page.locator("input[name=prescription]");
    if ((await boxes.count()) > 0) {
      asked.add(person.patient);
      return { page, boxes };
    }
    await page.context().close();
  }
  throw new Error("nobody has prescriptions to renew");
}

/** Looks by the API until it is so, and gives what was found. */
async function until(what, wanted) {
  for (let tries = 0; tries < 120; tries += 1) {
    const found = await wanted();
    if (found) return found;
    await pause(500);
  }
  return assert.fail(what);
}

const put = async (resource) => {
  const { status, body } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
};
const found = async (query) => ((await country.fhir(query)).body.entry ?? []).map(({ resource }) => resource);

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`what a citizen asks to have renewed is answered after a little while, ${how}`, async () => {
    const { page, boxes } = await somebodyWithPrescriptions(js);
    const count = await boxes.count();
    for (let at = 0; at < count; at += 1) await boxes.nth(at).check();
    await page.locator("main form button[type=submit]").first().click();
    await says(page, "/medicines", /Fornyet|Ikke fornyet|Legen vil snakke med deg/);
    if (js) assert.deepEqual(await violations(page), []);
    await shot(page, `renewed-${js ? "js" : "plain"}-390`);
    await page.context().close();
  });

  test(`a message is opened and answered, and the answer can be answered, ${how}`, async () => {
    const page = await country.visitor(country.person("ingrid haugen"), { js });
    await page.goto("/messages/write/contact");
    await page.locator("input[name=topic]").fill("Papirer");
    await page.locator("textarea[name=text]").fill("Er papirene klare?");
    await page.locator("main form button[type=submit]").first().click();
    await page.getByText("Meldingen er sendt").waitFor();
    const path = new URL(page.url()).pathname;
    await says(page, path, /Åpnet av kontoret/);
    await says(page, path, /Takk for meldingen/);
    await page.locator("textarea[name=text]").fill("Takk skal dere ha.");
    await page.locator("main form button[type=submit]").first().click();
    await says(page, path, /Takk for at du skrev igjen/);
    await shot(page, `answered-${js ? "js" : "plain"}-390`);
    await page.context().close();
  });
}

test("a booked time is taken into the practice's books, moved or called off, and an error report about it is answered", async () => {
  const page = await country.visitor(country.person("arne dahl"));
  const path = await book(page, "Kontroll");
  const id = path.split("/").pop();
  const booked = await until("nobody has taken it in", async () => {
    const { body } = await country.fhir(`Appointment/${id}`);
    return body.identifier && body;
  });
  assert.equal(booked.identifier.length, 1);
  if (booked.patientInstruction) {
    assert.equal(booked.status, "booked");
    await page.goto(path);
    assert.match(await main(page), /fem minutter før timen/);
  } else {
    const letters = await found("Communication?patient=arne-dahl&category=letter");
    assert.ok(letters.some((letter) => letter.about?.[0].reference === `Appointment/${id}`), "who is moved or has to come another day gets a letter");
  }
  await page.goto(path);
  await page.getByText("Meld feil i denne timen").click();
  await page.locator("textarea[name=wrong]").fill("Det er ikke en kontroll");
  await page.locator("textarea[name=right]").fill("Det er en første samtale");
  await page.locator("main form button[type=submit]").first().click();
  await page.locator("[role=status].confirmation").waitFor();
  const request = new URL(page.url()).pathname;
  await says(page, request, /Vi har skrevet inn det som er riktig|Derfor retter vi det ikke/);
  await shot(page, "request-390");
  const task = (await country.fhir(`Task/${request.split("/").pop()}`)).body;
  const notes = await found(`DocumentReference?patient=arne-dahl&related=Appointment/${id}`);
  assert.equal(notes.length, task.status === "completed" ? 1 : 0);
  await page.context().close();
});

test("a suggestion for the summary is answered, and what was entered by mistake is gone from the page", async () => {
  const person = country.person("ingrid haugen");
  const allergy = (id) => ({
    resourceType: "AllergyIntolerance", id, patient: { reference: `Patient/${person.patient}` }, code: { text: "Fiskeallergi" },
    clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }] },
  });
  const page = await country.visitor(person);
  // One in four is asked to come instead; of four one is not.
  for (const id of ["e2e-fish-1", "e2e-fish-2", "e2e-fish-3", "e2e-fish-4"]) {
    await put(allergy(id));
    await page.goto(`/summary/suggest?item=AllergyIntolerance/${id}`);
    await page.getByLabel("Dette bør fjernes").check();
    await page.getByLabel("Hva skal det stå?").fill("Jeg tåler fisk.");
    await page.locator("main form button[type=submit]").click();
    const place = new URL(page.url()).pathname;
    await says(page, place, /Det var ført feil|Dette vil legen snakke med deg om først/);
    const { body } = await country.fhir(`AllergyIntolerance/${id}`);
    if (/Det var ført feil/.test(await main(page))) {
      assert.equal(body.verificationStatus.coding[0].code, "entered-in-error");
      assert.equal(body.clinicalStatus, undefined);
      await shot(page, "suggestion-390");
      break;
    }
    assert.equal(body.verificationStatus, undefined, "nothing is changed by a no");
  }
  await page.context().close();
});

test("somebody who waits for an earlier time is offered one, takes it, and it is not taken for a new booking", async () => {
  const person = country.person("ingrid haugen");
  const { body: patient } = await country.fhir(`Patient/${person.patient}`);
  const schedule = `${patient.generalPractitioner[0].reference.replace("Practitioner/", "Schedule/")}-schedule`;
  const instant = (days, minutes = 0) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000 + minutes * 60_000).toISOString().replace(".000", "");
  const slot = (id, days) => ({ resourceType: "Slot", id, schedule: { reference: schedule }, status: "busy", start: instant(days), end: instant(days, 20) });
  const id = "e2e-ehr-late";
  for (const one of [slot("e2e-ehr-early", 150), slot("e2e-ehr-late-slot", 180)]) await put(one);
  await put({
    resourceType: "Appointment", id, status: "booked", start: instant(180), end: instant(180, 20), slot: [{ reference: "Slot/e2e-ehr-late-slot" }],
    identifier: [{ system: "urn:e2e", value: "in the books already" }],
    serviceCategory: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/service-category", code: "17" }] }],
    participant: [{ actor: { reference: `Patient/${person.patient}` }, status: "accepted" }],
  });
  const page = await country.visitor(person);
  await page.goto(`/appointments/${id}/earlier`);
  await page.locator("input[name=notice]").first().check();
  await page.locator("main form button[type=submit]").click();
  await page.getByText("Du står i kø for en tidligere time").first().waitFor();
  const wish = await until("nothing was offered", async () => (await found(`Appointment?patient=${person.patient}&status=proposed`))[0]);
  await page.goto(`/appointments/${id}/offer`);
  await shot(page, "offer-390");
  await page.locator("main form button[type=submit]").first().click();
  await page.getByText("Timen er flyttet").waitFor();
  const { body: moved } = await country.fhir(`Appointment/${id}`);
  assert.deepEqual([moved.start, moved.slot[0].reference, moved.identifier.length], [wish.start, wish.slot[0].reference, 1]);
  const lines = await (await fetch(`${country.demo.ehr}/errands`)).json();
  assert.deepEqual(lines.filter((line) => line.kind === "booking" && [`Appointment/${id}`, `Appointment/${wish.id}`].includes(line.id)), []);
  await page.context().close();
});

test("who waits for a GP moves up the queue and gets a place, and a change is carried out on its day", async () => {
  const lists = await found("HealthcareService?service-type=urn:varde:service-type|gp-list&_count=100");
  const places = (list) => list.extension.find((its) => its.url === "urn:varde:gp-list").extension;
  const number = (list, url) => places(list).find((part) => part.url === url).valueUnsignedInt;
  const full = lists.find((list) => number(list, "capacity") === number(list, "listed"));
  const person = country.person("thomas haugen");
  const page = await country.visitor(person);
  await page.goto(`/gp/change/${full.id}`);
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
  assert.match(await main(page), /Du er nummer \d+ i køen/);
  await says(page, "/gp", /Gjelder fra 1\./);
  const after = (await country.fhir(`HealthcareService/${full.id}`)).body;
  assert.equal(number(after, "listed"), number(full, "listed"), "somebody went, and the place is kept");

  const [from, to] = lists.filter((list) => list.id !== full.id);
  const today = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Oslo" }).format(new Date());
  const other = country.person("hanne lunde");
  const coded = (system, code) => ({ coding: [{ system, code }] });
  await put({
    resourceType: "Task", id: "e2e-change-today", status: "requested", intent: "order", code: coded("urn:varde:task", "change-gp"),
    businessStatus: coded("urn:varde:gp-change", "scheduled"), focus: { reference: `HealthcareService/${to.id}`, display: to.name },
    for: { reference: `Patient/${other.patient}` }, requester: { reference: `Patient/${other.patient}` }, authoredOn: new Date().toISOString(),
    executionPeriod: { start: today }, input: [{ type: coded("urn:varde:gp-change-input", "from"), valueReference: { reference: `HealthcareService/${from.id}` } }],
  });
  await until("the register has not carried it out", async () => (await country.fhir("Task/e2e-change-today")).body.status === "completed");
  const { body: patient } = await country.fhir(`Patient/${other.patient}`);
  assert.equal(patient.generalPractitioner[0].reference, `Practitioner/${to.id.replace(/-list$/, "")}`);
  const left = (await country.fhir(`HealthcareService/${from.id}`)).body;
  const waited = places(from).filter((part) => part.url === "waiting").length;
  assert.equal(number(left, "listed"), number(from, "listed") - (waited > 0 ? 0 : 1));
  await page.context().close();
});

test("a referral is received and assessed, with dates", async () => {
  const patient = country.person("arne dahl").patient;
  const { body: units } = await country.fhir("Organization?type=dept&_count=20");
  const unit = units.entry.map(({ resource }) => resource).find((one) => one.partOf && !one.name.includes("Helsestasjon"));
  const referral = {
    resourceType: "ServiceRequest", status: "active", intent: "order", subject: { reference: `Patient/${patient}` }, authoredOn: new Date().toISOString(),
    category: [{ coding: [{ system: "http://snomed.info/sct", code: "3457005" }] }], code: { text: `Henvisning til ${unit.name}` },
    performer: [{ reference: `Organization/${unit.id}`, display: unit.name }],
  };
  const created = await country.fhir("ServiceRequest", { method: "POST", body: JSON.stringify(referral) });
  assert.equal(created.status, 201);
  const dates = async () => {
    const { body } = await country.fhir(`ServiceRequest/${created.body.id}`);
    return (body.extension ?? []).map(({ url }) => url.split("/").pop());
  };
  for (let tries = 0; tries < 90 && !(await dates()).includes("no-vurdert-dato"); tries += 1) await pause(500);
  assert.ok((await dates()).includes("no-mottatt-dato") && (await dates()).includes("no-vurdert-dato"));
  const { body: tasks } = await country.fhir(`Task?based-on=ServiceRequest/${created.body.id}`);
  assert.equal(tasks.entry.length, 1);
  assert.equal(tasks.entry[0].resource.status, "completed");
});

test("the page of the record systems says what has been done, and nothing was given up", async () => {
  const lines = await (await fetch(`${country.demo.ehr}/errands`)).json();
  assert.deepEqual([...new Set(lines.map((line) => line.kind))].sort().filter((kind) => kind !== "report"),
    ["booking", "change of GP", "earlier time", "message", "referral", "renewal", "request", "suggestion"]);
  assert.deepEqual(lines.filter((line) => line.stage === "given up"), []);
  const page = await country.visitor(null, { width: 1280 });
  await page.goto(country.demo.ehr);
  assert.deepEqual(await violations(page), []);
  await shot(page, "page-1280");
  await page.context().close();
});
