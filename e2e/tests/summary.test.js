// What a citizen does with critical information and the summary, with and without JavaScript: from the front page to an answered suggestion.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, ask, violations } from "../lib/varde.js";

let country;
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });

/** Puts a resource as the source system. */
async function put(resource) {
  const { status, body } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok([200, 201].includes(status), `${resource.id}: ${status} ${JSON.stringify(body)}`);
}

/** A browser of somebody who acts for another; without one when the other is not offered. */
async function acting(person, other) {
  const page = await country.visitor(person);
  await page.goto("/act-for");
  const choice = page.getByLabel(other.name);
  if (await choice.count() === 0) return [page, false];
  await choice.check();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".acting-for").waitFor();
  return [page, true];
}

/** Everything on a page at each width and in both schemes. */
async function looked(paths, name) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [320, 390, 1280]) {
      const page = await country.visitor(mother(), { scheme, width });
      for (const [part, path] of Object.entries(paths)) {
        assert.equal((await page.goto(path)).status(), 200, path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} ${width}`);
        if (width !== 390) assert.deepEqual(await violations(page), [], `${path} ${scheme} ${width}`);
        await shot(page, `${name}-${part}-${width}-${scheme}`);
      }
      await page.context().close();
    }
  }
}

/** An allergy of a person. */
const allergy = (id, person, more = {}) => ({
  resourceType: "AllergyIntolerance", id, patient: { reference: `Patient/${person.patient}` }, criticality: "high",
  clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }] },
  code: { coding: [{ system: "http://snomed.info/sct", code: "417532002" }], text: "Fiskeallergi" },
  recordedDate: "2020-05-04", reaction: [{ manifestation: [{ text: "Hevelse" }] }], ...more,
});

for (const js of [true, false]) {
  test(`from the front page to a suggestion that the office answers, ${js ? "with" : "without"} JavaScript`, async () => {
    await put(allergy("e2e-ingrid", mother()));
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/summary']").click();
    await page.locator("a[href='/summary/item/AllergyIntolerance/e2e-ingrid']").click();
    assert.match(await page.locator("main").innerText(), /Fisk[\s\S]*livstruende[\s\S]*Hevelse/);
    await page.getByRole("link", { name: "Foreslå en retting" }).click();
    await page.locator("main form button[type=submit]").click();
    assert.match(await page.title(), /^Feil:/);
    await page.getByLabel("Dette bør fjernes").check();
    await page.getByLabel("Hva skal det stå?").fill("Jeg tåler fisk nå.");
    await page.locator("main form button[type=submit]").click();
    assert.match(await page.locator("main").innerText(), /Forslaget er sendt[\s\S]*Jeg tåler fisk nå\./);
    const place = new URL(page.url()).pathname;
    const id = place.split("/").pop();
    const { status, body } = await country.fhir(`Task/${id}`);
    assert.equal(status, 200);
    assert.equal(body.focus.reference, "AllergyIntolerance/e2e-ingrid");
    const answered = { ...body, status: "rejected", statusReason: { text: "Prøven viser fortsatt allergi." } };
    assert.equal((await country.fhir(`Task/${id}`, { method: "PUT", body: JSON.stringify(answered) })).status, 200);
    await page.goto("/events");
    await page.locator(`main a[href='${place}']`).first().click();
    assert.match(await page.locator("main").innerText(), /Ikke rettet[\s\S]*Prøven viser fortsatt allergi\./);
    await page.context().close();
  });
}

test("the international summary is a page, a PDF and a FHIR document", async () => {
  await put(allergy("e2e-ingrid", mother()));
  const page = await country.visitor(mother());
  await page.goto("/summary");
  await page.getByRole("link", { name: "Se og hent helseoversikten" }).click();
  assert.match(await page.locator("main").innerText(), /Allergier[\s\S]*Fisk/);
  const pdf = await ask(page, "/summary/international/pdf");
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.match(await pdf.text(), /^%PDF-1\.7/);
  const document = await (await ask(page, "/summary/international/fhir")).json();
  assert.deepEqual([document.type, document.entry[0].resource.resourceType], ["document", "Composition"]);
  const same = await country.fhir(`Patient/${mother().patient}/$summary`);
  assert.equal(same.status, 200);
  assert.ok(same.body.entry.some(({ resource }) => resource.id === "e2e-ingrid"));
  await page.context().close();
});

test("a mother sees that of her boy of eight and not that of her girl of fourteen, who does not see it herself", async () => {
  for (const [name, open] of [["emil haugen", true], ["nora haugen", false]]) {
    const child = country.person(name);
    await put(allergy(`e2e-${child.patient}`, child));
    const [page, offered] = await acting(mother(), child);
    assert.ok(offered);
    await page.goto("/summary");
    assert.equal(await page.locator(`a[href$='/e2e-${child.patient}']`).count(), open ? 1 : 0, name);
    assert.equal((await page.goto(`/summary/item/AllergyIntolerance/e2e-${child.patient}`)).status(), open ? 200 : 404, name);
    await page.context().close();
  }
  const nora = await country.visitor(country.person("nora haugen"));
  await nora.goto("/summary");
  assert.match(await nora.locator("main").innerText(), /Kritisk informasjon vises ikke/);
  await nora.context().close();
});

test("a daughter with a proxy sees her father's, and a mother no longer that of a girl of seventeen", async () => {
  const [page, offered] = await acting(country.person("berit dahl"), country.person("arne dahl"));
  assert.ok(offered);
  await page.goto("/summary");
  assert.match(await page.locator("main").innerText(), /Penicillin[\s\S]*Pacemaker/);
  await page.context().close();
  const [hanne] = await acting(country.person("hanne lunde"), country.person("sofie lunde"));
  await put(allergy("e2e-sofie", country.person("sofie lunde")));
  assert.equal((await hanne.goto("/summary/item/AllergyIntolerance/e2e-sofie")).status(), 404);
  await hanne.context().close();
});

test("every page is clean for axe in light and dark and is not cut off at any width", async () => {
  await put(allergy("e2e-looked", mother()));
  const page = await country.visitor(mother());
  await page.goto("/summary/suggest");
  await page.getByLabel("Hva mangler?").fill("Pacemaker siden 2019");
  await page.locator("main form button[type=submit]").click();
  const sent = new URL(page.url()).pathname;
  await page.context().close();
  await looked({
    critical: "/summary", item: "/summary/item/AllergyIntolerance/e2e-looked", suggest: "/summary/suggest",
    correct: "/summary/suggest?item=AllergyIntolerance/e2e-looked", sent, international: "/summary/international",
  }, "summary");
});
