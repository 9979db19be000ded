// Who may see what, as a person meets it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sticksOut } from "../lib/everybody.js";
import { Country, ask, book, violations } from "../lib/varde.js";

let country;
before(async () => { country = await Country.start(); });
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");

async function actFor(page, name) {
  await page.goto("/act-for");
  await page.getByLabel(name).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".acting-for").waitFor();
}

test("nobody who has not signed in sees anything, and comes back to the page after signing in", async () => {
  const page = await country.visitor();
  await page.goto("/");
  assert.match(await page.locator("main").innerText(), /Helsetjenestene dine/);
  for (const path of ["/services", "/services/mine", "/household", "/appointments", "/appointments/book", "/appointments/household", "/appointments/feed", "/medicines", "/medicines/renew", "/medicines/in-use", "/medicines/collected", "/medicines/copy", "/gp", "/gp/change", "/gp/history", "/costs", "/costs/care", "/costs/card", "/results", "/results/analyses", "/results/over-time", "/vaccines", "/vaccines/certificate", "/summary", "/summary/suggest", "/summary/international", "/summary/international/pdf", "/summary/international/fhir", "/record", "/record?word=x", "/referrals", "/messages", "/messages/write", "/messages/write/contact", "/events", "/events/settings", "/access-log", "/act-for", "/sharing", "/sharing/give", "/sharing/privacy", "/requests", "/requests/new", "/sharing/blocks", "/sharing/blocks/named", "/sharing/reservations", "/sharing/own-access", "/sharing/youth", "/sharing/stop", "/who-can-see", "/who-can-see/results", "/admin/simulate", "/admin/undelivered"]) {
    const response = await ask(page, path);
    assert.equal(response.status, 303, path);
    assert.ok(response.headers.get("location").startsWith("/sign-in?next="), path);
  }
  await page.context().close();
});

test("a mother acts for her child, and a banner says so on every page", async () => {
  const page = await country.visitor(mother());
  await page.goto("/act-for");
  const child = country.person("emil haugen");
  await actFor(page, child.name);
  const path = await book(page);
  assert.match(await page.locator(".acting-for").innerText(), new RegExp(child.name.split(" ")[0]));
  const { body } = await country.fhir(`Appointment?patient=${child.patient}&_id=${path.split("/")[2]}`);
  assert.equal(body.entry.length, 1);
  await page.context().close();
});

test("the hospital appointments of a child over twelve are not there for its mother, and the page says by which rule", async () => {
  const teenager = country.person("nora haugen");
  const id = `e2e-hospital-${Date.now()}`;
  const appointment = {
    resourceType: "Appointment", id, status: "booked", start: "2099-01-05T09:00:00Z", end: "2099-01-05T09:30:00Z",
    serviceCategory: [{ coding: [{ code: "27" }] }],
    participant: [{ actor: { reference: `Patient/${teenager.patient}` }, status: "accepted" }],
  };
  assert.equal((await country.fhir(`Appointment/${id}`, { method: "PUT", body: JSON.stringify(appointment) })).status, 201);
  const page = await country.visitor(mother());
  await actFor(page, teenager.name);
  assert.equal((await page.goto(`/appointments/${id}`)).status(), 404);
  await page.goto("/appointments");
  assert.ok(!(await page.content()).includes(id));
  assert.match(await page.locator("details.why").textContent(), /NOT-OPENED/);
  await page.context().close();
});

test("another person's appointment does not exist", async () => {
  const page = await country.visitor(mother());
  const path = await book(page);
  const other = await country.visitor(country.person("arne dahl"));
  for (const address of [path, `${path}/change`, `${path}/cancel`, `${path}/calendar.ics`]) {
    assert.equal((await ask(other, address)).status, 404, address);
  }
  await page.context().close();
  await other.context().close();
});

test("a form from another site is refused", async () => {
  const page = await country.visitor(mother());
  const form = { slot: "x", reason: "", form_key: "k", csrf: "wrong" };
  assert.equal((await ask(page, "/appointments/book", { form })).status, 412);
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  assert.equal((await ask(page, "/act-for", { form: { patient: "x" }, headers })).status, 412);
  await page.context().close();
});

test("the access log tells in plain words who has looked, the source system by its name", async () => {
  const page = await country.visitor(mother());
  await page.goto("/appointments");
  await country.fhir(`Patient/${mother().patient}`);
  await page.goto("/access-log");
  const log = await page.locator("main").innerText();
  assert.match(log, /Fagsystemet Demo-EPJ/);
  assert.match(log, /andre enn deg[^]*er ikke med i listen/, "what she has done herself is said to be left out");
  assert.ok((await page.locator("main td").allInnerTexts()).every((cell) => cell !== "Du"));
  await page.getByText("Vis også mine egne").click();
  assert.ok((await page.locator("main td").allInnerTexts()).includes("Du"));
  assert.deepEqual(await violations(page), []);
  const all = await page.locator("main").innerText();
  for (const shown of [log, all]) assert.ok(!shown.includes(mother().national_id), "names, never numbers");
  await page.context().close();
});

for (const [width, language] of [[1280, "nb"], [1280, "se"], [820, "nb"], [320, "nb"]]) {
  test(`the access log stays inside the page at ${width} pixels, ${language}`, async () => {
    const page = await country.visitor(mother(), { width });
    await page.goto(`/access-log?own=show&lang=${language}`);
    assert.deepEqual(await sticksOut(page), []);
    await page.context().close();
  });
}

test("signing out ends the session, and going back shows nothing", async () => {
  const page = await country.visitor(mother());
  await page.goto("/appointments");
  await page.locator("form[action='/sign-out'] button").click();
  await page.getByText("Helsetjenestene dine").waitFor();
  assert.equal((await ask(page, "/appointments")).status, 303);
  await page.context().close();
});

test("a girl of fourteen uses the portal by her mother's consent, and sees her appointments with the GP", async () => {
  const page = await country.visitor(country.person("nora haugen"));
  await page.goto("/appointments");
  assert.match(await page.locator("details.why").first().textContent(), /AP-2/);
  assert.ok((await page.locator("main a[href^='/appointments/']").count()) > 0);
  assert.equal(await page.locator("a[href='/appointments/book']").count(), 0, "she is not offered what she may not do");
  assert.equal((await page.goto("/appointments/book")).status(), 403);
  await page.context().close();
});
