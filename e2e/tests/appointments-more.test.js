// What else a citizen does with appointments: waits for an earlier time, sees the family's, takes them along in a calendar of their own.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Country, ask, violations } from "../lib/varde.js";

let country;
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");

/** Looks at a page as axe does, at both widths and in both schemes, and keeps a picture of each. */
async function looked(page, name) {
  assert.deepEqual(await violations(page), [], name);
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, `${name} at ${width}`);
    for (const colorScheme of width === 320 ? [] : ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: new URL(`../artifacts/${width}-${colorScheme}_${name}.png`, import.meta.url).pathname, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 900 });
}

/** An appointment of `person` at a time of their own doctor's calendar, `days` from now, and the Slot it holds. */
async function given(person, id, days, extra = {}) {
  const { body: patient } = await country.fhir(`Patient/${person.patient}`);
  const schedule = `${patient.generalPractitioner[0].reference.replace("Practitioner/", "Schedule/")}-schedule`;
  const start = new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);
  const [from, to] = [start, new Date(start.getTime() + 1_200_000)].map((at) => at.toISOString().replace(".000", ""));
  const slot = { resourceType: "Slot", id: `${id}-slot`, schedule: { reference: schedule }, status: "busy", start: from, end: to };
  const appointment = {
    resourceType: "Appointment", id, status: "booked", start: from, end: to, slot: [{ reference: `Slot/${id}-slot` }],
    serviceCategory: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/service-category", code: "17" }] }],
    participant: [{ actor: { reference: `Patient/${person.patient}` }, status: "accepted" }], ...extra,
  };
  for (const resource of [slot, appointment]) {
    const { status } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
    assert.ok(status === 200 || status === 201, `${resource.id}: ${status}`);
  }
  return { slot, from };
}

async function becomesFree(slot) {
  const { status } = await country.fhir(`Slot/${slot.id}`, { method: "PUT", body: JSON.stringify({ ...slot, status: "free" }) });
  assert.equal(status, 200);
}

/** Waits until the worker has done what follows. */
async function until(what) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await what()) return;
    await pause(100);
  }
  assert.fail("it did not happen");
}

const statusOf = async (type, id) => (await country.fhir(`${type}/${id}`)).body.status;

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen waits for an earlier time, is offered one and takes it once, ${how}`, async () => {
    const id = `e2e-wait-${js}`;
    const early = await given(country.person("thomas haugen"), `${id}-early`, js ? 60 : 61);
    await given(mother(), id, 90);
    const page = await country.visitor(mother(), { js });
    await page.goto(`/appointments/${id}`);
    await page.locator(`a[href="/appointments/${id}/earlier"]`).click();
    await page.locator("main form button[type=submit]").click();
    await page.locator(".ds-error-summary").waitFor();
    if (js) await looked(page, "earlier-error");
    await page.locator("input[name=notice]").first().check();
    await page.locator("main form button[type=submit]").click();
    await page.getByText("Du står i kø for en tidligere time").first().waitFor();
    if (js) await looked(page, "waiting");

    await becomesFree(early.slot);
    await until(async () => (await statusOf("Slot", early.slot.id)) === "busy-tentative");
    // From the front page to the confirmation: two clicks.
    await page.goto("/");
    await page.locator(`a[href="/appointments/${id}/offer"]`).first().click();
    if (js) await looked(page, "offer");
    const hidden = async (name) => page.locator(`main form input[name=${name}]`).first().getAttribute("value");
    const form = { csrf: await hidden("csrf"), slot: await hidden("slot") };
    const presses = Array.from({ length: 50 }, () => ask(page, `/appointments/${id}/offer`, { form }));
    const answers = await Promise.all(presses);
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
    const { body: moved } = await country.fhir(`Appointment/${id}`);
    assert.equal(moved.start, early.from);
    assert.equal(moved.meta.versionId, "2", "moved once");
    await page.goto(`/appointments/${id}?done=moved`);
    await page.getByText("Timen er flyttet").waitFor();
    await page.goto(`/appointments/${id}/offer`);
    await page.getByText("Tilbudet gjelder ikke lenger").first().waitFor();
    if (js) await looked(page, "offer-gone");
    await page.context().close();
  });
}

test("a clinic's no holds on the page and in the API", async () => {
  const id = "e2e-closed";
  await given(mother(), id, 91, { extension: [{ url: "urn:varde:citizen-may", valueCode: "nothing" }] });
  const page = await country.visitor(mother());
  await page.goto(`/appointments/${id}`);
  assert.equal(await page.locator(`a[href="/appointments/${id}/cancel"]`).count(), 0);
  await looked(page, "clinic-only");
  assert.equal((await page.goto(`/appointments/${id}/cancel`)).status(), 403);
  const response = { resourceType: "AppointmentResponse", id: "e2e-no", participantStatus: "declined",
    appointment: { reference: `Appointment/${id}` }, actor: { reference: `Patient/${mother().patient}` } };
  await country.fhir("AppointmentResponse/e2e-no", { method: "PUT", body: JSON.stringify(response) });
  await until(async () => (await country.fhir("AppointmentResponse/e2e-no")).body.extension?.[0].valueCode === "not-allowed");
  assert.equal(await statusOf("Appointment", id), "booked");
  await page.context().close();
});

test("a row, a video meeting, a visit at home and a group say how one meets, and a row is called off from one on", async () => {
  const page = await country.visitor(mother());
  await page.goto("/appointments");
  assert.match(await page.locator("main").innerText(), /Time hos fysioterapeut/);
  await looked(page, "list");
  await page.getByText(/Time hos fysioterapeut/).first().locator("xpath=ancestor::li//a").first().click();
  assert.match(await page.locator("main").innerText(), /Dette er time 1 av 4/);
  await looked(page, "row");
  await page.locator("a[href$='/cancel']").click();
  await page.getByText("Denne timen og de 3 neste").click();
  await page.locator("details summary").filter({ hasText: "Si hvorfor" }).click();
  // It unfolds; what is under it moves until it has.
  await pause(600);
  await looked(page, "cancel-row");
  await page.getByText("Jeg er blitt bedre").click();
  await page.locator("main form button[type=submit]").click();
  await page.getByText("Timen er avbestilt").waitFor();
  const { body } = await country.fhir(`Appointment?patient=${mother().patient}&status=cancelled&date=ge${new Date().toISOString().slice(0, 10)}`);
  assert.equal(body.entry.filter((entry) => entry.resource.id.startsWith("ingrid-haugen-appointment")).length, 4);
  await page.goto("/appointments");
  await page.getByText(/ · Video/).first().locator("xpath=ancestor::li//a").first().click();
  assert.match(await page.locator("main a[rel~=noreferrer]").first().getAttribute("href"), /^https:\/\/video\.example\.test\//);
  await looked(page, "video");
  await page.context().close();
});

test("the family's calendar shows each person as far as the rules open, and leads to their appointment", async () => {
  const [emil, nora] = [country.person("emil haugen"), country.person("nora haugen")];
  await given(emil, "e2e-emil", 92);
  await given(nora, "e2e-nora", 92);
  await given(nora, "e2e-nora-own", 93, { meta: { security: [{ system: "urn:oid:2.16.578.1.12.4.1.1.9603", code: "NORN_FORANS" }] } });
  const page = await country.visitor(mother(), { js: false });
  await page.goto("/appointments");
  await page.locator("a[href='/appointments/household']").click();
  const html = await page.content();
  assert.ok(html.includes("e2e-emil") && html.includes("/appointments/e2e-nora\""));
  assert.ok(!html.includes("e2e-nora-own"), "what is hers alone is not there");
  await page.context().close();
  const withScript = await country.visitor(mother());
  await withScript.goto("/appointments/household");
  await looked(withScript, "household");
  await withScript.locator("form[action='/act-for']").filter({ has: withScript.locator("input[value='/appointments/e2e-emil']") }).locator("button").click();
  await withScript.locator(".acting-for").waitFor();
  assert.equal(new URL(withScript.url()).pathname, "/appointments/e2e-emil");
  await withScript.context().close();

  const daughter = await country.visitor(nora);
  await daughter.goto("/appointments/household");
  const hers = await daughter.content();
  assert.ok(hers.includes("e2e-nora-own") && !hers.includes("e2e-emil"), "a girl of 14 sees her own, and not her brother's");
  await daughter.context().close();
  const proxy = await country.visitor(country.person("berit dahl"));
  await proxy.goto("/appointments/household");
  assert.match(await proxy.locator("main").innerText(), /Arne/);
  assert.ok(!(await proxy.content()).includes("e2e-emil"), "a stranger's child is not there");
  await proxy.context().close();
});

test("a calendar program reads the private address, which says when and no more, until it is stopped", async () => {
  const page = await country.visitor(mother());
  await page.goto("/appointments");
  await page.locator("a[href='/appointments/feed']").click();
  await looked(page, "feed");
  await page.locator("main form button[type=submit]").click();
  await page.locator(".ds-error-summary").waitFor();
  await looked(page, "feed-error");
  await page.locator("input[name=what][value=time]").check();
  await page.locator("input[name=whose][value=mine]").check();
  await page.locator("main form button[type=submit]").click();
  const address = await page.locator("#address").inputValue();
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/calendar-feed\/[\w-]{43}\.ics$/);
  await looked(page, "feed-made");
  const read = () => fetch(address);
  const response = await read();
  assert.equal(response.headers.get("content-type"), "text/calendar; charset=utf-8");
  const file = await response.text();
  assert.match(file, /SUMMARY:Time\r\n/);
  for (const words of ["LOCATION", "DESCRIPTION", "Haugen", "haugen", "Kontroll"]) assert.ok(!file.includes(words), words);
  const many = await Promise.all(Array.from({ length: 40 }, read));
  assert.ok(many.some((answer) => answer.status === 429), "read in a loop it is refused");
  await page.goto("/access-log");
  await page.goto("/appointments/feed");
  await looked(page, "feed-on");
  await page.getByRole("button", { name: "Stopp kalenderen" }).click();
  assert.equal((await read()).status, 404);
  await page.context().close();
});

test("words to the clinic are kept when they are too long, and shown when they are sent", async () => {
  const id = "e2e-words";
  await given(mother(), id, 94);
  const page = await country.visitor(mother(), { js: false });
  await page.goto(`/appointments/${id}/comment`);
  await page.locator("textarea[name=comment]").fill("x".repeat(501));
  await page.locator("main form button[type=submit]").click();
  await page.locator(".ds-error-summary").waitFor();
  assert.equal((await page.locator("textarea[name=comment]").inputValue()).length, 501);
  await page.locator("textarea[name=comment]").fill("Jeg bruker rullestol");
  await page.locator("main form button[type=submit]").click();
  await page.getByText("Jeg bruker rullestol").waitFor();
  await page.context().close();
});
