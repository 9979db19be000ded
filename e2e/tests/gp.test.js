// Who the GP is, and changing GP, from the front page to the confirmation, with and without JavaScript; the register answers by the API.
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

const main = (page) => page.locator("main").innerText();
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });

async function changes(patient) {
  const { body } = await country.fhir(`Task?patient=${patient}&code=urn:varde:task|change-gp&_sort=-_lastUpdated`);
  return (body.entry ?? []).map((entry) => entry.resource);
}

async function list(id) {
  const { body } = await country.fhir(`HealthcareService/${id}`);
  const parts = body.extension.find((its) => its.url === "urn:varde:gp-list").extension;
  const number = (url) => parts.find((part) => part.url === url).valueUnsignedInt;
  return { body, free: number("capacity") - number("listed"), waiting: parts.filter((part) => part.url === "waiting").length };
}

/** A list in the country with that many free places. */
async function withFree(wanted) {
  const { body } = await country.fhir("HealthcareService?service-type=urn:varde:service-type|gp-list&_count=100");
  for (const { resource } of body.entry) if (wanted((await list(resource.id)))) return resource;
  throw new Error("no such list");
}

async function actFor(page, name) {
  await page.goto("/act-for");
  await page.locator("main label.choice", { hasText: name }).locator("input").check();
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname === "/");
}

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen changes GP in five presses and undoes it, ${how}`, async () => {
    const person = country.person(js ? "thomas haugen" : "hanne lunde");
    const page = await country.visitor(person, { js });
    await page.locator('main a[href="/gp"]').first().click();
    assert.match(await main(page), /\S+ \S+ ved \S+ legesenter/);
    const before = await main(page);
    await page.locator('a[href="/gp/change"]').click();
    assert.match(await main(page), /Leger i Oslo/);
    await page.locator('main a[href^="/gp/change/"]', { hasText: "legesenter" }).first().click();
    const chosen = new URL(page.url()).pathname.split("/").pop();
    const free = await list(chosen);
    assert.ok(free.waiting > 0 || free.free >= 0);
    await page.locator("main form button[type=submit]").click();
    await page.locator("[role=status].confirmation").waitFor();
    await shot(page, `390_gp_changed_${js}`);
    const [task] = await changes(person.patient);
    assert.equal(task.focus.reference, `HealthcareService/${chosen}`);
    assert.equal(task.requester.reference, `Patient/${person.patient}`);
    const taken = await list(chosen);
    assert.equal(taken.free + (free.waiting - taken.waiting), free.free - (task.businessStatus.coding[0].code === "scheduled" ? 1 : 1));

    await page.locator('form[action^="/gp/undo/"] button').click();
    await page.locator("[role=status].confirmation").waitFor();
    assert.match(await main(page), /Byttet er angret/);
    const after = await list(chosen);
    assert.deepEqual([after.free, after.waiting], [free.free, free.waiting], "the place is given back");
    assert.equal((await changes(person.patient)).find((its) => its.id === task.id).status, "cancelled");
    await page.goto("/gp");
    assert.equal((await main(page)).split("\n")[1], before.split("\n")[1]);
    await page.context().close();
  });
}

test("a parent changes for a child of eight and a youth of fourteen, who sees it and cannot change", async () => {
  const mother = country.person("ingrid haugen");
  const nora = country.person("nora haugen");
  const page = await country.visitor(mother);
  const open = await withFree((its) => its.free > 20);
  await page.goto(`/gp/change/${open.id}`);
  const boxes = page.locator("input[name=person]");
  assert.equal(await boxes.count(), 3, "herself and both children");
  assert.equal(await page.locator("input[name=person]:checked").count(), 1);
  for (const box of await boxes.all()) await box.check();
  await shot(page, "390_gp_family");
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
  assert.equal((await changes(nora.patient))[0].requester.reference, `Patient/${mother.patient}`);

  const young = await country.visitor(nora);
  await young.goto("/gp");
  assert.match(await main(young), /Gjelder fra/);
  assert.equal(await young.locator('form[action^="/gp/undo/"]').count(), 0);
  assert.equal((await ask(young, "/gp/change")).status, 403);
  const csrf = await young.locator("input[name=csrf]").first().getAttribute("value");
  const refused = await ask(young, `/gp/change/${open.id}`, { form: { csrf, form_key: "x", person: nora.patient } });
  assert.equal(refused.status, 403);

  await actFor(page, "Emil Haugen");
  await page.goto("/gp");
  await page.locator('form[action^="/gp/undo/"] button').click();
  await page.locator("[role=status].confirmation").waitFor();
  await young.context().close();
  await page.context().close();
});

test("by proxy, and refused to others", async () => {
  const page = await country.visitor(country.person("berit dahl"));
  await actFor(page, "Arne Dahl");
  await page.goto("/gp");
  assert.match(await main(page), /ved \S+ legesenter/);
  const full = await withFree((its) => its.free === 0 && its.waiting === 0);
  await page.goto(`/gp/change/${full.id}`);
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
  assert.match(await main(page), /Du er nummer \d+ i køen/);
  await shot(page, "390_gp_waiting");
  const [task] = await changes(country.person("arne dahl").patient);
  const other = await country.visitor(country.person("ingrid haugen"));
  await other.goto("/gp/history");
  const csrf = await other.locator("input[name=csrf]").first().getAttribute("value");
  assert.equal((await ask(other, `/gp/undo/${task.id}`, { form: { csrf, form_key: "x" } })).status, 404);
  await other.context().close();

  // The register gives the place when one is free: Task and list in one transaction, and the person is told.
  const { body } = await list(full.id);
  const places = body.extension.find((its) => its.url === "urn:varde:gp-list");
  const ticket = task.identifier[0].value;
  places.extension = places.extension.filter((part) => part.valueString !== ticket);
  task.businessStatus.coding[0].code = "scheduled";
  task.executionPeriod = { start: "2099-01-01" };
  const entry = [task, body].map((resource) => ({ resource, request: { method: "PUT", url: `${resource.resourceType}/${resource.id}`, ifMatch: `W/"${resource.meta.versionId}"` } }));
  const answer = await country.fhir("", { method: "POST", body: JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }) });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await page.goto("/gp");
  assert.match(await main(page), /Gjelder fra 1\. januar 2099/);
  await page.goto("/events");
  assert.match(await main(page), /bytte av fastlege er registrert/);
  await page.context().close();
});

test("one who has moved back has the GP of before although the list is full", async () => {
  const person = country.person("linda myhre");
  const full = await withFree((its) => its.free <= 0);
  const moved = {
    resourceType: "Task", id: "e2e-moved", status: "completed", intent: "order", authoredOn: "2026-01-15T09:00:00Z",
    code: { coding: [{ system: "urn:varde:task", code: "change-gp" }] },
    reasonCode: { coding: [{ system: "urn:varde:gp-change-reason", code: "moved" }] }, for: { reference: `Patient/${person.patient}` },
    executionPeriod: { start: new Date(Date.now() - 400 * 86_400_000).toISOString().slice(0, 10) },
    input: [{ type: { coding: [{ system: "urn:varde:gp-change-input", code: "from" }] }, valueReference: { reference: `HealthcareService/${full.id}` } }],
  };
  assert.equal((await country.fhir("Task/e2e-moved", { method: "PUT", body: JSON.stringify(moved) })).status, 201);
  const page = await country.visitor(person);
  await page.goto(`/gp/change/${full.id}`);
  assert.match(await main(page), /Du sto på denne listen før du flyttet/);
  await shot(page, "390_gp_returns");
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
  assert.match(await main(page), /Gjelder fra/);
  const [task] = (await changes(person.patient)).filter((its) => its.status === "requested");
  assert.equal(task.reasonCode.coding[0].code, "moved", "none of the changes of the year");
  await page.context().close();
});

test("of fifty presses for the last place one person gets it once", async () => {
  const person = country.person("anders bakke");
  const page = await country.visitor(person);
  const last = await withFree((its) => its.free === 1 && its.waiting === 0);
  await page.goto(`/gp/change/${last.id}`);
  const csrf = await page.locator("main input[name=csrf]").first().getAttribute("value");
  const send = (n) => ask(page, `/gp/change/${last.id}`, { form: { csrf, form_key: `key-${n}`, person: person.patient } });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n)));
  assert.deepEqual([...new Set(answers.map((response) => response.status))], [303]);
  assert.equal((await list(last.id)).free, 0);
  const other = await country.visitor(country.person("thomas haugen"));
  await other.goto(`/gp/change/${last.id}`);
  assert.match(await main(other), /Still deg på venteliste/);
  await other.context().close();
  await page.context().close();
});

for (const scheme of ["light", "dark"]) {
  for (const width of [320, 390, 1280]) {
    test(`no page of the GP is cut off and axe finds nothing, ${scheme} at ${width} pixels`, async () => {
      const page = await country.visitor(country.person("sofie lunde"), { width, scheme });
      const one = `/gp/change/${(await withFree((its) => its.free > 1)).id}`;
      for (const [path, name] of [["/gp", "gp"], ["/gp/change", "gp_change"], ["/gp/change?q=nobody", "gp_none"], [one, "gp_one"], ["/gp/history", "gp_history"]]) {
        await page.goto(path);
        assert.deepEqual(await violations(page), [], path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, path);
        await shot(page, `${width}_${scheme}_${name}`);
      }
      await page.context().close();
    });
  }
}

test("every link of the pages of the GP leads somewhere", async () => {
  const page = await country.visitor(country.person("ingrid haugen"));
  const seen = new Set();
  for (const path of ["/gp", "/gp/change", "/gp/history"]) {
    await page.goto(path);
    for (const link of await page.locator("main a[href^='/']").all()) seen.add(await link.getAttribute("href"));
  }
  for (const path of seen) assert.equal((await ask(page, path)).status, 200, path);
  await page.context().close();
});
