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

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`what a citizen asks to have renewed is answered after a little while, ${how}`, async () => {
    const person = js ? country.person("arne dahl") : country.person("ingrid haugen");
    const page = await country.visitor(person, { js });
    await page.goto("/medicines/renew");
    const boxes = page.locator("input[name=prescription]");
    const count = await boxes.count();
    for (let at = 0; at < count; at += 1) await boxes.nth(at).check();
    await page.locator("main form button[type=submit]").first().click();
    await says(page, "/medicines", /Fornyet|Ikke fornyet|Legen vil snakke med deg/);
    assert.deepEqual(await violations(page), []);
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

test("a booked time is taken into the practice's books or moved, and the page says what to bring", async () => {
  const page = await country.visitor(country.person("arne dahl"));
  const path = await book(page, "Kontroll");
  const id = path.split("/").pop();
  for (let tries = 0; tries < 60; tries += 1) {
    const { body } = await country.fhir(`Appointment/${id}`);
    if (body.identifier) break;
    await pause(500);
  }
  const { body } = await country.fhir(`Appointment/${id}`);
  assert.equal(body.status, "booked");
  assert.equal(body.identifier.length, 1);
  const { body: letters } = await country.fhir(`Communication?patient=arne-dahl&category=letter`);
  if (body.patientInstruction) {
    await page.goto(path);
    assert.match(await main(page), /fem minutter før timen/);
  } else {
    assert.ok(letters.entry.some(({ resource }) => resource.about[0].reference === `Appointment/${id}`), "who is moved gets a letter");
  }
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
  assert.ok(lines.length > 4);
  assert.deepEqual(lines.filter((line) => line.stage === "given up"), []);
  const page = await country.visitor(null, { width: 1280 });
  await page.goto(country.demo.ehr);
  assert.deepEqual(await violations(page), []);
  await shot(page, "page-1280");
  await page.context().close();
});
