// What people come for, by the national survey: every task from the front page to the confirmation or the answer, by pressing and typing alone, for oneself,
// for a child of 8, for a youth of 14 and by proxy; and what the law does not open is refused, on the page and at its address.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Walk, asTable, clock, found, freeSlot, give, parentalConsent, read, withoutResponsibility } from "../lib/survey.js";
import { Country, proxyWith } from "../lib/varde.js";

const no = "no";

// How many presses each task takes from the front page: links, buttons, boxes. "no" is what docs/rule-book.md closes. Last the area a proxy must have.
const TABLE = [
  //                                 self  child   youth    a parent  proxy  the area
  //                                       of 8    of 14    of hers          it takes
  ["order a prescription",            4,    4,      4,       4,        4,    "3"],
  ["see the prescriptions",           2,    2,      2,       2,        2,    "1"],
  ["see the referrals",               2,    2,      2,       2,        2,    "2 or 3"],
  ["read a message",                  2,    2,      2,       2,        2,    "3"],
  ["answer a message",                3,    3,      no,      3,        3,    "3"],
  ["see the vaccines",                2,    2,      2,       2,        2,    "1"],
  ["book an appointment",             4,    4,      no,      4,        4,    "3"],
  ["change an appointment",           5,    5,      no,      5,        5,    "3"],
  ["cancel an appointment",           4,    4,      no,      4,        4,    "3"],
  ["wait for an earlier time",        5,    5,      no,      5,        5,    "3"],
  ["see the test results",            2,    2,      no,      no,       2,    "1"],
  ["read the record",                 2,    2,      2,       2,        2,    "2"],
  ["see the co-payments",             1,    no,     no,      no,       1,    "1"],
  ["see who the GP is",               1,    1,      1,       1,        1,    "3"],
  ["change the GP",                   4,    4,      no,      4,        4,    "3"],
];
const COLUMNS = ["self", "child", "youth", "parent", "proxy"];
const HEADS = ["oneself", "a child of 8, by a parent", "a youth of 14", "a youth of 14, by a parent", "by proxy", "area of the proxy"];
const MOST = 5;

// The twins of those, who are refused: whose things they try, and as whom they come. Each has signed in, and `whom` is acted for.
const TWINS = {
  "a husband, for his wife's": { of: "self", who: () => "thomas haugen" },
  "a father without parental responsibility": { of: "child", who: () => "thomas haugen" },
  "a youth of 14 without consent": { of: "youth", who: () => "nora haugen" },
  "a parent, what is the youth's alone": { of: "hers", who: () => "ingrid haugen", whom: "nora haugen" },
  "a proxy without the area": { of: "proxy", who: (area) => LACKING[area].who, whom: "arne dahl" },
};

// Who has every area but this; the last has neither of the two.
const LACKING = {
  1: { who: "leyla demir", areas: ["2", "3"] }, 2: { who: "kari nygård", areas: ["1", "3"] },
  3: { who: "silje holm", areas: ["1", "2"] }, "2 or 3": { who: "trine strand", areas: ["1"] },
};

// Of these nothing is a youth's alone; the twin of the parent is the mother of a girl of 17.
const OPEN_TO_PARENTS = ["book an appointment", "see who the GP is", "change the GP"];

// To a youth of 14 and to her parents these are closed whole; of the others a "no" is to doing, and not to seeing.
const CLOSED = ["see the test results", "see the co-payments"];

// What each task is. `walk` goes from the front page; `words` are the person's own, as the API has them, which the last page must show. Of the refused:
// `offer` is where and what a page must not offer; `forms` are addresses that name nothing of the person's, `things` such that do, each with what is sent.
const appointment = (part, end, fields) => ({
  tile: "/appointments", things: (its, slot) => [[`/appointments/${its.id(part)}/${end}`], [`/appointments/${its.id(part)}/${end}`, fields(slot)]],
  forms: () => [], offer: (its) => [`/appointments/${its.id(part)}`, `a[href$="/${end}"]`],
  async opens(walk, its) {
    await walk.tile("/appointments");
    await walk.follow(`/appointments/${its.id(part)}`);
    await walk.follow(`/appointments/${its.id(part)}/${end}`);
  },
});
const page = (tile, part, words) => ({
  tile, forms: () => [], things: (its) => [[`${tile}/${its.id(part)}`]], words,
  async walk(walk, its) {
    await walk.tile(tile);
    await walk.follow(`${tile}/${its.id(part)}`);
  },
});
const medicine = async (its) => [(await read(country, `MedicationRequest/${its.id("prescription")}`)).medicationCodeableConcept.text];
const vaccination = async (its) => [(await read(country, `Immunization/${its.id("vaccine")}`)).performer[0].actor.display, "4. mai 2020"];
const decoded = (document) => Buffer.from(document.content[0].attachment.data, "base64").toString().replace(/<[^>]*>/g, "");
const [CHANGE, CANCEL, WAIT] = [
  appointment("change", "change", (slot) => ({ slot, reason: "" })), appointment("cancel", "cancel", () => ({ why: "", comment: "" })),
  appointment("wait", "earlier", () => ({ notice: "24" })),
];

const TASKS = {
  "order a prescription": {
    tile: "/medicines", offer: () => [undefined, 'a[href^="/medicines/renew"]'],
    forms: () => [["/medicines/renew"]], things: (its) => [["/medicines/renew", { prescription: its.id("prescription"), message: "" }]],
    async walk(walk, its) {
      await walk.tile("/medicines");
      await walk.follow("/medicines/renew");
      await walk.press(`input[name=prescription][value="${its.id("prescription")}"]`);
      await walk.send();
    },
    async words(its) {
      const [task] = await found(country, `Task?focus=MedicationRequest/${its.id("prescription")}`);
      assert.deepEqual([task.status, task.requester.reference], ["requested", `Patient/${its.by.patient}`]);
      return [(await read(country, task.focus.reference)).medicationCodeableConcept.text, "Sendt til legen"];
    },
  },
  "see the prescriptions": page("/medicines", "prescription", medicine),
  "see the referrals": page("/referrals", "referral", async (its) => [(await read(country, `ServiceRequest/${its.id("referral")}`)).code.text]),
  "read a message": page("/messages", "message", async (its) => [(await read(country, `Communication/${its.id("message")}`)).payload[0].contentString]),
  "answer a message": {
    tile: "/messages", offer: (its) => [`/messages/${its.id("message")}`, "textarea"],
    forms: () => [], things: (its) => [[`/messages/${its.id("message")}`, { text: "Ikke fra meg" }]],
    async walk(walk, its) {
      await walk.tile("/messages");
      await walk.follow(`/messages/${its.id("message")}`);
      await walk.fill("textarea[name=text]", `Svar om ${its.key}`);
      await walk.send();
    },
    async words(its) {
      const [answer] = await found(country, `Communication?part-of=Communication/${its.id("message")}`);
      assert.equal(answer.sender.reference, `Patient/${its.by.patient}`);
      return [answer.payload[0].contentString];
    },
  },
  "see the vaccines": page("/vaccines", "vaccine", vaccination),
  "book an appointment": {
    tile: "/appointments", offer: () => [undefined, 'a[href="/appointments/book"]'],
    forms: (its, slot) => [["/appointments/book"], ["/appointments/book", { slot, reason: "" }]], things: () => [],
    async walk(walk, its) {
      await walk.tile("/appointments");
      await walk.follow("/appointments/book");
      await walk.press("input[name=slot]");
      await walk.fill("textarea[name=reason]", `Det gjelder ${its.key}`);
      await walk.send();
    },
    async words(its, walk) {
      const made = await read(country, `Appointment/${new URL(walk.page.url()).pathname.split("/").pop()}`);
      assert.deepEqual([made.status, made.participant[0].actor.reference], ["booked", `Patient/${its.person.patient}`]);
      return ["Timen er bestilt", clock(made.start), `Det gjelder ${its.key}`];
    },
  },
  "change an appointment": {
    ...CHANGE,
    async walk(walk, its) {
      its.before = (await read(country, `Appointment/${its.id("change")}`)).start;
      await CHANGE.opens(walk, its);
      await walk.press("input[name=slot]");
      await walk.send();
    },
    async words(its) {
      const { status, start } = await read(country, `Appointment/${its.id("change")}`);
      assert.equal(status, "booked");
      assert.ok(start < its.before, `${start} is not ${its.before}`);
      return ["Timen er flyttet", clock(start)];
    },
  },
  "cancel an appointment": {
    ...CANCEL,
    async walk(walk, its) {
      await CANCEL.opens(walk, its);
      await walk.send();
    },
    async words(its) {
      const { status, start } = await read(country, `Appointment/${its.id("cancel")}`);
      assert.equal(status, "cancelled");
      return ["Timen er avbestilt", clock(start)];
    },
  },
  "wait for an earlier time": {
    ...WAIT,
    async walk(walk, its) {
      await WAIT.opens(walk, its);
      await walk.press("input[name=notice]");
      await walk.send();
    },
    async words(its) {
      const wishes = await found(country, `Appointment?patient=${its.person.patient}&status=waitlist,pending,proposed&_count=50`);
      assert.ok(wishes.some((wish) => JSON.stringify(wish).includes(its.id("wait"))), "the wish is there for the clinic's system");
      return ["Du står i kø for en tidligere time", clock((await read(country, `Appointment/${its.id("wait")}`)).start)];
    },
  },
  "see the test results": page("/results", "result", async (its) => {
    const { code, conclusion } = await read(country, `DiagnosticReport/${its.id("result")}`);
    return [code.text, conclusion];
  }),
  "read the record": page("/record", "document", async (its) => [decoded(await read(country, `DocumentReference/${its.id("document")}`))]),
  "see the co-payments": {
    tile: "/costs", forms: () => [], things: () => [], walk: (walk) => walk.tile("/costs"),
    words: async (its) => [(await read(country, `ExplanationOfBenefit/${its.id("payment")}`)).item[0].productOrService.text, "77,25 kr"],
  },
  "see who the GP is": {
    tile: "/gp", forms: () => [], things: () => [], walk: (walk) => walk.tile("/gp"),
    async words(its) {
      const { name } = await read(country, its.gp);
      return [[...name[0].given, name[0].family].join(" ")];
    },
  },
  "change the GP": {
    tile: "/gp", offer: () => [undefined, 'a[href="/gp/change"]'],
    forms: (its) => [["/gp/change"], [`/gp/change/${list}`, { person: its.person.patient, want: "" }]], things: () => [],
    async walk(walk, its) {
      await walk.tile("/gp");
      await walk.follow("/gp/change");
      const free = await walk.page.locator('main li:has-text("Ledig") a[href^="/gp/change/"]').first().getAttribute("href");
      its.list = free.split("/").pop();
      await walk.follow(free);
      await walk.send();
    },
    async words(its) {
      const underway = "status=requested,accepted,in-progress&_sort=-_lastUpdated";
      const [task] = await found(country, `Task?patient=${its.person.patient}&code=urn:varde:task|change-gp&${underway}`);
      assert.deepEqual([task.focus.reference, task.requester.reference], [`HealthcareService/${its.list}`, `Patient/${its.by.patient}`]);
      return [(await read(country, task.focus.reference)).name];
    },
  },
};

let country;
let things;
let list;
const seen = [];
const chosen = [];

before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
  const of = (name) => country.person(name);
  const [ingrid, emil, nora, arne, berit] = ["ingrid haugen", "emil haugen", "nora haugen", "arne dahl", "berit dahl"].map(of);
  const cast = [
    ["self", ingrid, ingrid], ["child", emil, ingrid], ["youth", nora, nora, "shared"], ["parent", nora, ingrid, "shared"], ["proxy", arne, berit],
    ["hers", nora, ingrid, "hers"],
  ];
  things = {};
  for (const [nth, [key, person, by, kept]] of cast.entries()) things[key] = { ...(await give(country, key, person, { kept, nth })), by };
  for (const its of Object.values(things)) its.appointments = await appointmentsOf(its);
  for (const { who, areas } of Object.values(LACKING)) await proxyWith(country, arne, of(who), ...areas);
  const lists = await found(country, "HealthcareService?service-type=urn:varde:service-type|gp-list&_count=100");
  list = lists.at(-1).id;
});
after(async () => {
  await country?.stop();
  if (seen.length > 0) await writeFile(new URL("../artifacts/survey.md", import.meta.url), `${report()}\n`);
});

/** How many appointments there are of the person. */
const appointmentsOf = async (its) => (await country.fhir(`Appointment?patient=${its.person.patient}&_total=accurate&_count=1`)).body.total;

/** Somebody who has signed in, and acts for `whom` when one is named. Each comes once with and once without JavaScript. */
const guests = new Map();
async function guest(who, whom, js) {
  const key = [who, whom, js].join();
  if (!guests.has(key)) {
    const walk = new Walk(await country.visitor(country.person(who), { js }));
    if (whom) chosen.push([who, whom, await walk.chooses(country.person(whom), { byHousehold: !js })]);
    guests.set(key, walk);
  }
  return guests.get(key).home();
}

/** The mother of a girl of 17, who acts for her all the same. */
async function parentOfGrown() {
  const key = "the mother of a girl of 17";
  if (!guests.has(key)) {
    const walk = new Walk(await country.visitor(country.person("hanne lunde")));
    await walk.insists(country.person("sofie lunde"));
    guests.set(key, walk);
  }
  return guests.get(key).home();
}

/**
 * Somebody who may not tries the task. Either the whole service says that it is `closed` and why; or they `see` what it is about, and are offered nothing;
 * or nothing of it is there. The addresses answer accordingly; to one with something of their `own` the forms are open for that.
 */
async function tries(walk, task, its, { closed = false, sees = false, own = false }) {
  const { tile, offer, forms, things: named } = TASKS[task];
  const [at, button] = offer?.(its) ?? [];
  const slot = await freeSlot(country, its);
  await walk.tile(tile);
  if (closed) {
    assert.match(await walk.text(), /vises ikke[\s\S]*Dette er lukket fordi/);
  } else if (sees) {
    if (at) await walk.follow(at);
    assert.equal(await walk.count(`main ${button}`), 0, "nothing is offered that may not be done");
  } else {
    assert.ok(!(await walk.page.content()).includes(`survey-${its.key}-`), "nothing of it is there");
  }
  const asked = [...(own ? [] : forms(its, slot)).map((ask) => [403, ...ask]), ...named(its, slot).map((ask) => [sees ? 403 : 404, ...ask])];
  if (at && !sees) asked.push([404, at]);
  for (const [status, path, fields] of asked) assert.equal(await walk.asks(path, fields), status, `${path} ${JSON.stringify(fields)}`);
}

// First all that is refused, so that what is allowed afterwards is the same thing, in the same form.
for (const [twin, { of, who, whom }] of Object.entries(TWINS)) {
  test(`refused: ${twin}`, async (t) => {
    const its = things[of];
    if (of === "child") await withoutResponsibility(country, its.person, country.person(who()));
    if (of === "youth") await parentalConsent(country, its.person, "inactive");
    for (const [task, ...cells] of TABLE) {
      await t.test(task, async () => {
        const isGrown = of === "hers" && OPEN_TO_PARENTS.includes(task);
        const walk = isGrown ? await parentOfGrown() : await guest(who(cells.at(-1)), whom, true);
        if (of === "self" || of === "child") {
          await tries(walk, task, its, { own: true });
          assert.equal(await walk.asks("/act-for", { patient: its.person.patient }), 404);
          // A form that names somebody else changes for nobody.
          if (task === "change the GP") assert.equal(await walk.asks(`/gp/change/${list}`, { person: its.person.patient, want: "" }), 409);
        } else if (of === "hers") {
          // A parent opens the forms for what is not the youth's alone.
          const closed = isGrown || CLOSED.includes(task);
          await tries(walk, task, its, { closed, own: !closed });
        } else {
          // One may see the prescriptions and not renew them.
          const sees = of === "proxy" && task === "order a prescription";
          await tries(walk, task, its, { closed: !sees, sees });
        }
        seen.push([task, twin, no]);
      });
    }
    if (of === "youth") await parentalConsent(country, its.person, "active");
  });
}

test("nothing came of what was refused", async () => {
  for (const its of Object.values(things)) {
    for (const part of ["change", "cancel", "wait"]) {
      const { status, meta } = await read(country, `Appointment/${its.id(part)}`);
      assert.deepEqual([status, meta.versionId], ["booked", "1"], its.id(part));
    }
    assert.equal(await appointmentsOf(its), its.appointments, "nothing is booked");
    assert.deepEqual(await found(country, `Task?focus=MedicationRequest/${its.id("prescription")}`), []);
    assert.deepEqual(await found(country, `Communication?part-of=Communication/${its.id("message")}`), []);
    assert.deepEqual(await found(country, `Task?patient=${its.person.patient}&code=urn:varde:task|change-gp&focus=HealthcareService/${list}`), []);
  }
});

for (const [column, key] of COLUMNS.entries()) {
  test(HEADS[column], async (t) => {
    const its = things[key];
    const whom = its.by === its.person ? undefined : its.person.name;
    for (const [row, [task, ...cells]] of TABLE.entries()) {
      const js = (row + column) % 2 === 0;
      const told = cells[column] === no ? "closed" : `${cells[column]} presses`;
      await t.test(`${task}: ${told}, ${js ? "with" : "without"} JavaScript`, async () => {
        const walk = await guest(its.by.name, whom, js);
        if (cells[column] === no) {
          const closed = CLOSED.includes(task);
          await tries(walk, task, its, { closed, sees: !closed });
          seen.push([task, key, no]);
          return;
        }
        await TASKS[task].walk(walk, its);
        const text = await walk.text();
        for (const words of await TASKS[task].words(its, walk)) assert.ok(text.includes(words), `${words}: ${text}`);
        assert.equal(await walk.count(".acting-for"), whom ? 1 : 0, "it is said for whom");
        assert.equal(walk.presses, cells[column]);
        assert.ok(walk.presses <= MOST);
        seen.push([task, key, walk.presses]);
      });
    }
  });
}

/** What was seen, as it goes with the pictures. */
function report() {
  const cell = (task, who) => seen.find(([its, by]) => its === task && by === who)?.[2] ?? "not seen";
  const rows = TABLE.map(([task, ...rest]) => [task, ...COLUMNS.map((who) => cell(task, who)), rest.at(-1)]);
  const twins = Object.keys(TWINS);
  const whom = chosen.map(([person, other, presses]) => `- ${person} for ${other}: ${presses}`);
  const refused = TABLE.map(([task]) => [task, ...twins.map((twin) => cell(task, twin))]);
  return [
    "# Presses for each task of the survey", asTable(HEADS, rows), "## Refused", asTable(twins, refused),
    "## Choosing whom to act for, before the first task", whom.join("\n"),
  ].join("\n\n");
}

test("the table in the documents is what was seen", async () => {
  const pages = await readFile(new URL("../../docs/pages.md", import.meta.url), "utf8");
  assert.ok(pages.includes(asTable(HEADS, TABLE)), asTable(HEADS, TABLE));
  assert.deepEqual([...new Set(chosen.map(([, , presses]) => presses))].sort(), [2, 3], "from the household two presses, by the switch three");
});
