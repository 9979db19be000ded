// What a citizen has paid, the exemption card and what comes back; the register writes it by the API.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { sticksOut } from "../lib/everybody.js";
import { Country, ask } from "../lib/varde.js";

let country;
const year = new Date().getFullYear();
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
  // Thomas has reached the ceiling this year, whatever day it is.
  const { patient } = country.person("thomas haugen");
  const beneficiary = { reference: `Patient/${patient}` };
  await put(payment("thomas-payment", patient, 3400.5));
  await put({ resourceType: "Coverage", id: "thomas-card", status: "active", beneficiary, payor: [{ display: "Helfo" }],
    type: { coding: [{ system: "urn:varde:coverage", code: "exemption-card" }] }, identifier: [{ value: `${year}-777777` }],
    period: { start: `${year}-01-01`, end: `${year}-12-31` } });
  await put({ resourceType: "ClaimResponse", id: "thomas-refund", status: "active", use: "claim", outcome: "complete", patient: beneficiary,
    type: { coding: [{ system: "urn:varde:co-payment", code: "refund" }] }, insurer: { display: "Helfo" }, created: `${year}-01-01`,
    payment: { type: { text: "complete" }, date: "2099-01-15", amount: { value: 122.5, currency: "NOK" } } });
});
after(async () => { await country?.stop(); });

const main = (page) => page.locator("main").innerText();
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });

function payment(id, patient, own) {
  const amount = (code, value) => ({ category: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/adjudication", code }] }, amount: { value, currency: "NOK" } });
  return { resourceType: "ExplanationOfBenefit", id, status: "active", use: "claim", outcome: "complete", patient: { reference: `Patient/${patient}` },
    type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/claim-type", code: "professional" }] }, created: `${year}-01-01`,
    billablePeriod: { start: `${year}-01-01` }, insurer: { display: "Helfo" }, provider: { display: "Solsiden rehabilitering" },
    insurance: [{ focal: true, coverage: { display: "Folketrygden" } }], item: [{ sequence: 1, productOrService: { text: "Opptrening" } }],
    total: [amount("submitted", own + 600), amount("benefit", 600), amount("copay", own)] };
}

async function put(resource) {
  const { status, body } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

async function actFor(page, name) {
  await page.goto("/act-for");
  await page.locator("main label.choice", { hasText: name }).locator("input").check();
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname === "/");
}

for (const js of [true, false]) {
  test(`a citizen finds the card to show at the counter in two presses, ${js ? "with" : "without"} JavaScript`, async () => {
    const page = await country.visitor(country.person("thomas haugen"), { js });
    await page.locator('main a[href="/costs"]').first().click();
    assert.match(await main(page), new RegExp(`Frikortet gjelder fra 1\\. januar ${year}`));
    assert.match(await main(page), /122,50 kr/);
    await page.locator('main a[href="/costs/card"]').first().click();
    assert.match(await main(page), new RegExp(`Thomas Haugen[\\s\\S]*${year}-777777`));
    await shot(page, `390_costs_card_${js}`);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".site-header").isVisible(), false, "on paper there is the card alone");
    await shot(page, "print_costs_card");
    await page.context().close();
  });
}

test("what the care cost is said with the part the state paid", async () => {
  const page = await country.visitor(country.person("thomas haugen"));
  await page.goto("/costs/care");
  assert.match(await main(page), /Opptrening[\s\S]*4000,50 kr[\s\S]*600 kr[\s\S]*3400,50 kr/);
  await page.context().close();
});

test("a child and a youth pay nothing and are told so, and a parent too", async () => {
  const nora = await country.visitor(country.person("nora haugen"));
  await nora.goto("/costs");
  assert.match(await main(nora), /ikke betaler egenandel før du fyller 16 år/);
  await nora.context().close();
  const page = await country.visitor(country.person("ingrid haugen"));
  for (const child of ["Emil Haugen", "Nora Haugen"]) {
    await actFor(page, child);
    await page.goto("/costs");
    assert.match(await main(page), /barn under 16 år ikke betaler egenandel/, child);
  }
  await page.context().close();
});

test("by proxy, and not for somebody else", async () => {
  const arne = country.person("arne dahl").patient;
  await put(payment("arne-extra", arne, 77.25));
  const page = await country.visitor(country.person("berit dahl"));
  await page.goto(`/costs?year=${year}&all=yes`);
  assert.doesNotMatch(await main(page), /77,25/, "not in her own name");
  await actFor(page, "Arne Dahl");
  await page.goto(`/costs?year=${year}&all=yes`);
  assert.match(await main(page), /77,25 kr/);
  await page.context().close();
});

test("the tables stand inside the page and no day breaks, in every language", async () => {
  for (const width of [1280, 810, 390]) {
    const page = await country.visitor(country.person("arne dahl"), { width });
    for (const path of ["/costs", "/costs/care"]) {
      for (const language of ["nb", "se"]) {
        await page.goto(`${path}?lang=${language}`);
        assert.deepEqual(await sticksOut(page), [], `${path} ${language} ${width}`);
        const lines = await page.locator("main tbody td:first-child .figures, main tbody td:first-child time").evaluateAll((days) => days.map((day) => new Set([...day.getClientRects()].map(({ top }) => Math.round(top / 10))).size));
        assert.ok(lines.length > 0 && lines.every((count) => count === 1), `${path} ${language} ${width}: ${lines}`);
      }
    }
    await page.context().close();
  }
});

test("every link of the pages of co-payments leads somewhere", async () => {
  const page = await country.visitor(country.person("arne dahl"));
  const seen = new Set();
  for (const path of ["/costs", "/costs/care", "/costs/card"]) {
    await page.goto(path);
    for (const link of await page.locator("main a[href^='/']").all()) seen.add(await link.getAttribute("href"));
  }
  for (const path of seen) assert.equal((await ask(page, path)).status, 200, path);
  await page.context().close();
});
