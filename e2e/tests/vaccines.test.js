// What a citizen does with vaccines, with and without JavaScript: from the front page to the certificate.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Country } from "../lib/varde.js";

let country;
before(async () => { country = await Country.start(); });
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");

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

/** A vaccination of a person. */
const dose = (id, person, atc, day, more = {}) => ({
  resourceType: "Immunization", id, status: "completed", patient: { reference: `Patient/${person.patient}` },
  vaccineCode: { coding: [{ system: "http://www.whocc.no/atc", code: atc }], text: "Vaksine" },
  occurrenceDateTime: day, performer: [{ actor: { display: "Sagene helsestasjon" } }],
  protocolApplied: [{ doseNumberPositiveInt: 1 }], ...more,
});

for (const js of [true, false]) {
  test(`from the front page to what was given and to the certificate, ${js ? "with" : "without"} JavaScript`, async () => {
    await put(dose("e2e-ingrid", mother(), "J07BD52", "1990-05-04"));
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/vaccines']").click();
    assert.equal(await page.locator("h1").innerText(), "Vaksiner");
    await page.locator("a[href='/vaccines/e2e-ingrid']").click();
    assert.match(await page.locator("main").innerText(), /Meslinger, kusma og røde hunder[\s\S]*4\. mai 1990[\s\S]*Sagene helsestasjon/);
    await page.locator("main .back a").click();
    await page.getByRole("link", { name: "Vis vaksinasjonsbevis" }).click();
    assert.match(await page.locator("main").innerText(), /Vaccination certificate[\s\S]*Measles, mumps and rubella[\s\S]*1990-05-04/);
    const code = await page.locator("main svg[role=img]").first().boundingBox();
    assert.ok(code.y + code.height < 800, `the code is on the first screen of a phone: ${JSON.stringify(code)}`);
    await page.context().close();
  });
}

test("the key that proves a certificate is there for anybody", async () => {
  const answer = await fetch(new URL("/.well-known/jwks.json", country.demo.portal));
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const { keys } = await answer.json();
  assert.deepEqual([keys[0].kty, keys[0].alg, keys[0].d], ["EC", "ES256", undefined]);
});

test("a mother sees those of her boy of eight and her girl of fourteen, and the girl her own", async () => {
  for (const name of ["emil haugen", "nora haugen"]) {
    const child = country.person(name);
    await put(dose(`e2e-${child.patient}`, child, "J07BD52", "2020-05-04"));
    const [page, offered] = await acting(mother(), child);
    assert.ok(offered);
    await page.goto("/vaccines");
    assert.equal(await page.locator(`a[href='/vaccines/e2e-${child.patient}']`).count(), 1, name);
    await page.goto("/vaccines/certificate");
    assert.ok((await page.locator("main").innerText()).includes(child.name), name);
    await page.context().close();
  }
  const nora = await country.visitor(country.person("nora haugen"));
  await nora.goto("/vaccines");
  assert.equal(await nora.locator("a[href='/vaccines/e2e-nora-haugen']").count(), 1);
  assert.equal((await nora.goto("/vaccines/e2e-emil-haugen")).status(), 404);
  await nora.context().close();
});

test("a daughter with a proxy sees her father's, and a mother no longer those of a girl of seventeen", async () => {
  const father = country.person("arne dahl");
  await put(dose("e2e-arne", father, "J07BB02", "2020-10-20"));
  const [page, offered] = await acting(country.person("berit dahl"), father);
  assert.ok(offered);
  await page.goto("/vaccines");
  assert.equal(await page.locator("a[href='/vaccines/e2e-arne']").count(), 1);
  await page.context().close();
  const own = await country.visitor(country.person("berit dahl"));
  assert.equal((await own.goto("/vaccines/e2e-arne")).status(), 404, "not in her own name");
  await own.context().close();
  const [hanne] = await acting(country.person("hanne lunde"), country.person("sofie lunde"));
  await put(dose("e2e-sofie", country.person("sofie lunde"), "J07BM03", "2022-05-04"));
  assert.equal((await hanne.goto("/vaccines/e2e-sofie")).status(), 404);
  await hanne.context().close();
});
