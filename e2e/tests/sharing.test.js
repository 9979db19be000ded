// Sharing and privacy, as a person meets it: with and without JavaScript, and on a screen reader.
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
const daughter = () => country.person("nora haugen");
const neighbour = () => country.person("arne dahl");

/** What everybody must find on a page: nothing wrong by axe, nothing cut off at 320 pixels. A picture is kept of it. */
async function look(page, name) {
  assert.deepEqual(await violations(page), [], name);
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width: 320, height });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${name} at 320 pixels`);
  for (const [wide, scheme] of [[390, "light"], [1280, "light"], [390, "dark"]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: wide, height });
    await page.screenshot({ path: new URL(`../artifacts/sharing-${name}-${wide}-${scheme}.png`, import.meta.url).pathname, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width, height });
}

const press = (page, words) => page.getByRole("button", { name: words }).click();

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";
  const looked = (page, name) => js ? look(page, name) : undefined;

  test(`a proxy is given, accepted and withdrawn, ${how}`, async () => {
    const giver = await country.visitor(mother(), { js });
    await giver.goto("/sharing");
    await looked(giver, "hub");
    await giver.getByRole("link", { name: "Gi en fullmakt" }).click();
    await giver.getByLabel("Mottakerens fødselsnummer").fill(neighbour().national_id);
    await giver.getByLabel("Mottakerens etternavn").fill("Dahl");
    await giver.getByLabel(/Digitale tjenester/).check();
    await giver.getByLabel("Dag").fill("31");
    await giver.getByLabel("Måned").fill("2");
    await giver.getByLabel("År").fill("2099");
    await press(giver, "Fortsett");
    await giver.locator(".ds-error-summary").waitFor();
    assert.equal(await giver.getByLabel("Dag").inputValue(), "31", "what was typed stays");
    await looked(giver, "give-wrong-day");
    await giver.locator(".ds-error-summary a").click();
    await giver.getByLabel("Dag").fill("28");
    await press(giver, "Fortsett");
    await giver.getByRole("heading", { name: "Stemmer dette?" }).waitFor();
    assert.match(await giver.locator("main").innerText(), /Arne Dahl[^]*28\. februar 2099/);
    await looked(giver, "give-confirm");
    await press(giver, "Ja, gi dette");
    await giver.locator(".confirmation").waitFor();
    const path = new URL(giver.url()).pathname;
    const receiver = await country.visitor(neighbour(), { js });
    await receiver.goto("/sharing");
    await receiver.locator(`a[href='${path}']`).click();
    await looked(receiver, "received");
    await press(receiver, "Ja, ta imot");
    await receiver.getByText("Du har sagt ja.").waitFor();
    await giver.goto(path);
    await press(giver, "Avslutt nå");
    await giver.getByText("Den er avsluttet, og gjelder ikke lenger.").waitFor();
    await receiver.goto("/sharing");
    assert.equal(await receiver.locator(`a[href='${path}']`).count(), 0);
    await giver.context().close();
    await receiver.context().close();
  });

  test(`one person is blocked by number, and all for a kind of information, and both are lifted, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    const { body } = await country.fhir("Practitioner?_count=1");
    const doctor = body.entry[0].resource;
    const number = doctor.identifier.find(({ system }) => system.endsWith("4.1.4.4")).value;
    await page.goto("/sharing");
    await page.getByRole("link", { name: "Blokkere helsepersonell" }).click();
    await looked(page, "blocks");
    await page.getByRole("link", { name: "Blokker én bestemt" }).click();
    await press(page, "Fortsett");
    await page.locator(".ds-error-summary").waitFor();
    await looked(page, "block-named-wrong");
    await page.getByLabel("HPR-nummer").fill(number);
    await press(page, "Fortsett");
    assert.match(await page.locator("main").innerText(), new RegExp(doctor.name[0].family));
    await looked(page, "block-named-confirm");
    await press(page, "Ja, blokker");
    await page.getByText("er blokkert").first().waitFor();
    await page.getByLabel("Alle opplysninger").check();
    await press(page, "Steng for alt helsepersonell");
    await page.getByText("Det er lagret").waitFor();
    await looked(page, "blocks-in-force");
    for (let left = 2; left > 0; left -= 1) {
      assert.equal(await page.getByRole("button", { name: "Opphev" }).count(), left);
      await page.getByRole("button", { name: "Opphev" }).first().click();
      await page.getByText("Det er opphevet").waitFor();
    }
    await page.context().close();
  });

  test(`a parent consents for a child of fourteen and withdraws it, and she sees by whom, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/sharing/youth");
    const name = daughter().name;
    await looked(page, "youth");
    await press(page, `Trekk samtykket for ${name} tilbake`);
    await page.getByText("Samtykket er trukket tilbake").waitFor();
    const child = await country.visitor(daughter(), { js });
    await child.goto("/appointments");
    assert.doesNotMatch(await child.locator("main").textContent(), /AP-2/);
    await press(page, `Ja, jeg samtykker for ${name}`);
    await page.getByText("Samtykket er gitt").waitFor();
    await child.goto("/appointments");
    assert.match(await child.locator("main").textContent(), /AP-2/);
    await child.goto("/sharing/youth");
    assert.match(await child.locator("main").innerText(), new RegExp(`Samtykke fra ${mother().name}`));
    assert.equal(await child.locator("main form").count(), 0, "it is not hers to change");
    await looked(child, "youth-own");
    await child.goto("/sharing");
    await looked(child, "hub-youth");
    await page.context().close();
    await child.context().close();
  });

  test(`an account is stopped: signed out everywhere, no sign-in, and opened again by the operator, ${how}`, async () => {
    const person = neighbour();
    const page = await country.visitor(person, { js });
    const other = await country.visitor(person, { js });
    await page.goto("/sharing");
    await page.getByRole("link", { name: "Sperr kontoen min" }).click();
    await looked(page, "stop");
    await press(page, "Ja, sperr kontoen nå");
    await page.getByRole("heading", { name: "Kontoen er sperret" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Logg inn" }).count(), 1, "signed out here");
    await looked(page, "stopped");
    assert.equal((await ask(other, "/appointments")).status, 303, "and in the other browser");
    await other.goto(person.sign_in);
    assert.match(await other.locator("main").innerText(), /Kontoen din er sperret/);
    await looked(other, "sign-in-stopped");
    // As docs/operations.md tells the operator.
    const headers = { authorization: `Bearer ${country.demo.tokens.admin}`, "content-type": "application/json-patch+json" };
    const asked = `Consent?patient=${person.patient}&category=urn:varde:consent%7Caccount-stop&status=active`;
    const { body } = await country.fhir(asked, { headers });
    assert.equal(body.entry.length, 1);
    const end = JSON.stringify([{ op: "replace", path: "/status", value: "inactive" }]);
    const ended = await country.fhir(`Consent/${body.entry[0].resource.id}`, { method: "PATCH", headers, body: end });
    assert.equal(ended.status, 200);
    await other.goto(person.sign_in);
    await other.goto("/sharing");
    assert.match(await other.locator("main").textContent(), /Avsluttet eller opphevet/);
    await page.context().close();
    await other.context().close();
  });

  test(`reservations and own access are set and undone, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    for (const [path, submit] of [["/sharing/reservations", "Reserver meg"], ["/sharing/own-access", "Fjern tilgangen"]]) {
      await page.goto(path);
      await press(page, submit);
      await page.locator(".ds-error-summary").waitFor();
      await page.getByLabel("Kjernejournal").check();
      await press(page, submit);
      await page.getByText("Det er lagret").waitFor();
      await looked(page, path.split("/")[2]);
      await press(page, "Opphev");
      await page.getByText("Det er opphevet").waitFor();
    }
    await page.context().close();
  });
}
