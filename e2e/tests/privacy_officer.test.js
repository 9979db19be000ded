// The list of a privacy officer: what stands out first, emergencies beside it, marked with a note, and there for nobody else.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, ask, violations } from "../lib/varde.js";

let country;
let patient;

function look(number, points, reasons) {
  const input = (system, code, value) => ({ type: { coding: [{ system, code }] }, valueInteger: value });
  return {
    resourceType: "Task", id: `look-up-${number}`, status: "requested", intent: "order",
    meta: { security: [{ system: "urn:oid:2.16.578.1.12.4.1.1.9603", code: "NORN" }] },
    code: { coding: [{ system: "urn:varde:task", code: "look-up-review" }] },
    for: { reference: `Patient/${patient}` }, executionPeriod: { start: "2026-11-20T02:10:00Z" }, authoredOn: "2026-11-21T01:00:00Z",
    requester: { identifier: { system: "urn:oid:2.16.578.1.12.4.1.4.4", value: "90000001" }, display: "Liv Vold, sykepleier, Nordlys sykehus" },
    reasonCode: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "TREAT" }] },
    input: [input("urn:varde:look-up", "score", points), ...reasons.map(([key, value]) => input("urn:varde:look-up-reason", key, value))],
  };
}

before(async () => {
  country = await Country.start();
  patient = country.person("ingrid haugen").patient;
  for (const task of [
    look(1, 55, [["no-care-relation", 40], ["unusual-hour", 15]]),
    look(2, 110, [["family", 50], ["no-care-relation", 40], ["unusual-volume", 20]]),
  ]) {
    assert.equal((await country.fhir(`Task/${task.id}`, { method: "PUT", body: JSON.stringify(task) })).status, 201);
  }
  const attestation = Buffer.from(JSON.stringify({
    practitioner: { hpr_nr: "90000002", name: "Ola Vakt", authorization: "Lege", legal_entity: { id: "310000001", name: "Legevakta" } },
    care_relationship: { purpose_of_use: "ETREAT", reason: "Bevisstløs" },
  })).toString("base64url");
  const headers = { authorization: `Bearer ${country.demo.tokens.source_system}`, "varde-attestation": attestation };
  assert.equal((await fetch(`${country.demo.fhir}/Patient/${patient}`, { headers })).status, 200);
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/officer-${name}.png`, import.meta.url).pathname, fullPage: true });

test("an officer finds the highest score first, marks a case without JavaScript, and loses nothing typed", async () => {
  const page = await country.visitor(country.person("berit dahl"), { js: false });
  await page.goto("/privacy-officer");
  const links = await page.locator("main a[href^='/privacy-officer/']").allInnerTexts();
  assert.deepEqual(links, ["Liv Vold, sykepleier, Nordlys sykehus", "Liv Vold, sykepleier, Nordlys sykehus", "Ola Vakt, Lege, Legevakta"]);
  await page.goto("/privacy-officer/look-up-2");
  await page.locator("textarea").fill("Jeg ringte avdelingen.");
  await page.locator("main form button[type=submit]").click();
  assert.equal(await page.locator("textarea").inputValue(), "Jeg ringte avdelingen.");
  await shot(page, "error");
  await page.locator(".ds-error-summary a").first().click();
  await page.locator("input[value=asked]").check();
  await page.locator("main form button[type=submit]").click();
  assert.match(await page.locator("main").innerText(), /Det er lagret[\s\S]*Jeg ringte avdelingen\./);
  await page.context().close();
});

test("for everybody else the list does not exist", async () => {
  const page = await country.visitor(country.person("ingrid haugen"));
  for (const path of ["/privacy-officer", "/privacy-officer/look-up-2"]) assert.equal((await ask(page, path)).status, 404, path);
  await page.goto("/access-log");
  const log = await page.locator("main").innerText();
  assert.ok(log.includes("Ola Vakt") && !log.includes("90000002"), "names, never numbers");
  await page.context().close();
});

for (const [width, scheme] of [[320, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
  test(`axe finds nothing wrong and nothing is cut off, ${width} ${scheme}`, async () => {
    const page = await country.visitor(country.person("berit dahl"), { width, scheme });
    for (const [path, name] of [["/privacy-officer", "list"], ["/privacy-officer?show=done", "empty"], ["/privacy-officer/look-up-2", "case"]]) {
      await page.goto(path);
      assert.deepEqual(await violations(page), [], `${path} ${scheme}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${path} at ${width}`);
      await shot(page, `${name}-${width}-${scheme}`);
    }
    await page.context().close();
  });
}
