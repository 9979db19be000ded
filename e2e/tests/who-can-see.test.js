// Who can see this: as a young person, a parent and an operator meet it.
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

async function actFor(page, name) {
  await page.goto("/act-for");
  await page.getByLabel(name).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".acting-for").waitFor();
}

const main = (page) => page.locator("main").innerText();

async function addressOf(page, label) {
  await page.goto("/appointments");
  const item = page.locator("li.item", { hasText: label }).first();
  return item.locator("a").getAttribute("href");
}

test("a girl of fourteen reads on every appointment whether it is hers alone or shared with her parents", async () => {
  const page = await country.visitor(country.person("nora haugen"));
  const own = await addressOf(page, "Bare du");
  const shared = await addressOf(page, "Delt med foreldrene dine");
  await page.goto(shared);
  assert.match(await main(page), /Delt med foreldrene dine, (Ingrid, Thomas|Thomas, Ingrid)/);
  await page.goto(own);
  await page.getByRole("link", { name: "Hvem kan se dette?" }).click();
  assert.match(await main(page), /Ingrid Haugen[\s\S]*Kan ikke se[\s\S]*Helsepersonell[\s\S]*Kan se/);
  await page.goto(shared.replace("/appointments/", "/who-can-see/Appointment/"));
  assert.match(await main(page), /Ingrid Haugen[\s\S]*foreldreansvar[\s\S]*Kan se/);
  assert.ok(!(await page.content()).includes(country.person("ingrid haugen").national_id), "names, never numbers");
  await page.context().close();
});

test("her page says what she sees at her age and what changes at sixteen", async () => {
  const page = await country.visitor(country.person("nora haugen"));
  await page.goto("/");
  await page.getByRole("link", { name: "Hvem kan se dette?" }).click();
  const words = await main(page);
  assert.match(words, /13, 14 eller 15 år[\s\S]*Når du fyller 16 år[\s\S]*Da kan du også se: .*prøvesvar/);
  await page.context().close();
});

test("her mother sees what the girl sees too, not what is hidden, and is not told who else sees what", async () => {
  const page = await country.visitor(country.person("ingrid haugen"));
  await actFor(page, country.person("nora haugen").name);
  await page.goto("/appointments");
  const words = await main(page);
  assert.match(words, /Delt med den unge/);
  assert.ok(!words.includes("Bare du") && !words.includes("Hvem kan se"));
  assert.equal((await page.goto("/who-can-see/primary-appointments")).status(), 403);
  assert.match(await main(page), /PA-12/);
  await page.context().close();
});

test("of a small child the parent is told, and the way to sharing stands there", async () => {
  const page = await country.visitor(country.person("ingrid haugen"));
  await actFor(page, country.person("emil haugen").name);
  await page.goto("/who-can-see/results");
  assert.match(await main(page), /Du handler for Emil Haugen\.[\s\S]*Ingrid Haugen[\s\S]*Thomas Haugen[\s\S]*Kan se/);
  assert.equal(await page.locator("main a[href='/sharing']").count(), 1);
  await page.context().close();
});

async function tries(page, { as, about, service }) {
  await page.goto("/admin/simulate");
  await page.locator("#who_number").fill(as.national_id);
  await page.locator("#number").fill(about.national_id);
  await page.locator(`input[name=service][value=${service}]`).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator("dl.facts").waitFor();
  return main(page);
}

test("an operator tries the rules without seeing anything, and the person reads of it in the log", async () => {
  assert.ok(country.demo.operator.page.endsWith("/admin/simulate"));
  const page = await country.visitor(country.person(country.demo.operator.name));
  const arne = country.person("arne dahl");
  const words = await tries(page, { as: country.person("berit dahl"), about: arne, service: "privacy-settings" });
  assert.match(words, /Nei, dette er lukket[\s\S]*FU-12/);
  assert.ok(!words.includes("Arne") && !words.includes("Berit"));
  assert.deepEqual(await violations(page), []);
  const his = await country.visitor(arne);
  assert.equal((await ask(his, "/admin/simulate")).status, 404, "the page is not there for others");
  await his.goto("/access-log");
  assert.match(await main(his), /Driften av Varde[\s\S]*[Pp]røvde reglene for personverninnstillinger/);
  await page.context().close();
  await his.context().close();
});

for (const [width, scheme] of [[320, "light"], [390, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
  test(`nothing is wrong or cut off at ${width} pixels, ${scheme}`, async () => {
    const nora = await country.visitor(country.person("nora haugen"), { width, scheme });
    const own = await addressOf(nora, "Bare du");
    const paths = ["/appointments", own, "/who-can-see", "/who-can-see/primary-appointments",
      own.replace("/appointments/", "/who-can-see/Appointment/")];
    const operator = await country.visitor(country.person(country.demo.operator.name), { width, scheme });
    await tries(operator, { as: country.person("berit dahl"), about: country.person("arne dahl"), service: "results" });
    await looks(operator, `${width}-${scheme}-simulated`);
    for (const [index, path] of paths.entries()) {
      await nora.goto(path);
      await looks(nora, `${width}-${scheme}-who-${index}`);
    }
    await operator.goto("/admin/simulate");
    await operator.locator("main form button[type=submit]").click();
    await operator.locator(".ds-error-summary").waitFor();
    await looks(operator, `${width}-${scheme}-simulate-errors`);
    await nora.context().close();
    await operator.context().close();
  });
}

async function looks(page, name) {
  assert.deepEqual(await violations(page), [], `${name} ${page.url()}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${name} ${page.url()}`);
  await page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });
}
