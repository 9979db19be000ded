// Starts the real program on a fresh folder and finds one's way in it, as a person with a browser does.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const PROGRAM = process.env.VARDE_BIN ?? fileURLToPath(new URL("../../target/release/varde", import.meta.url));
const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** A running country, with a browser beside it. */
export class Country {
  /** Starts one. Nobody answers what people ask, so that a test can, unless it is said how fast the record systems work. */
  static async start({ ehrSpeed } = {}) {
    const country = new Country();
    country.data = await mkdtemp(join(tmpdir(), "varde-e2e-"));
    const ehr = ehrSpeed ? ["--ehr-speed", String(ehrSpeed)] : ["--no-ehr"];
    country.program = spawn(PROGRAM, ["demo", "--data", country.data, "--size", "60", ...ehr], { stdio: ["ignore", "ignore", "inherit"] });
    let broken;
    country.program.once("error", (error) => { broken = error; });
    country.browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    for (let tries = 0; tries < 300 && !country.demo; tries += 1) {
      if (broken) throw broken;
      if (country.program.exitCode !== null) throw new Error("the demo stopped before it was ready");
      country.demo = await readFile(join(country.data, "demo.json"), "utf8").then(JSON.parse).catch(() => undefined);
      if (!country.demo) await pause(100);
    }
    return country;
  }

  async stop() {
    await this.browser?.close();
    const gone = new Promise((resolve) => this.program.once("exit", resolve));
    this.program.kill("SIGTERM");
    await gone;
    await rm(this.data, { recursive: true, force: true });
  }

  person(part) {
    const found = this.demo.people.find((person) => `${person.name} ${person.story}`.toLowerCase().includes(part.toLowerCase()));
    if (!found) throw new Error(`nobody like "${part}" among ${this.demo.people.map((p) => p.name).join(", ")}`);
    return found;
  }

  /** A fresh browser, signed in when a person is named. */
  async visitor(person, { js = true, lang = "nb", scheme = "light", width = 390 } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.demo.portal, javaScriptEnabled: js, locale: lang === "nb" ? "nb-NO" : lang, colorScheme: scheme,
      viewport: { width, height: 900 }, extraHTTPHeaders: { "accept-language": lang },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    if (person) await page.goto(person.sign_in);
    return page;
  }

  /** The FHIR API as the source system. */
  async fhir(path, options = {}) {
    const headers = { authorization: `Bearer ${this.demo.tokens.source_system}`, "content-type": "application/fhir+json" };
    const response = await fetch(`${this.demo.fhir}/${path}`, { headers, ...options });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  }

  /** Mail to an address, once there is some. */
  async mail(to) {
    for (let tries = 0; tries < 100; tries += 1) {
      const messages = await (await fetch(`${this.demo.mail}/messages?to=${encodeURIComponent(to)}`)).json();
      if (messages.length > 0) return messages;
      await pause(100);
    }
    return [];
  }
}

/** Asks for an address with the cookies of the page's browser and follows nothing; Playwright's own requests leave out secure cookies on loopback. */
export async function ask(page, path, { form, headers = {} } = {}) {
  const { origin } = new URL(page.url());
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const options = { headers: { cookie, "accept-language": "nb", ...headers }, redirect: "manual" };
  if (form) Object.assign(options, { method: "POST", body: new URLSearchParams(form) });
  return fetch(new URL(path, origin), options);
}

/** What axe finds wrong on the page, as lines; none is good. It is put in past the page's own policy, which forbids it. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe.source });
  const run = "axe.run(document, { runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] }).then(r => JSON.stringify(r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)))";
  const { result } = await session.send("Runtime.evaluate", { expression: run, awaitPromise: true });
  return JSON.parse(result.value);
}

/** Ticks a free time of the last day that is shown: of the first, a clinic may not let it be moved or called off any more. */
export async function pickTime(page, nth = 0) {
  const day = page.locator("main form details").filter({ has: page.locator("input[name=slot]") }).last();
  if (await day.getAttribute("open") === null) await day.locator("summary").click();
  await day.locator("input[name=slot]").nth(nth).check();
}

/** Books a free time and leaves the person on the confirmation; the appointment's address. */
export async function book(page, reason = "") {
  await page.goto("/appointments/book");
  await pickTime(page);
  if (reason) await page.locator("textarea[name=reason]").fill(reason);
  await page.locator("main form button[type=submit]").click();
  await page.locator("[role=status].confirmation").waitFor();
  return new URL(page.url()).pathname;
}

/** Chooses whom to act for, by name. */
export async function actFor(page, person) {
  await page.goto("/act-for");
  await page.getByLabel(person.name).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".acting-for").waitFor();
}

/** A proxy with these areas only, as the register has it. */
export async function proxyWith(country, giver, receiver, ...areas) {
  const consent = {
    resourceType: "Consent", id: `e2e-proxy-${areas.join("-")}`, status: "active", dateTime: "2026-01-01", policyRule: { text: "x" },
    scope: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy" }] },
    category: [{ coding: [{ system: "urn:oid:2.16.578.1.12.4.1.1.7611", code: "FU" }] }], patient: { reference: `Patient/${giver.patient}` },
    provision: {
      type: "permit", period: { start: "2020-01-01" }, code: areas.map((code) => ({ coding: [{ system: "urn:varde:proxy-area", code }] })),
      actor: [{ role: { coding: [{ code: "FU" }] }, reference: { reference: `Patient/${receiver.patient}` } }],
    },
  };
  const { status, body } = await country.fhir(`Consent/${consent.id}`, { method: "PUT", body: JSON.stringify(consent) });
  if (![200, 201].includes(status)) throw new Error(`${status} ${JSON.stringify(body)}`);
}
