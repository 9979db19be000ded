// What a citizen asks of those who keep information, and the answer that comes through the API.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Country, book, violations } from "../lib/varde.js";

let country;
before(async () => { country = await Country.start(); });
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");

/** The id at the end of the page's address. */
const id = (page) => new URL(page.url()).pathname.split("/").pop();

/** Answers as the organisation's system does. */
async function answer(task, patch) {
  const { status, body } = await country.fhir(`Task/${task}`, {
    method: "PATCH", body: JSON.stringify(patch),
    headers: { authorization: `Bearer ${country.demo.tokens.source_system}`, "content-type": "application/json-patch+json" },
  });
  assert.equal(status, 200, JSON.stringify(body));
}

const status = (value) => ({ op: "replace", path: "/status", value });

async function send(page) {
  await page.locator("main form button[type=submit]").first().click();
  await page.locator("[role=status].confirmation").waitFor();
}

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`an error is reported from the front page, answered through the API and followed, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    const appointment = await book(page, "Vondt i kneet");
    await page.goto("/");
    await page.locator("main a[href='/appointments']").first().click();
    await page.locator(`a[href="${appointment}"]`).click();
    await page.getByText("Meld feil i denne timen").click();
    await page.locator("textarea[name=wrong]").fill("Det er ikke kneet");
    await page.locator("main form button[type=submit]").click();
    await page.locator(".ds-error-summary").waitFor();
    assert.equal(await page.locator("textarea[name=wrong]").inputValue(), "Det er ikke kneet");
    if (js) assert.deepEqual(await violations(page), [], "the form with what is wrong");
    await page.locator("textarea[name=right]").fill("Det er skulderen");
    await send(page);
    const task = id(page);
    if (js) assert.deepEqual(await violations(page), [], "the receipt");

    await answer(task, [status("in-progress")]);
    await page.reload();
    await page.getByText("De ser på saken").first().waitFor();
    const reason = { op: "add", path: "/statusReason", value: { text: "Timen er satt opp slik henvisningen sier." } };
    await answer(task, [status("rejected"), reason]);
    await page.goto("/events");
    await page.getByText("Du har fått nei på forespørselen din").first().click();
    const words = await page.locator("main").innerText();
    for (const part of ["Ikke rettet", "Timen er satt opp slik henvisningen sier.", "Det er skulderen"]) {
      assert.ok(words.includes(part), `${part}: ${words}`);
    }
    if (js) assert.deepEqual(await violations(page), [], "the answer");
    await page.locator("textarea[name=statement]").waitFor();
    await page.context().close();
  });

  test(`a look-up is asked about by its number and answered, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/access-log");
    await page.getByText("Spør om dette oppslaget").first().click();
    await page.locator("textarea[name=wrong]").fill("Hvorfor ble det sett på?");
    await send(page);
    const task = id(page);
    const { body } = await country.fhir(`Task/${task}`);
    assert.equal(body.code.coding[0].code, "look-up-question");
    assert.deepEqual(body.input.map((input) => input.type.coding[0].code).sort(), ["log-entry", "wrong"]);
    const output = [{ type: { text: "answer" }, valueString: "Fastlegen forberedte timen." }];
    await answer(task, [status("completed"), { op: "add", path: "/output", value: output }]);
    await page.goto("/requests");
    await page.locator(`a[href="/requests/${task}"]`).click();
    await page.getByText("Fastlegen forberedte timen.").waitFor();
    await page.context().close();
  });
}

test("after a no the person's own words stand beside it for those who read the record", async () => {
  const page = await country.visitor(mother());
  const appointment = await book(page);
  await page.goto(`/requests/new?item=${appointment.replace("/appointments/", "Appointment/")}`);
  await page.locator("textarea[name=wrong]").fill("Feil");
  await page.locator("textarea[name=right]").fill("Riktig");
  await send(page);
  const task = id(page);
  await answer(task, [status("rejected")]);
  await page.reload();
  await page.locator("textarea[name=statement]").fill("Jeg mener noe annet.");
  await page.getByText("Legg ved ordene mine").click();
  await page.locator("[role=status].confirmation").waitFor();
  const related = appointment.replace("/appointments/", "Appointment/");
  const { body } = await country.fhir(`DocumentReference?patient=${mother().patient}&related=${related}`);
  const data = body.entry[0].resource.content[0].attachment.data;
  assert.equal(Buffer.from(data, "base64").toString("utf8"), "Jeg mener noe annet.");
  await page.context().close();
});

test("of the dead the answer is the same whoever is named, and it goes to the hospital that is chosen", async () => {
  const page = await country.visitor(mother());
  await page.goto("/requests");
  await page.getByText("Be om innsyn etter et dødsfall").click();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".ds-error-summary").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator("#name").fill("Ola Slik");
  for (const [field, value] of [["day", "4"], ["month", "3"], ["year", "1948"]]) await page.locator(`#${field}`).fill(value);
  await page.locator("input[name=relation][value=child]").check();
  await page.locator("textarea[name=wrong]").fill("Hva skjedde de siste dagene?");
  await page.locator("#holder").fill("sykehus");
  await page.locator("main form button[type=submit]").click();
  const choice = page.locator("input[name=chosen]").first();
  await Promise.race([choice.waitFor(), page.locator("[role=status].confirmation").waitFor()]);
  if (await choice.count() > 0) { await choice.check(); await send(page); }
  const words = await page.locator("main").innerText();
  assert.ok(words.includes("Ola Slik") && words.includes("Innsyn etter dødsfall"), words);
  await page.context().close();
});
