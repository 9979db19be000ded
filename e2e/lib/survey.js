// What the survey's scenarios stand on: a country in which everybody who takes part has something of each kind, a person who goes from the front page
// and whose presses are counted, and somebody who tries what is not theirs.
import assert from "node:assert/strict";
import { ask } from "./varde.js";

const DAY = 86_400_000;
const LABELS = "urn:oid:2.16.578.1.12.4.1.1.9603";
/** A moment as FHIR has it, to the minute. */
const instant = (at) => new Date(Math.floor(at / 60_000) * 60_000).toISOString().replace(".000", "");
const day = (at) => instant(at).slice(0, 10);
const to = (type, id) => ({ reference: `${type}/${id}` });
const labelled = (code) => ({ meta: { security: [{ system: LABELS, code }] } });

/** Writes all of it or nothing, as the source system. */
export async function write(country, resources) {
  const entry = resources.map((resource) => ({ resource, request: { method: "PUT", url: `${resource.resourceType}/${resource.id}` } }));
  const { status, body } = await country.fhir("", { method: "POST", body: JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }) });
  assert.equal(status, 200, JSON.stringify(body));
}

export async function read(country, reference) {
  const { status, body } = await country.fhir(reference);
  assert.equal(status, 200, reference);
  return body;
}

export async function found(country, query) {
  const { body } = await country.fhir(query);
  return (body.entry ?? []).map((entry) => entry.resource).filter((resource) => query.startsWith(resource.resourceType));
}

/**
 * Gives `person` one of everything, called after `key`. `kept` is how it is kept from others: nothing; "shared" for a young person and the parents, with
 * the referral and the document opened for both; "hers" for the young person alone, with nothing opened.
 */
export async function give(country, key, person, { kept, nth }) {
  const id = (part) => `survey-${key}-${part}`;
  const subject = to("Patient", person.patient);
  const gp = (await read(country, subject.reference)).generalPractitioner.find((one) => one.reference.startsWith("Practitioner/")).reference;
  const alone = kept === "hers" ? labelled("NORN_FORANS") : {};
  const now = Date.now();
  const meetings = ["change", "cancel", "wait"].flatMap((part, place) => {
    const start = now + (60 + place) * DAY + nth * 1_800_000;
    const [from, until] = [instant(start), instant(start + 1_200_000)];
    return [
      { resourceType: "Slot", id: id(`${part}-slot`), schedule: to("Schedule", `${gp.split("/")[1]}-schedule`), status: "busy", start: from, end: until },
      {
        resourceType: "Appointment", id: id(part), status: "booked", start: from, end: until, slot: [to("Slot", id(`${part}-slot`))], ...alone,
        serviceCategory: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/service-category", code: "17" }] }],
        participant: [{ actor: subject, status: "accepted" }],
      },
    ];
  });
  const html = `<p>Det som står i notatet om ${key}.</p>`;
  const resources = [
    ...meetings,
    {
      resourceType: "MedicationRequest", id: id("prescription"), status: "active", intent: "order", subject, ...alone,
      medicationCodeableConcept: { text: `Medisin til ${key}` }, authoredOn: day(now - 200 * DAY), dispenseRequest: { numberOfRepeatsAllowed: 3 },
    },
    {
      resourceType: "ServiceRequest", id: id("referral"), status: "active", intent: "order", subject, code: { text: `Henvisning av ${key}` },
      authoredOn: instant(now - 2 * DAY),
    },
    {
      resourceType: "Communication", id: id("message"), status: "completed", subject, sender: { reference: gp }, recipient: [subject], sent: instant(now - DAY),
      topic: { text: `Emne for ${key}` }, payload: [{ contentString: `Kontoret skriver om ${key}.` }],
      ...(kept === "shared" ? labelled("N") : alone),
    },
    {
      resourceType: "Immunization", id: id("vaccine"), status: "completed", patient: subject, occurrenceDateTime: "2020-05-04", ...alone,
      vaccineCode: { coding: [{ system: "http://www.whocc.no/atc", code: "J07BD52" }], text: "Vaksine" },
      performer: [{ actor: { display: `Helsestasjonen for ${key}` } }], protocolApplied: [{ doseNumberPositiveInt: 1 }],
    },
    {
      resourceType: "DiagnosticReport", id: id("result"), status: "final", subject, code: { text: `Svar for ${key}` }, issued: instant(now - 30 * DAY),
      category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0074", code: "LAB" }] }], conclusion: `Legen mener dette om ${key}.`,
    },
    {
      resourceType: "DocumentReference", id: id("document"), status: "current", subject, description: `Notat om ${key}`, date: instant(now - DAY),
      custodian: { display: "Prøve sykehus" }, content: [{ attachment: { contentType: "text/html", data: Buffer.from(html).toString("base64") } }],
      ...(kept === "shared" ? { context: { related: [to("ServiceRequest", id("referral"))] } } : {}),
    },
    payment(id("payment"), subject, `Konsultasjon for ${key}`),
    ...(kept === "shared" ? ["parents", "youth"].map((audience) => opening(id("referral"), subject, audience)) : []),
  ];
  await write(country, resources);
  return { key, person, gp, id };
}

function payment(id, patient, what) {
  const kind = (code) => ({ coding: [{ system: "http://terminology.hl7.org/CodeSystem/adjudication", code }] });
  const amount = (code, value) => ({ category: kind(code), amount: { value, currency: "NOK" } });
  const today = day(Date.now());
  return {
    resourceType: "ExplanationOfBenefit", id, status: "active", use: "claim", outcome: "complete", patient, created: today, billablePeriod: { start: today },
    type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/claim-type", code: "professional" }] }, insurer: { display: "Helfo" },
    provider: { display: "Solsiden legesenter" }, insurance: [{ focal: true, coverage: { display: "Folketrygden" } }],
    item: [{ sequence: 1, productOrService: { text: what } }], total: [amount("submitted", 300), amount("benefit", 222.75), amount("copay", 77.25)],
  };
}

/** Health personnel open a referral, with what belongs to it (docs/rights.md). */
function opening(referral, patient, audience) {
  return {
    resourceType: "Consent", id: `${referral}-${audience}`, status: "active", dateTime: "2026-01-01", policyRule: { text: "x" }, patient,
    scope: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy" }] },
    category: [{ coding: [{ system: "urn:varde:consent", code: "opening" }] }],
    provision: {
      type: "permit", code: [audience, "content"].map((code) => ({ coding: [{ system: "urn:varde:consent", code }] })),
      data: [{ meaning: "related", reference: to("ServiceRequest", referral) }],
    },
  };
}

/** The two live together as before, and the register no longer says that the parent has responsibility. */
export async function withoutResponsibility(country, child, parent) {
  const id = `${child.patient}-parent-${parent.patient}`;
  const related = await read(country, `RelatedPerson/${id}`);
  const isResponsibility = ({ coding }) => coding.some(({ code }) => code === "FO");
  await write(country, [{ ...related, relationship: related.relationship.filter((one) => !isResponsibility(one)) }]);
}

/** A parent's consent to the young person's use, withdrawn or given again. */
export async function parentalConsent(country, youth, status) {
  const all = await found(country, `Consent?patient=${youth.patient}&category=urn:varde:consent|foreldresamtykke`);
  await write(country, all.map((one) => ({ ...one, status })));
}

/** A time in the GP's calendar that nobody has, from the day after tomorrow. */
export async function freeSlot(country, its) {
  const from = instant(Date.now() + 2 * DAY);
  const [slot] = await found(country, `Slot?schedule=Schedule/${its.gp.split("/")[1]}-schedule&status=free&start=gt${from}&_sort=start&_count=1`);
  return slot.id;
}

/** Somebody at the portal, who goes by pressing and typing alone. What is pressed is counted, what is typed is not. */
export class Walk {
  constructor(page) {
    Object.assign(this, { page, presses: 0 });
  }

  /** To the front page, where every task begins; the count begins again. */
  async home() {
    await this.page.goto("/");
    this.presses = 0;
    return this;
  }

  async press(selector) {
    this.presses += 1;
    await this.page.locator(selector).first().click();
  }

  /** Presses a link and comes to where it leads. */
  async follow(path, within = "main a") {
    await this.press(`${within}[href="${path}"]`);
    await this.page.waitForURL((url) => url.pathname === path);
  }

  tile(path) {
    return this.follow(path, "main a.tile-link");
  }

  fill(selector, words) {
    return this.page.locator(selector).fill(words);
  }

  /** Presses the form's button and comes to the confirmation. */
  async send(form = "main form") {
    await this.press(`${form} button[type=submit]`);
    await this.page.locator("[role=status].confirmation").waitFor();
  }

  text() {
    return this.page.locator("main").innerText();
  }

  async count(selector) {
    return this.page.locator(selector).count();
  }

  /** Chooses whom to act for, from the front page; how many presses it took. */
  async chooses(person, { byHousehold }) {
    await this.home();
    if (byHousehold) {
      await this.tile("/household");
      await this.press(`main form:has(input[value="${person.patient}"]) button`);
    } else {
      await this.tile("/act-for");
      await this.press(`main input[name=patient][value="${person.patient}"]`);
      await this.press("main form button[type=submit]");
    }
    await this.page.locator(".acting-for", { hasText: person.name }).waitFor();
    return this.presses;
  }

  /** Acts for somebody whom no page offers any more: the page says why, and the form is sent past it, as from a page that was opened before. */
  async insists(person) {
    await this.home();
    await this.tile("/act-for");
    assert.equal(await this.count(`main input[value="${person.patient}"]`), 0, "nobody is offered of whom nothing is open");
    assert.match(await this.text(), new RegExp(`Du kan ikke handle for[\\s\\S]*${person.name}[\\s\\S]*fylt 16 år`));
    await this.asks("/act-for", { patient: person.patient });
    await this.home();
    await this.page.locator(".acting-for", { hasText: person.name }).waitFor();
  }

  /** Asks for an address past the pages, with a form when there is one; the status of the answer. */
  async asks(path, fields) {
    if (!fields) return (await ask(this.page, path)).status;
    const csrf = await this.page.locator("input[name=csrf]").first().getAttribute("value");
    const form = new URLSearchParams({ csrf, form_key: crypto.randomUUID(), ...fields });
    return (await ask(this.page, path, { form })).status;
  }
}

/** A time as the pages write it. */
export function clock(start) {
  const time = new Date(start).toLocaleTimeString("nb-NO", { timeZone: "Europe/Oslo", hour: "2-digit", minute: "2-digit" });
  return `kl. ${time.replace(":", ".")}`;
}

/** The table as a document: a row for each task, the presses or "no" for each person. */
export function asTable(columns, rows) {
  const lines = rows.map(([task, ...cells]) => `| ${task} | ${cells.join(" | ")} |`);
  return [`| task | ${columns.join(" | ")} |`, `|---|${columns.map(() => "---").join("|")}|`, ...lines].join("\n");
}
