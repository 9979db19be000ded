// How people are told, as they meet it: choosing with and without JavaScript, a device that gets notifications, and what arrives outside.
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
const main = (page) => page.locator("main").innerText();
const save = (page) => page.getByRole("button", { name: "Lagre" }).click();
const fields = (page, legend) => page.locator("fieldset", { has: page.getByText(legend, { exact: true }) });
const json = async (url, options) => (await fetch(url, options)).json();

/** What everybody must find on a page: nothing wrong by axe, nothing cut off at 320 pixels. A picture is kept of it. */
async function look(page, name) {
  assert.deepEqual(await violations(page), [], name);
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width: 320, height });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${name} at 320 pixels`);
  for (const [wide, scheme] of [[390, "light"], [1280, "light"], [390, "dark"], [1280, "dark"]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: wide, height });
    await page.screenshot({ path: new URL(`../artifacts/notifications-${name}-${wide}-${scheme}.png`, import.meta.url).pathname, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width, height });
}

/** Waits for what a simulator has taken. */
async function arrived(url, holds) {
  for (let tries = 0; tries < 150; tries += 1) {
    const found = (await json(url)).filter(holds);
    if (found.length > 0) return found;
    await pause(100);
  }
  throw new Error(`nothing at ${url}`);
}

/** A letter from an office to a person. */
async function letter(id, person) {
  const { status } = await country.fhir(`Communication/${id}`, { method: "PUT", body: JSON.stringify({
    resourceType: "Communication", id, status: "completed", subject: { reference: `Patient/${person.patient}` },
    recipient: [{ reference: `Patient/${person.patient}` }], sender: { display: "Kontoret" }, sent: new Date().toISOString(),
    payload: [{ contentString: "Hemmelig beskjed" }],
  }) });
  assert.equal(status, 201);
}

async function mobile(person) {
  const { body } = await country.fhir(`Patient/${person.patient}`);
  return body.telecom.find(({ system }) => system === "phone").value.replaceAll(" ", "");
}

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen chooses text messages about letters and gets one that tells nothing, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.locator('a.tile-link[href="/events"]').click();
    await page.getByRole("link", { name: "Velg hvordan du får beskjed" }).click();
    if (js) await look(page, "settings");
    else assert.equal(await page.getByRole("button", { name: "Få varsel på denne" }).isVisible(), false, "push needs a script");
    const letters = fields(page, "Meldinger og brev");
    await letters.getByLabel("E-post").uncheck();
    await letters.getByLabel("SMS").check();
    await save(page);
    await page.getByText("Valgene dine er lagret.").waitFor();
    assert.equal(await fields(page, "Meldinger og brev").getByLabel("SMS").isChecked(), true);
    if (js) await look(page, "saved");
    const id = `letter-${js}`;
    await letter(id, mother());
    const number = await mobile(mother());
    const [sms] = await arrived(`${country.demo.sms}/messages?to=${encodeURIComponent(number)}`, ({ text }) => text.includes(id));
    assert.ok(!sms.text.includes("Hemmelig") && sms.text.includes(country.demo.portal), sms.text);
    // The link leads straight to the letter.
    await page.goto(sms.text.split("\n").pop());
    assert.match(await main(page), /Hemmelig beskjed/);
  });
}

test("a stranger's link and somebody else's event do not exist", async () => {
  const hers = await country.visitor(mother());
  await hers.goto("/events");
  const page = await country.visitor(country.person("arne dahl"));
  const { body } = await country.fhir(`Communication?patient=${mother().patient}&_count=1`);
  for (const id of [body.entry?.[0]?.resource.id ?? "none", "none"]) {
    assert.equal((await ask(page, `/events/${id}`)).status, 404);
  }
  assert.equal((await ask(page, `/events/settings?about=${mother().patient}`)).status, 404);
  assert.equal((await ask(page, "/admin/undelivered")).status, 404);
});

test("a parent is told about a small child and comes to it in one press", async () => {
  const child = country.person("emil haugen");
  await letter("about-child", child);
  const { body } = await country.fhir(`Patient/${mother().patient}`);
  const address = body.telecom.find(({ system }) => system === "email").value;
  const number = await mobile(mother());
  const about = async () => {
    const mails = await json(`${country.demo.mail}/messages?to=${encodeURIComponent(address)}`);
    const texts = await json(`${country.demo.sms}/messages?to=${encodeURIComponent(number)}`);
    return [...mails, ...texts].map(({ text }) => text).find((text) => text.includes("/events/"));
  };
  let text;
  for (let tries = 0; tries < 900 && !text; tries += 1) { text = await about(); await pause(100); }
  assert.ok(text && !text.includes("Hemmelig") && !text.includes(child.name.split(" ")[0]), text);
  const page = await country.visitor(mother());
  await page.goto(text.match(/http:\S+/)[0]);
  assert.match(await main(page), new RegExp(`Dette gjelder ${child.name}`));
  await look(page, "about-child");
  await page.getByRole("button", { name: /Vis det for/ }).click();
  assert.match(await main(page), /Hemmelig beskjed/);
});

test("a device is added, gets what is chosen, and is removed; one at an unknown service is not added", async () => {
  const arne = country.person("arne dahl");
  const page = await country.visitor(arne);
  // Browsers subscribe at the service of their maker, which is not here: the one of the box stands in for it.
  const made = await json(`${country.demo.push}/subscribe`, { method: "POST" });
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript((subscription) => {
    PushManager.prototype.subscribe = async () => ({ toJSON: () => subscription });
  }, made);
  await page.goto("/events/settings");
  await page.getByRole("button", { name: "Få varsel på denne" }).click();
  await page.getByText("Nå får du varsler her.").waitFor();
  await fields(page, "Meldinger og brev").getByLabel(/Varsel/).check();
  await save(page);
  await page.getByText("Valgene dine er lagret.").waitFor();
  await look(page, "device");
  await letter("pushed", arne);
  const [pushed] = await arrived(`${country.demo.push}/messages?endpoint=${encodeURIComponent(made.endpoint)}`, () => true);
  assert.equal(pushed.message.path, "/messages/pushed");
  assert.ok(!JSON.stringify(pushed.message).includes("Hemmelig"));
  await page.getByRole("button", { name: "Fjern" }).click();
  await page.getByText("Den får ikke flere varsler.").waitFor();
  const csrf = await page.locator("input[name=csrf]").first().inputValue();
  const form = { csrf, endpoint: "https://169.254.169.254/latest", p256dh: made.keys.p256dh, auth: made.keys.auth };
  assert.equal((await ask(page, "/events/settings/devices", { form })).status, 422);
});

test("the service worker is there and the policy of the pages lets it run", async () => {
  const page = await country.visitor(mother());
  const refused = [];
  page.on("console", (message) => { if (/Content Security|Trusted/.test(message.text())) refused.push(message.text()); });
  await page.goto("/events/settings");
  const scope = await page.evaluate(async () => {
    const address = trustedTypes.createPolicy("test", { createScriptURL: () => "/service-worker.js" }).createScriptURL("");
    return (await navigator.serviceWorker.register(address)).scope;
  });
  assert.equal(scope, `${country.demo.portal}/`);
  assert.deepEqual(refused, []);
});
