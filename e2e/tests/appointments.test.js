// What a citizen does with appointments, with and without JavaScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Country, ask, book, pickTime } from "../lib/varde.js";

let country;
before(async () => { country = await Country.start(); });
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen books, moves and calls off an appointment, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    assert.equal(new URL(page.url()).pathname, "/");
    const path = await book(page, "Vondt i kneet");
    assert.match(await page.locator("main").innerText(), /Timen er bestilt[\s\S]*Vondt i kneet/);

    await page.locator(`a[href="${path}/change"]`).click();
    await pickTime(page, 1);
    await page.locator("main form button[type=submit]").click();
    await page.getByText("Timen er flyttet").waitFor();

    await page.locator(`a[href="${path}/cancel"]`).click();
    await page.locator("main form button[type=submit]").click();
    await page.getByText("Timen er avbestilt").waitFor();
    await page.goto("/events");
    const events = await page.locator("main").innerText();
    for (const words of ["Time bestilt", "Time flyttet", "Time avbestilt"]) assert.ok(events.includes(words), words);
    await page.context().close();
  });

  test(`an empty form is given back with what is wrong at the field, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/appointments/book");
    await page.locator("textarea[name=reason]").fill("Dette skrev jeg");
    await page.locator("main form button[type=submit]").click();
    await page.locator(".ds-error-summary").waitFor();
    assert.match(await page.title(), /^Feil: /);
    assert.equal(await page.locator("textarea[name=reason]").inputValue(), "Dette skrev jeg");
    await page.locator(".ds-error-summary a").click();
    assert.ok(page.url().endsWith("#slot"));
    await page.context().close();
  });
}

test("the one who books is told by e-mail, and the mail says nothing of health", async () => {
  const page = await country.visitor(mother());
  await book(page, "Migrene");
  const { body } = await country.fhir(`Patient/${mother().patient}`);
  const address = body.telecom.find((contact) => contact.system === "email").value;
  const [mail] = await country.mail(address);
  assert.match(mail.subject, /^Timen er/);
  assert.ok(mail.text.includes(`${country.demo.portal}/appointments/`));
  assert.ok(!mail.text.includes("Migrene"));
  await page.context().close();
});

test("the calendar file says when and where", async () => {
  const page = await country.visitor(mother());
  const path = await book(page);
  const response = await ask(page, `${path}/calendar.ics`);
  assert.equal(response.headers.get("content-type"), "text/calendar; charset=utf-8");
  assert.match(await response.text(), /BEGIN:VCALENDAR\r\n[\s\S]*DTSTART:\d{8}T\d{6}Z\r\n/);
  await page.context().close();
});

test("pressing twice books once", async () => {
  const page = await country.visitor(mother(), { js: false });
  await page.goto("/appointments/book");
  const slot = await page.locator("input[name=slot]").nth(5).getAttribute("value");
  const hidden = async (name) => page.locator(`main form input[name=${name}]`).first().getAttribute("value");
  const form = { csrf: await hidden("csrf"), form_key: await hidden("form_key"), slot, reason: "" };
  const send = () => ask(page, "/appointments/book", { form });
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual([first.status, second.status], [303, 303]);
  assert.match(first.headers.get("location"), /^\/appointments\/[0-9a-f-]+\?done=booked$/);
  assert.equal(first.headers.get("location"), second.headers.get("location"));
  await page.context().close();
});

test("of fifty who take one time at once one gets it and the others are shown the next", async () => {
  const page = await country.visitor(mother(), { js: false });
  await page.goto("/appointments/book");
  const slot = await page.locator("input[name=slot]").nth(9).getAttribute("value");
  const csrf = await page.locator("main form input[name=csrf]").first().getAttribute("value");
  const send = (n) => ask(page, "/appointments/book", { form: { csrf, form_key: `key-${n}`, slot, reason: "" } });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n)));
  assert.equal(answers.filter((answer) => answer.status === 303).length, 1);
  const told = answers.find((answer) => answer.status === 409);
  const html = await told.text();
  assert.ok(html.includes("name=\"slot\""), "the next free times are offered");
  assert.equal(answers.filter((answer) => answer.status === 409).length, 49);
  await page.context().close();
});
