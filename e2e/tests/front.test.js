// The front page as people use it: what is due, the services in their own order, and the household; with and without JavaScript.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, violations } from "../lib/varde.js";

let country;
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");
const main = (page) => page.locator("main").innerText();
const tiles = (page) => page.locator("main a.tile-link").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });
const headings = (page) => page.locator("main h2").allInnerTexts();

/** A prescription that ends in so many days, put as the source system. */
async function ending(id, person, days) {
  const day = (from) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
  const body = {
    resourceType: "MedicationRequest", id, status: "active", intent: "order", medicationCodeableConcept: { text: `Medisin ${id}` },
    subject: { reference: `Patient/${person.patient}` }, authoredOn: day(-300), dosageInstruction: [{ text: "1 tablett daglig" }],
    dispenseRequest: { numberOfRepeatsAllowed: 2, validityPeriod: { end: day(days) } },
  };
  const { status } = await country.fhir(`MedicationRequest/${id}`, { method: "PUT", body: JSON.stringify(body) });
  assert.ok([200, 201].includes(status), `${id}: ${status}`);
}

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a service is found by one's own words, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.getByLabel("Finn en tjeneste").fill("bestille legetime");
    await page.getByRole("button", { name: "Søk" }).click();
    assert.match(await main(page), /Dette fant vi for «bestille legetime»/);
    assert.equal((await tiles(page))[0], "/appointments");
    await page.getByLabel("Finn en tjeneste").fill("xyzzy");
    await page.getByRole("button", { name: "Søk" }).click();
    assert.match(await main(page), /Vi fant ingen tjeneste for «xyzzy»/);
    assert.equal(await page.getByLabel("Finn en tjeneste").inputValue(), "xyzzy");
    await page.locator("main .tile-link[href='/results']").click();
    assert.equal(await page.locator("h1").innerText(), "Prøvesvar");
    await page.context().close();
  });

  test(`what one pins comes first, in a situation its links are there, and all of it can be undone, ${how}`, async () => {
    const person = country.person(js ? "leyla demir" : "hannah turner");
    const page = await country.visitor(person, { js });
    const before = await tiles(page);
    assert.ok(!(await main(page)).includes("Når du er gravid"), "what her record says is not guessed at");
    await page.getByRole("link", { name: "Velg hva som kommer først på forsiden" }).click();
    await page.getByLabel("Jeg er gravid").check();
    await page.getByLabel("Deling og personvern").check();
    await page.getByRole("button", { name: "Lagre" }).click();
    assert.match(await page.locator("[role=status].confirmation").innerText(), /Valgene er lagret/);
    await page.locator("main .back a").click();
    assert.equal((await tiles(page))[0], "/sharing");
    assert.match(await main(page), /Når du er gravid[\s\S]*Skriv til legekontoret/);
    await page.getByRole("link", { name: "Skriv til legekontoret" }).click();
    assert.equal(new URL(page.url()).pathname, "/messages/write");
    await page.goto("/services/mine");
    await page.getByLabel("Jeg er gravid").uncheck();
    await page.getByLabel("Deling og personvern").uncheck();
    await page.getByRole("button", { name: "Lagre" }).click();
    await page.goto("/");
    assert.deepEqual(await tiles(page), before);
    await page.context().close();
  });

  test(`a mother sees what is due for each child, and goes on as one who acts for her boy, ${how}`, async () => {
    const child = country.person("emil haugen");
    await ending("e2e-front-emil", child, 9);
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/household']").click();
    const names = await headings(page);
    assert.ok(["Deg selv", child.name, country.person("nora haugen").name].every((name) => names.includes(name)), names.join());
    const section = page.locator("main section", { hasText: child.name });
    assert.match(await section.innerText(), /Resepter og medisiner[\s\S]*Frist/);
    assert.ok(!(await page.content()).includes("e2e-front-emil"), "what it is about is read where it is opened");
    await section.getByRole("button", { name: `Vis alt for ${child.name}` }).click();
    assert.match(await page.locator(".acting-for").innerText(), /Emil/);
    assert.match(await main(page), /Resepter og medisiner[\s\S]*Frist/);
    await page.goto("/household");
    await page.getByRole("button", { name: "Vis alt for deg selv" }).click();
    assert.equal(await page.locator(".acting-for").count(), 0);
    await page.context().close();
  });
}

test("what is to be done stands first, with the day it is due", async () => {
  const person = country.person("thomas haugen");
  await ending("e2e-front-thomas", person, 1);
  const page = await country.visitor(person);
  const words = await main(page);
  assert.ok(!words.includes("Det er ingenting du må gjøre nå"));
  assert.equal((await headings(page))[0], "Resepter og medisiner");
  assert.match(words, /Frist \d+\. \w+ \d{4}/);
  await page.context().close();
});

test("a proxy finds her father in the household, and those who may not act for anybody find only themselves", async () => {
  const daughter = await country.visitor(country.person("berit dahl"));
  await daughter.goto("/household");
  assert.ok((await headings(daughter)).includes(country.person("arne dahl").name));
  await daughter.context().close();
  // A girl of fourteen, a father who does not live with his boy, a mother whose child lives with others, and one at a protected address.
  for (const name of ["nora haugen", "anders bakke", "linda myhre", "mona berg"]) {
    const page = await country.visitor(country.person(name));
    await page.goto("/household");
    assert.deepEqual(await headings(page), ["Deg selv"], name);
    await page.context().close();
  }
});

test("use is counted for oneself alone, and one can say no", async () => {
  const page = await country.visitor(country.person("elle guttorm"));
  await page.goto("/results?lang=nb");
  await page.goto("/services/mine");
  assert.match(await main(page), /Prøvesvar\s+Dager: 1/);
  await page.getByRole("button", { name: "Slett tallene" }).click();
  assert.match(await main(page), /Vi har ikke telt noe ennå/);
  await page.getByLabel("Ja, vis det jeg bruker mest, først").uncheck();
  await page.getByRole("button", { name: "Lagre" }).click();
  await page.goto("/results");
  await page.goto("/services/mine");
  assert.ok(!(await main(page)).includes("Dette har vi telt"));
  await page.context().close();
});

test("too many pinned services are told, and what was ticked stays", async () => {
  const page = await country.visitor(mother());
  await page.goto("/services/mine");
  const boxes = page.locator("input[name=pinned]");
  for (let place = 0; place < 7; place += 1) await boxes.nth(place).check();
  await page.getByLabel("Jeg har små barn").check();
  await page.getByRole("button", { name: "Lagre" }).click();
  await page.locator(".ds-error-summary").waitFor();
  assert.match(await page.title(), /^Feil: /);
  assert.equal(await page.locator("input[name=pinned]:checked").count(), 7);
  assert.ok(await page.getByLabel("Jeg har små barn").isChecked());
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test("every page is clean for axe in light and dark and is not cut off at any width", async () => {
  const person = mother();
  await ending("e2e-front-ingrid", person, 2);
  const setting = await country.visitor(person);
  await setting.goto("/services/mine");
  await setting.getByLabel("Jeg har små barn").check();
  await setting.getByLabel("Jeg har en langvarig sykdom").check();
  await setting.getByRole("button", { name: "Lagre" }).click();
  await setting.context().close();
  for (const scheme of ["light", "dark"]) {
    for (const width of [320, 390, 1280]) {
      const page = await country.visitor(person, { scheme, width });
      const pages = { front: "/", services: "/services", found: "/services?q=resept", none: "/services?q=xyzzy", mine: "/services/mine", household: "/household" };
      for (const [name, path] of Object.entries(pages)) {
        assert.equal((await page.goto(path)).status(), 200, path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} ${width}`);
        if (width !== 390) assert.deepEqual(await violations(page), [], `${path} ${scheme} ${width}`);
        await shot(page, `front-${name}-${width}-${scheme}`);
      }
      await page.context().close();
    }
  }
});
