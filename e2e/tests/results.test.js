// What a citizen does with test results, with and without JavaScript: from the front page to what an answer means, and back in time.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, actFor, ask, proxyWith, violations } from "../lib/varde.js";

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

/** A report of a person, issued so many days ago. */
const report = (id, person, daysAgo, more = {}) => ({
  resourceType: "DiagnosticReport", id, status: "final", code: { text: `Svar ${id}` },
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0074", code: "LAB" }] }],
  subject: { reference: `Patient/${person.patient}` },
  issued: new Date(Date.now() - daysAgo * 86_400_000).toISOString(), ...more,
});

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`from the front page to what an answer means, and to the same test over time, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/results']").click();
    assert.equal(await page.locator("h1").innerText(), "Prøvesvar");
    await page.getByRole("link", { name: "Generell blodprøve" }).first().click();
    assert.match(await page.locator("main").innerText(), /Hva betyr dette\?[\s\S]*116\s117/);
    await page.getByRole("link", { name: /Hemoglobin/ }).first().click();
    await page.locator("div.chart svg[role=img]").waitFor();
    const rows = await page.locator("main tbody tr").count();
    assert.ok(rows > 1, "the table has every value");
    assert.match(await page.locator("div.chart desc").textContent(), new RegExp(`${rows} svar fra`));
    await page.context().close();
  });

  test(`one kind of answer is found, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/results");
    await page.getByText("Finn et bestemt svar").click();
    await page.getByRole("link", { name: "Bildeundersøkelser" }).click();
    await page.getByRole("link", { name: "Røntgen av lungene" }).click();
    assert.match(await page.locator("main").innerText(), /Hva bildene viser[\s\S]*Røntgenbeskrivelse \(PDF\)/);
    const file = await ask(page, new URL(await page.locator("main a[download]").getAttribute("href"), page.url()).pathname);
    assert.equal(file.headers.get("content-type"), "application/pdf");
    assert.match(file.headers.get("content-disposition"), /^attachment/);
    assert.match(await file.text(), /^%PDF/);
    await page.context().close();
  });
}

test("an answer that is delayed is nowhere, and one that personnel released at once is there", async () => {
  const person = mother();
  await put(report("e2e-late", person, 1));
  await put(report("e2e-now", person, 1, { meta: { extension: [{ url: "urn:varde:release", valueCode: "now" }] } }));
  const page = await country.visitor(person);
  await page.goto("/results");
  assert.equal(await page.locator("a[href='/results/e2e-now']").count(), 1);
  assert.ok(!(await page.content()).includes("e2e-late"));
  assert.match(await page.locator("main").innerText(), /Nye svar vises vanligvis 14 dager etter/);
  assert.equal((await page.goto("/results/e2e-late")).status(), 404);
  await page.goto("/");
  assert.match(await page.locator("main").innerText(), /Nytt prøvesvar[\s\S]*Svar e2e-now/);
  await page.context().close();
});

test("a mother sees the answers of her boy of eight and not those of her girl of fourteen, who does not see them herself", async () => {
  const [child, teenager] = [country.person("emil haugen"), country.person("nora haugen")];
  await put(report("e2e-emil", child, 30));
  await put(report("e2e-nora", teenager, 30));
  const page = await country.visitor(mother());
  for (const [person, id, open] of [[child, "e2e-emil", true], [teenager, "e2e-nora", false]]) {
    await actFor(page, person);
    await page.goto("/results");
    assert.equal(await page.locator(`a[href='/results/${id}']`).count(), open ? 1 : 0, id);
    assert.equal((await page.goto(`/results/${id}`)).status(), open ? 200 : 404, id);
  }
  await page.context().close();
  const youth = await country.visitor(teenager);
  await youth.goto("/results");
  assert.match(await youth.locator("main").innerText(), /Prøvesvarene vises ikke/);
  assert.equal((await youth.goto("/results/e2e-nora")).status(), 404);
  await youth.context().close();
});

test("a proxy with the area of insight sees the answers, and one without it none", async () => {
  const [giver, receiver] = [country.person("hannah turner"), country.person("leyla demir")];
  await put(report("e2e-hannah", giver, 30));
  await proxyWith(country, giver, receiver, "3");
  const page = await country.visitor(receiver);
  await actFor(page, giver);
  await page.goto("/results");
  assert.match(await page.locator("main").innerText(), /Prøvesvarene vises ikke/);
  assert.equal((await page.goto("/results/e2e-hannah")).status(), 404);
  await page.context().close();
  const arne = country.person("arne dahl");
  await put(report("e2e-arne", arne, 30));
  const helper = await country.visitor(country.person("berit dahl"));
  await actFor(helper, arne);
  await helper.goto("/results");
  await helper.locator("a[href='/results/e2e-arne']").click();
  assert.match(await helper.locator("main").textContent(), /FU-/);
  await helper.context().close();
});

test("every form of answer is clean for axe in light and dark and is not cut off at any width", async () => {
  for (const scheme of ["light", "dark"]) {
    for (const width of [320, 390, 1280]) {
      const page = await country.visitor(mother(), { scheme, width });
      await page.goto("/results");
      const href = async (name) => page.getByRole("link", { name }).first().getAttribute("href");
      const pages = {
        list: "/results", found: "/results?kind=microbiology", analyses: "/results/analyses",
        blood: await href(/Generell blodprøve|Blodtrykkskontroll/), urine: await href("Urindyrkning"), skin: await href("Vevsprøve fra hud"),
        xray: await href("Røntgen av lungene"), series: "/results/over-time?code=http%3A%2F%2Floinc.org%7C718-7",
      };
      for (const [name, path] of Object.entries(pages)) {
        assert.equal((await page.goto(path)).status(), 200, path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} ${width}`);
        if (width !== 390) assert.deepEqual(await violations(page), [], `${path} ${scheme} ${width}`);
        await shot(page, `results-${name}-${width}-${scheme}`);
      }
      await page.context().close();
    }
  }
});
