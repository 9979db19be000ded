// Every page of docs/pages.md for everybody: seen by axe in light and dark, on a phone, at a desk and magnified four times, walked with the
// keyboard, without JavaScript, weighed, in four languages. A page that is listed and cannot be reached fails, and so does one nobody listed here
// how to reach. What is done on the pages is tested service by service, in the other files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { Scales, broken, cutOff, structure, tabbing, withoutScript } from "../lib/everybody.js";
import { Country, ask, book, violations } from "../lib/varde.js";

/** Most bytes of a first view and of each page after it: the budget of docs/accessibility.md. */
const [FIRST_BYTES, NEXT_BYTES, SCRIPT_BYTES] = [100_000, 20_000, 10_000];

/** Who looks at a page, where it is not the mother of two. They have something there. */
const WHO = [
  [/^\/(medicines|costs)/, "arne dahl"], [/^\/sharing\/\{id\}/, "arne dahl"], [/^\/privacy-officer/, "berit dahl"], [/^\/admin/, "silje holm"], [/^\/pharmacy/, "hanne lunde"],
];

const ONE_DOCUMENT = /^\/record\/[^/?]+$/;

/** How an address is filled in, where it is not by the first link of that form on the list above it. */
const FILLED = {
  "/services?q=": () => "/services?q=resept",
  "/results?year=&kind=&by=": () => "/results?kind=imaging",
  "/results/over-time?code=": (find) => find("/results/analyses", /^\/results\/over-time\?code=.*718-7$/),
  "/record?word=&year=&kind=&unit=": () => "/record?word=notat&kind=note",
  "/record/{id}": (find) => find("/record?word=poliklinisk", ONE_DOCUMENT),
  "/record/composition/{id}": (find) => find("/record", /^\/record\/composition\//),
  "/record/{id}/file/{number}": (find) => find("/record?word=poliklinisk", ONE_DOCUMENT, /\/file\//),
  "/results/{id}/file/{number}": (find) => find("/results?kind=imaging", /^\/results\/(?!analyses)[^/?]+$/, /\/file\//),
  "/results/{id}": (find) => find("/results?kind=laboratory", /^\/results\/[^/?]+-report-[^/?]+$/),
  "/messages/write/{kind}": () => "/messages/write/consultation",
  "/messages/{id}": () => made.message,
  "/summary/suggestions/{id}": () => made.suggestion,
  "/summary/item/{kind}/{id}": (find) => find("/summary", /^\/summary\/item\//),
  "/requests/{id}": () => made.request,
  "/requests/new?kind=missing-document": () => "/requests/new?kind=missing-document",
  "/access-log/proof/{entry}": (find) => find("/access-log", /^\/access-log\/proof\//),
  "/access-log?item=": () => `/access-log?item=${made.appointment.replace("/appointments/", "Appointment/")}`,
  "/appointments/{id}/offer": () => `${made.offered}/offer`,
  "/events/settings?about=": (find) => find("/events/settings", /^\/events\/settings\?about=/),
  "/events/{id}": () => made.event,
  "/sharing/{id}": (find) => find("/sharing", /^\/sharing\/[^/?]+-proxy-[^/?]+$/),
  "/sharing/{id}/change": async (find) => `${await find("/sharing", /^\/sharing\/[^/?]+-proxy-[^/?]+$/)}/change`,
  "/who-can-see/{kind}": () => "/who-can-see/results",
  "/who-can-see/{kind}/{id}": () => made.appointment.replace("/appointments/", "/who-can-see/Appointment/"),
};

/** What is a file to keep, or a page that stands by itself, and not a page of the portal. */
const FILES = { "/results/{id}/file/{number}": "application/pdf", "/record/{id}/file/{number}": "application/pdf", "/medicines/copy": "text/html; charset=utf-8", "/access-log/proof/{entry}": /./ };

/** Addresses that show one page in another state have its title. */
const SAME_TITLE = /^\/(who-can-see|gp\/change|summary\/item)|\?/;

/** The pages of docs/pages.md as they are written there, and what stands beside them left out. */
function listed() {
  const [pages] = readFileSync(new URL("../../docs/pages.md", import.meta.url), "utf8").split("## Beside the pages");
  const rows = pages.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) => [...row.split("|")[1].matchAll(/`([^`]+)`/g)].map(([, path]) => path));
}

let country;
/** Addresses of what was made before the pages are looked at. */
const made = {};
const titles = new Map();
/** Signed-in browsers that nobody uses just now, by person. */
const idle = new Map();

const mother = () => country.person("ingrid haugen");
const submit = (page) => page.locator("main form button[type=submit]").first().click();
const artifact = (name) => new URL(`../artifacts/${name}`, import.meta.url).pathname;
const named = (path) => path.replace(/^\//, "").replaceAll(/[{}]/g, "").replaceAll(/[/?=&]+/g, "_") || "front";

async function put(resource) {
  const { status, body } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok([200, 201].includes(status), `${resource.id}: ${status} ${JSON.stringify(body)}`);
}

/** An appointment of the mother at her doctor's, so many days from now. */
async function appointment(id, days, person = mother()) {
  const { body: patient } = await country.fhir(`Patient/${person.patient}`);
  const schedule = `${patient.generalPractitioner[0].reference.replace("Practitioner/", "Schedule/")}-schedule`;
  const [start, end] = [0, 20].map((minutes) => new Date((Math.floor(Date.now() / 60_000) + days * 1440 + minutes) * 60_000).toISOString().replace(".000", ""));
  const slot = { resourceType: "Slot", id: `${id}-slot`, schedule: { reference: schedule }, status: "busy", start, end };
  await put(slot);
  await put({
    resourceType: "Appointment", id, status: "booked", start, end, slot: [{ reference: `Slot/${slot.id}` }],
    serviceCategory: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/service-category", code: "17" }] }],
    participant: [{ actor: { reference: `Patient/${person.patient}` }, status: "accepted" }],
  });
  return slot;
}

/** An earlier time that is held for the mother. */
async function offered(page) {
  const early = await appointment("every-early", 60, country.person("thomas haugen"));
  await appointment("every-late", 90);
  await page.goto("/appointments/every-late/earlier");
  await page.locator("input[name=notice]").first().check();
  await submit(page);
  await put({ ...early, status: "free" });
  for (let tries = 0; tries < 100 && (await country.fhir(`Slot/${early.id}`)).body.status !== "busy-tentative"; tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return "/appointments/every-late";
}

/** Makes what nobody has from the start: something asked, suggested, written, offered, and something to look into. */
async function prepared() {
  const page = await country.visitor(mother());
  made.appointment = await book(page, "Kontroll");
  await page.goto("/messages/write/contact");
  await page.locator("input[name=topic]").fill("Attest til skolen");
  await page.locator("textarea[name=text]").fill("Jeg trenger en attest til skolen.\n\nHilsen Ingrid");
  await submit(page);
  made.message = new URL(page.url()).pathname;
  await page.goto("/summary/suggest");
  await page.locator("textarea").first().fill("Pacemaker siden 2019");
  await submit(page);
  made.suggestion = new URL(page.url()).pathname;
  await page.goto(`/requests/new?item=${made.appointment.replace("/appointments/", "Appointment/")}`);
  await page.locator("textarea[name=wrong]").fill("Det er ikke kneet");
  await page.locator("textarea[name=right]").fill("Det er skulderen");
  await submit(page);
  made.request = new URL(page.url()).pathname;
  made.offered = await offered(page);
  const child = country.person("emil haugen");
  await page.goto("/act-for");
  await page.getByLabel(child.name).check();
  await submit(page);
  await book(page);
  const { body } = await country.fhir(`Communication?patient=${child.patient}&_count=1`);
  made.event = `/events/${body.entry[0].resource.id}`;
  await page.context().close();
  await put(lookUp());
}

/** A look-up for the privacy officer to ask about. */
function lookUp() {
  const input = (system, code, valueInteger) => ({ type: { coding: [{ system, code }] }, valueInteger });
  return {
    resourceType: "Task", id: "look-up-every", status: "requested", intent: "order",
    meta: { security: [{ system: "urn:oid:2.16.578.1.12.4.1.1.9603", code: "NORN" }] },
    code: { coding: [{ system: "urn:varde:task", code: "look-up-review" }] },
    for: { reference: `Patient/${mother().patient}` }, executionPeriod: { start: "2026-11-20T02:10:00Z" }, authoredOn: "2026-11-21T01:00:00Z",
    requester: { identifier: { system: "urn:oid:2.16.578.1.12.4.1.4.4", value: "90000001" }, display: "Liv Vold, sykepleier, Nordlys sykehus" },
    reasonCode: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "TREAT" }] },
    input: [input("urn:varde:look-up", "score", 55), input("urn:varde:look-up-reason", "no-care-relation", 40), input("urn:varde:look-up-reason", "unusual-hour", 15)],
  };
}

const personOf = (pattern) => WHO.find(([which]) => which.test(pattern))?.[1] ?? "ingrid haugen";

/** A signed-in browser that is given back for the next page. */
async function borrow(name) {
  const page = idle.get(name)?.pop() ?? await country.visitor(country.person(name));
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 390, height: 900 });
  return page;
}

const giveBack = (name, page) => idle.set(name, [...(idle.get(name) ?? []), page]);

/** The first address like that among the links of a page; with more than one form, that of the page found so far. */
async function find(page, from, ...forms) {
  let path = from;
  for (const form of forms) {
    const html = await (await ask(page, path)).text();
    const links = [...html.split("<main").pop().matchAll(/href="([^"]+)"/g)].map(([, href]) => href.replaceAll("&amp;", "&"));
    const found = links.find((href) => form.test(href));
    assert.ok(found, `${path} links to nothing like ${form}`);
    path = found;
  }
  return path;
}

/** The address a page of the list is seen at. */
async function addressOf(pattern, page) {
  const fill = FILLED[pattern];
  if (fill) return fill((from, ...forms) => find(page, from, ...forms));
  if (!/[{=]/.test(pattern)) return pattern;
  if (pattern.startsWith("/appointments/{id}")) return pattern.replace("/appointments/{id}", made.appointment);
  if (pattern.endsWith("=")) return find(page, pattern.split("?")[0], new RegExp(`^${pattern.replace("?", "\\?")}`));
  const others = listed().filter((other) => !other.includes("{"));
  const form = new RegExp(`^${pattern.replace(/\{\w+\}/, `(?!(${others.map((other) => other.split("/").pop()).join("|")})$)[^/?]+`)}$`);
  return find(page, pattern.split("/{")[0], form);
}

/** Everything on one page. */
async function looked(page, name, path) {
  const { response, bytes } = await (await Scales.on(page)).weigh(page, path);
  assert.equal(response.status(), 200);
  assert.ok(bytes < NEXT_BYTES, `${bytes} bytes`);
  const body = await response.text();
  const script = await withoutScript(country.browser, { url: response.url(), body, headers: { "content-type": "text/html; charset=utf-8" }, viewport: page.viewportSize() });
  // Notifications on this device need the browser's script; without it they are not offered.
  const words = await page.evaluate(() => { const offer = document.querySelector("[data-push]"); offer?.setAttribute("hidden", ""); const said = document.querySelector("main").innerText; offer?.removeAttribute("hidden"); return said; });
  assert.equal(script, words, "the same words without JavaScript");
  assert.deepEqual(await structure(page), []);
  assert.deepEqual(await broken(page, "body"), []);
  assert.deepEqual(await violations(page), [], "axe, light");
  await page.screenshot({ path: artifact(`every_390_light_${name}.png`), fullPage: true });
  await writeFile(artifact(`every_${name}.yml`), await page.locator("body").ariaSnapshot());
  assert.deepEqual(await tabbing(page), []);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await violations(page), [], "axe, dark");
  await page.screenshot({ path: artifact(`every_390_dark_${name}.png`), fullPage: true });
  // 1280 by 1024 pixels magnified four times.
  await page.setViewportSize({ width: 320, height: 256 });
  assert.deepEqual(await cutOff(page), [], "magnified four times");
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(await cutOff(page), [], "at a desk");
  await page.screenshot({ path: artifact(`every_1280_dark_${name}.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: artifact(`every_1280_light_${name}.png`), fullPage: true });
}

before(async () => {
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
  country = await Country.start();
  await prepared();
});
after(async () => { await country?.stop(); });

describe("every page of docs/pages.md", { concurrency: 2 }, () => {
  for (const pattern of listed()) {
    test(pattern, async () => {
      const who = personOf(pattern);
      const page = await borrow(who);
      const path = await addressOf(pattern, page);
      if (FILES[pattern]) {
        const file = await ask(page, path);
        assert.equal(file.status, 200);
        assert.match(file.headers.get("content-type"), new RegExp(FILES[pattern]));
      } else {
        await looked(page, named(pattern), path);
        titles.set(pattern, await page.title());
      }
      giveBack(who, page);
    });
  }
});

test("each page has a title of its own, with the portal's name", () => {
  const seen = new Map();
  for (const [pattern, title] of titles) {
    assert.match(title, /^\S.* – Varde$/, pattern);
    if (SAME_TITLE.test(pattern)) continue;
    assert.equal(seen.get(title), undefined, `${pattern} is called ${title}`);
    seen.set(title, pattern);
  }
});

/** Pages as they are for somebody of whom there is nothing yet, for a girl who does not see all of them, and for one who acts for a child. */
const LISTS = ["/", "/household", "/appointments", "/medicines", "/results", "/record", "/referrals", "/messages", "/gp", "/costs", "/vaccines", "/summary", "/summary/international", "/events", "/sharing"];
const FORMS = ["/appointments/book", "/messages/write/contact", "/summary/suggest", "/requests/new?kind=missing-document", "/requests/new?kind=access-after-death", "/sharing/give", "/sharing/blocks/named", "/sharing/reservations", "/sharing/own-access", "/appointments/feed"];

async function stands(page, name) {
  assert.deepEqual(await structure(page), [], name);
  assert.deepEqual(await broken(page, "body"), [], name);
  assert.deepEqual(await violations(page), [], name);
  await page.screenshot({ path: artifact(`every_390_light_${name}.png`), fullPage: true });
  await page.setViewportSize({ width: 320, height: 256 });
  assert.deepEqual(await cutOff(page), [], name);
  await page.setViewportSize({ width: 390, height: 900 });
}

describe("the other states of the pages", { concurrency: 2 }, () => {
  for (const [name, who] of [["empty", "hannah turner"], ["youth", "nora haugen"]]) {
    test(`the pages of a person where there is little to see: ${who}`, async () => {
      const page = await borrow(who);
      for (const path of LISTS) {
        assert.equal((await page.goto(path)).status(), 200, path);
        await stands(page, `${name}_${named(path)}`);
      }
      giveBack(who, page);
    });
  }

  test("a form that is sent empty says what is missing, and the first thing heard is that", async () => {
    const page = await borrow("ingrid haugen");
    for (const path of FORMS) {
      await page.goto(path);
      await page.locator("main form button[type=submit]").last().click();
      await page.locator(".ds-error-summary").waitFor();
      assert.match(await page.title(), /^Feil: /, path);
      assert.ok(await page.locator(".ds-error-summary").evaluate((summary) => summary.contains(document.activeElement)), `${path}: focus`);
      for (const link of await page.locator(".ds-error-summary a").all()) {
        const field = page.locator(`[id="${(await link.getAttribute("href")).slice(1)}"]`);
        assert.equal(await field.count(), 1, `${path}: ${await link.innerText()} leads to the field`);
      }
      await stands(page, `errors_${named(path)}`);
    }
    giveBack("ingrid haugen", page);
  });

  test("signed out, not there, not allowed, and acting for a child", async () => {
    const stranger = await country.visitor();
    await stranger.goto("/");
    await stands(stranger, "signed_out");
    await stranger.context().close();
    const page = await country.visitor(mother());
    assert.equal((await page.goto("/nowhere")).status(), 404);
    await stands(page, "not_there");
    await page.goto("/act-for");
    await page.getByLabel(country.person("emil haugen").name).check();
    await submit(page);
    await stands(page, "acting");
    await page.context().close();
    const youth = await country.visitor(country.person("nora haugen"));
    assert.equal((await youth.goto("/appointments/book")).status(), 403);
    await stands(youth, "not_allowed");
    await youth.context().close();
  });
});

describe("every page in every language", { concurrency: 2 }, () => {
  for (const [lang, title] of Object.entries({ nb: "Timer", nn: "Timar", en: "Appointments", se: "Diimmut" })) {
    test(`in ${lang}, asked for by the browser, or by address and kept`, async () => {
      const seen = new Map();
      for (const pattern of listed().filter((its) => !FILES[its])) {
        const who = personOf(pattern);
        const page = seen.get(who) ?? await country.visitor(country.person(who), { lang: seen.size ? "de" : lang });
        if (!seen.has(who)) await page.goto(`/appointments?lang=${lang}`);
        seen.set(who, page);
        await page.setViewportSize({ width: 390, height: 900 });
        await page.goto(await addressOf(pattern, page));
        assert.equal(await page.locator("html").getAttribute("lang"), lang, pattern);
        assert.deepEqual(await structure(page), [], pattern);
        assert.deepEqual(await broken(page, "h1, h2, button, a.ds-button"), [], `${pattern} in ${lang}`);
        await page.setViewportSize({ width: 320, height: 256 });
        assert.deepEqual(await cutOff(page), [], `${pattern} in ${lang}`);
        if (pattern === "/appointments") assert.equal(await page.locator("h1").innerText(), title);
      }
      for (const page of seen.values()) await page.context().close();
    });
  }
});

test("a first view weighs less than 100 kB, its script less than 10", async () => {
  const page = await country.visitor(mother());
  const { bytes } = await (await Scales.on(page)).weigh(page, "/", { fresh: true });
  assert.ok(bytes < FIRST_BYTES, `${bytes} bytes`);
  const script = await page.locator("script[src]").getAttribute("src");
  const packed = await ask(page, script, { headers: { "accept-encoding": "gzip" } });
  assert.ok(Number(packed.headers.get("content-length") ?? (await packed.arrayBuffer()).byteLength) < SCRIPT_BYTES);
  await page.context().close();
});
