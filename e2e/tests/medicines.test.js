// What a citizen does with prescriptions, from the front page to the confirmation, with and without JavaScript; the practice's system answers.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, actFor, ask, proxyWith, violations } from "../lib/varde.js";

let country;
let people;
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
  people = await withMedicines();
});
after(async () => { await country?.stop(); });

const main = (page) => page.locator("main").innerText();

/** Grown-ups of the cast with at least two continuous prescriptions in force, none of them habit-forming. */
async function withMedicines() {
  const found = [];
  for (const person of country.demo.people) {
    const { body } = await country.fhir(`MedicationRequest?patient=${person.patient}&status=active&_count=50`);
    const born = (await country.fhir(`Patient/${person.patient}`)).body.birthDate;
    if ((body.entry ?? []).length >= 2 && born < "2005") found.push(person);
  }
  assert.ok(found.length >= 2, "the country has people with medicines");
  return found;
}

async function tasks(person) {
  const { body } = await country.fhir(`Task?patient=${person.patient}&code=urn:varde:task|renew&_sort=-authored-on`);
  return (body.entry ?? []).map((entry) => entry.resource);
}

async function answer(task, operations) {
  const { status } = await country.fhir(`Task/${task.id}`, {
    method: "PATCH", body: JSON.stringify(operations),
    headers: { authorization: `Bearer ${country.demo.tokens.source_system}`, "content-type": "application/json-patch+json" },
  });
  assert.equal(status, 200);
}

for (const [index, js] of [true, false].entries()) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen renews two prescriptions and reads the doctor's answers, ${how}`, async () => {
    const person = people[index];
    const page = await country.visitor(person, { js });
    await page.locator('a[href="/medicines"]').first().click();
    await page.locator('a[href="/medicines/renew"]').click();
    const boxes = page.locator("input[name=prescription]");
    assert.equal(await page.locator("input[name=prescription]:checked").count(), 0);
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.locator("textarea[name=message]").fill("Jeg reiser på fredag");
    await page.locator("main form button[type=submit]").click();
    await page.locator("[role=status].confirmation").waitFor();
    assert.match(await main(page), /Sendt til legen[\s\S]*innen \d+\. [a-z]+ \d{4}/);
    const [one, two] = await tasks(person);
    assert.equal(one.groupIdentifier.value, two.groupIdentifier.value);
    assert.equal(one.input[0].valueString, "Jeg reiser på fredag");
    await page.screenshot({ path: new URL(`../artifacts/390_medicines_sent_${index}.png`, import.meta.url).pathname, fullPage: true });

    await answer(one, [
      { op: "replace", path: "/status", value: "rejected" },
      { op: "add", path: "/statusReason", value: { text: "Du må ta en blodprøve først." } },
    ]);
    await answer(two, [{ op: "replace", path: "/status", value: "received" }]);
    await page.goto("/medicines");
    assert.match(await main(page), /Ikke fornyet/);
    assert.match(await main(page), /Mottatt/);
    await page.goto(`/medicines/${one.focus.reference.split("/")[1]}`);
    assert.match(await main(page), /Du må ta en blodprøve først\.[\s\S]*Bestill time hos fastlegen/);
    await page.screenshot({ path: new URL(`../artifacts/390_medicines_refused_${index}.png`, import.meta.url).pathname, fullPage: true });

    await page.goto(`/medicines/${two.focus.reference.split("/")[1]}`);
    await page.locator("form[action$=withdraw] button").click();
    await page.locator("[role=status].confirmation").waitFor();
    assert.equal((await tasks(person)).find((task) => task.id === two.id).status, "cancelled");
    await page.context().close();
  });

  test(`an empty form is given back with what is wrong at the field, ${how}`, async () => {
    const page = await country.visitor(people[index], { js });
    await page.goto("/medicines/renew");
    await page.locator("textarea[name=message]").fill("Dette skrev jeg");
    await page.locator("main form button[type=submit]").click();
    await page.locator(".ds-error-summary").waitFor();
    assert.match(await page.title(), /^Feil: /);
    assert.equal(await page.locator("textarea[name=message]").inputValue(), "Dette skrev jeg");
    await page.locator(".ds-error-summary a").click();
    assert.ok(page.url().endsWith("#prescription"));
    if (js) assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
}

test("fifty presses at once ask once", async () => {
  const person = people.at(-1);
  const page = await country.visitor(person);
  await page.goto("/medicines/renew");
  const before = (await tasks(person)).length;
  const prescription = await page.locator("input[name=prescription]").last().getAttribute("value");
  const csrf = await page.locator("main input[name=csrf]").first().getAttribute("value");
  const send = (n) => ask(page, "/medicines/renew", { form: { csrf, form_key: `key-${n}`, prescription, message: "" } });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n)));
  assert.deepEqual([...new Set(answers.map((response) => response.status))], [303], "everybody is told that it is sent");
  assert.equal((await tasks(person)).length, before + 1);
  await page.context().close();
});

test("somebody else's prescription is not there", async () => {
  const { body } = await country.fhir(`MedicationRequest?patient=${people[0].patient}&_count=1`);
  const page = await country.visitor(people[1]);
  assert.equal((await page.goto(`/medicines/${body.entry[0].resource.id}`)).status(), 404);
  await page.context().close();
});

/** A prescription that can be renewed. */
async function prescribe(id, person, more = {}) {
  const resource = {
    resourceType: "MedicationRequest", id, status: "active", intent: "order", subject: { reference: `Patient/${person.patient}` },
    medicationCodeableConcept: { text: `Medisin ${id}` }, authoredOn: new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10),
    dispenseRequest: { numberOfRepeatsAllowed: 3 }, ...more,
  };
  const { status, body } = await country.fhir(`MedicationRequest/${id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok([200, 201].includes(status), JSON.stringify(body));
}

/** From the front page to the confirmation, for whoever is acted for. */
async function renews(page, id) {
  await page.goto("/");
  await page.locator('main .tile-link[href="/medicines"]').click();
  await page.locator('main a[href="/medicines/renew"]').click();
  await page.locator(`input[name=prescription][value=${id}]`).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
}

test("a mother renews for her boy of eight and her girl of fourteen, who renews herself what is kept from her parents", async () => {
  const [child, teenager] = [country.person("emil haugen"), country.person("nora haugen")];
  const reserved = { meta: { security: [{ system: "urn:oid:2.16.578.1.12.4.1.1.9603", code: "NORN_FORANS" }] } };
  await prescribe("e2e-emil", child);
  await prescribe("e2e-nora", teenager);
  await prescribe("e2e-hers", teenager, reserved);
  const page = await country.visitor(country.person("ingrid haugen"));
  for (const [person, id] of [[child, "e2e-emil"], [teenager, "e2e-nora"]]) {
    await actFor(page, person);
    await renews(page, id);
  }
  await page.goto("/medicines");
  assert.doesNotMatch(await main(page), /e2e-hers/);
  assert.equal((await page.goto("/medicines/e2e-hers")).status(), 404);
  await page.context().close();
  const youth = await country.visitor(teenager);
  await renews(youth, "e2e-hers");
  assert.equal((await youth.goto("/medicines/e2e-emil")).status(), 404);
  await youth.context().close();
});

test("a proxy with the area of digital services renews, and one with insight alone reads and does not", async () => {
  const arne = country.person("arne dahl");
  await prescribe("e2e-arne", arne);
  const page = await country.visitor(country.person("berit dahl"));
  await actFor(page, arne);
  await renews(page, "e2e-arne");
  await page.context().close();
  const [giver, receiver] = [country.person("hannah turner"), country.person("leyla demir")];
  await prescribe("e2e-hannah", giver);
  await proxyWith(country, giver, receiver, "1");
  const other = await country.visitor(receiver);
  await actFor(other, giver);
  await other.goto("/medicines");
  assert.match(await main(other), /Medisin e2e-hannah/);
  assert.equal(await other.locator('a[href^="/medicines/renew"]').count(), 0);
  assert.equal((await other.goto("/medicines/renew")).status(), 403);
  await other.context().close();
});

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`somebody is let collect at the pharmacy, and the counter learns yes or no and nothing else, ${how}`, async () => {
    const [giver, receiver] = js
      ? [country.person("ingrid haugen"), country.person("thomas haugen")]
      : [country.person("thomas haugen"), country.person("ingrid haugen")];
    // From the front page to the confirmation in five clicks; the pharmacy is ticked already.
    const page = await country.visitor(giver, { js });
    await page.locator('main .tile-link[href="/medicines"]').click();
    await page.locator('main a[href="/medicines/collect"]').click();
    await page.getByRole("link", { name: "La noen hente for deg" }).click();
    assert.equal(await page.locator("input[name=areas][value=P]").isChecked(), true);
    await page.getByLabel("Mottakerens fødselsnummer").fill(receiver.national_id);
    await page.getByLabel("Mottakerens etternavn").fill("Haugen");
    await page.getByRole("button", { name: "Fortsett" }).click();
    await page.getByRole("button", { name: "Ja, gi dette" }).click();
    await page.locator(".confirmation").waitFor();
    const given = new URL(page.url()).pathname;

    const counter = await country.visitor(country.person("hanne lunde"), { js });
    await counter.goto("/pharmacy/check");
    const asks = async (one, other) => {
      await counter.locator("input[name=giver]").fill(one.national_id);
      await counter.locator("input[name=receiver]").fill(other.national_id);
      await counter.locator("main form button[type=submit]").click();
      await counter.locator("main [role=status]").waitFor();
      const words = await main(counter);
      assert.ok(![one.name, other.name].some((name) => words.includes(name)), "nobody is named");
      assert.equal(await counter.locator("input[name=giver]").inputValue(), "", "nor is a number left for the next customer to see");
      return words;
    };
    assert.match(await asks(giver, receiver), /Nei, vi finner ingen fullmakt/, "not before the receiver has said yes");
    if (js) await counter.screenshot({ path: new URL("../artifacts/390_pharmacy_no.png", import.meta.url).pathname, fullPage: true });

    const receives = await country.visitor(receiver, { js });
    await receives.goto(given);
    await receives.getByRole("button", { name: "Ja, ta imot" }).click();
    await receives.goto("/medicines/collect");
    assert.match(await main(receives), new RegExp(`Du kan hente for[^]*${giver.name}[^]*Uten sluttdato`));
    if (js) await receives.screenshot({ path: new URL("../artifacts/390_medicines_collect.png", import.meta.url).pathname, fullPage: true });
    await page.goto("/medicines/collect");
    assert.match(await main(page), new RegExp(`De som kan hente for deg[^]*${receiver.name}[^]*Uten sluttdato`));

    assert.match(await asks(giver, receiver), /Ja, kan hente[^]*Uten sluttdato/);
    if (js) await counter.screenshot({ path: new URL("../artifacts/390_pharmacy_yes.png", import.meta.url).pathname, fullPage: true });
    assert.match(await asks(country.person("sofie lunde"), receiver), /Nei, vi finner ingen fullmakt/);
    await counter.locator("main form button[type=submit]").click();
    await counter.locator(".ds-error-summary").waitFor();
    if (js) assert.deepEqual(await violations(counter), []);
    await page.goto("/access-log");
    assert.match(await main(page), /Hanne Lunde, Provisorfarmasøyt, Varde apotek Sentrum/);
    // The counter is for those at work there, and a proxy ends when it is ended.
    assert.equal((await page.goto("/pharmacy/check")).status(), 404);
    await page.goto(given);
    await page.locator(`form[action="${given}/end"] button`).click();
    await counter.goto("/pharmacy/check");
    assert.match(await asks(giver, receiver), /Nei, vi finner ingen fullmakt/);
    for (const one of [page, counter, receives]) await one.context().close();
  });
}

test("every link of the pages of medicines leads somewhere", async () => {
  const page = await country.visitor(people[0]);
  await page.goto("/medicines");
  const one = await page.locator('main a[href^="/medicines/"]:not([href="/medicines/renew"])').first().getAttribute("href");
  const seen = new Set();
  for (const path of ["/medicines", one, "/medicines/in-use", "/medicines/collected", "/medicines/renew"]) {
    await page.goto(path);
    for (const link of await page.locator("main a[href^='/']").all()) seen.add(await link.getAttribute("href"));
  }
  for (const path of seen) assert.equal((await ask(page, path)).status, 200, path);
  assert.ok([...seen].some((path) => path.startsWith("/requests/new?item=MedicationRequest/")), "an error can be reported");
  await page.context().close();
});

test("the page at the counter is not cut off and axe finds nothing, light and dark", async () => {
  for (const [width, scheme] of [[320, "light"], [390, "dark"], [1280, "light"]]) {
    const page = await country.visitor(country.person("hanne lunde"), { width, scheme });
    await page.goto("/pharmacy/check");
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await page.screenshot({ path: new URL(`../artifacts/${width}_${scheme}_pharmacy.png`, import.meta.url).pathname, fullPage: true });
    await page.context().close();
  }
});

test("the copy opens without a network and holds the medicines with their doses", async () => {
  const page = await country.visitor(people[0]);
  const copy = await (await ask(page, "/medicines/copy")).text();
  assert.ok(!/(href|src)=|https?:/.test(copy), "nothing from elsewhere");
  await page.context().setOffline(true);
  // A tab of its own, as a saved file has: the policy of the portal's pages is not its.
  const saved = await page.context().newPage();
  for (const [width, scheme] of [[320, "light"], [390, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
    await saved.setViewportSize({ width, height: 900 });
    await saved.emulateMedia({ colorScheme: scheme });
    await saved.setContent(copy);
    assert.ok((await saved.locator("tbody tr").count()) >= 2);
    assert.equal(await saved.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${width}`);
    assert.deepEqual(await violations(saved), [], `${width} ${scheme}`);
    await saved.screenshot({ path: new URL(`../artifacts/${width}_${scheme}_medicines_copy.png`, import.meta.url).pathname, fullPage: true });
  }
  await page.context().close();
});

for (const scheme of ["light", "dark"]) {
  for (const width of [320, 390, 1280]) {
    test(`no page of medicines is cut off and axe finds nothing, ${scheme} at ${width} pixels`, async () => {
      const page = await country.visitor(people[0], { width, scheme });
      const { body } = await country.fhir(`MedicationRequest?patient=${people[0].patient}&status=active&_count=1`);
      const one = `/medicines/${body.entry[0].resource.id}`;
      for (const path of ["/", "/medicines", "/medicines/renew", "/medicines/in-use", "/medicines/collected", "/medicines/collect", one]) {
        await page.goto(path);
        assert.deepEqual(await violations(page), [], path);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, path);
        const name = path === one ? "_medicines_one" : path.replaceAll("/", "_");
        await page.screenshot({ path: new URL(`../artifacts/${width}_${scheme}${name}.png`, import.meta.url).pathname, fullPage: true });
      }
      await page.context().close();
    });
  }
}

for (const [lang, words] of [["en", /a day|in the morning|in the evening/], ["se", /beaivái|iđđes|eahkes/]]) {
  test(`doses are said in ${lang}, with what the doctor wrote`, async () => {
    const page = await country.visitor(people[0], { lang });
    await page.goto("/medicines/in-use");
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    assert.match(await main(page), words);
    assert.match(await main(page), /tablett/);
    await page.context().close();
  });
}
