// What a citizen does with the record and with referrals, with and without JavaScript: finds a document, reads it, asks for what is missing, sees who
// has read it; follows a referral, and learns what to do when a deadline is broken.
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
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/${name}.png`, import.meta.url).pathname, fullPage: true });

/** Puts a resource as the source system. */
async function put(resource) {
  const { status, body } = await country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });
  assert.ok([200, 201].includes(status), `${resource.id}: ${status} ${JSON.stringify(body)}`);
}

/** Acts for somebody. */
async function actFor(page, person) {
  await page.goto("/act-for");
  await page.getByLabel(person.name).check();
  await page.locator("main form button[type=submit]").click();
  await page.locator(".acting-for").waitFor();
}

const note = (id, person, html) => ({
  resourceType: "DocumentReference", id, status: "current", description: `Dokument ${id}`, date: new Date(Date.now() - 86_400_000).toISOString(),
  subject: { reference: `Patient/${person.patient}` }, custodian: { display: "Prøve sykehus" },
  content: [{ attachment: { contentType: "text/html", data: Buffer.from(html).toString("base64") } }],
});

const referral = (id, person) => ({
  resourceType: "ServiceRequest", id, status: "active", intent: "order", code: { text: `Henvisning ${id}` }, authoredOn: "2026-01-05T10:00:00Z",
  subject: { reference: `Patient/${person.patient}` },
});

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`from the front page to what a document says and what a word means, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/record']").click();
    assert.equal(await page.locator("h1").innerText(), "Journal");
    assert.match(await page.locator("main").innerText(), /Opphold ·/);
    await page.getByLabel("Søk i journalen").fill("epikrise");
    await page.getByRole("button", { name: "Søk" }).click();
    await page.getByRole("link", { name: "Epikrise etter opphold" }).click();
    assert.match(await page.locator("main").innerText(), /Diagnose[\s\S]*Pneumoni/);
    const word = page.locator("details.word", { hasText: "Pneumoni" });
    assert.equal(await word.locator(".meaning").isVisible(), false);
    await word.locator("summary").click();
    assert.match(await word.locator(".meaning").innerText(), /Lungebetennelse/);
    await page.context().close();
  });

  test(`a file is taken along, and nothing in it can do anything, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/record?word=poliklinisk");
    await page.getByRole("link", { name: "Poliklinisk epikrise" }).first().click();
    const link = page.locator("main a[download]").first();
    assert.match(await link.innerText(), /PDF/);
    const file = await ask(page, new URL(await link.getAttribute("href"), page.url()).pathname);
    assert.equal(file.headers.get("content-type"), "application/pdf");
    assert.match(file.headers.get("content-disposition"), /^attachment/);
    assert.match(file.headers.get("content-security-policy"), /^sandbox; default-src 'none'/);
    assert.equal(file.headers.get("x-content-type-options"), "nosniff");
    assert.match(await file.text(), /^%PDF/);
    await page.context().close();
  });

  test(`what is missing is asked for, and the unit answers it, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/");
    await page.locator("main .tile-link[href='/record']").click();
    await page.getByRole("link", { name: "Be om det som mangler" }).click();
    await page.getByLabel("Hva mangler?").fill("Operasjonsbeskrivelsen fra i mai");
    await page.getByLabel("Hvilket sykehus eller legekontor?").fill("finnes ikke her");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    assert.equal(await page.getByLabel("Hva mangler?").inputValue(), "Operasjonsbeskrivelsen fra i mai", "what was typed is kept");
    const { body: hospitals } = await country.fhir("Organization?type=prov&_count=1");
    await page.getByLabel("Hvilket sykehus eller legekontor?").fill(hospitals.entry[0].resource.name);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    if (await page.getByText("Hvilken av disse?").count()) {
      await page.locator("input[name=chosen]").first().check();
      await page.getByRole("button", { name: "Send", exact: true }).click();
    }
    await page.locator("[role=status].confirmation").waitFor();
    const id = new URL(page.url()).pathname.split("/").pop();
    const { body: task } = await country.fhir(`Task/${id}`);
    assert.equal(task.code.coding[0].code, "missing-document");
    await put({ ...task, status: "completed", output: [{ type: { text: "answer" }, valueString: "Den ligger nå i journalen." }] });
    await page.goto(`/requests/${id}`);
    assert.match(await page.locator("main").innerText(), /Den ligger nå i journalen/);
    await page.context().close();
  });

  test(`a referral is followed, and a broken deadline says what to do, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.locator("main .tile-link[href='/referrals']").click();
    assert.equal(await page.locator("h1").innerText(), "Henvisninger");
    await page.getByRole("link", { name: /Henvisning til Ortoped/ }).first().click();
    const words = await page.locator("main").innerText();
    assert.match(words, /Du skulle ha fått helsehjelp innen[\s\S]*Helfo[\s\S]*Hva skjer nå\?[\s\S]*Veien videre[\s\S]*Hvem kan du spørre\?/);
    assert.match(await page.locator("main a[href^='tel:+47']").first().innerText(), /^\+47(\s\d\d){4}$/u);
    assert.ok(await page.locator(".step[data-step=late]").count(), "the step that is late is marked");
    await page.context().close();
  });
}

test("what a source writes cannot run, and who has read a document stands beside it", async () => {
  const person = mother();
  const html = "<p>Les dette.</p><script>document.title='hakket'</script><img src=x onerror=\"document.title='hakket'\"><a href=\"https://phish.test\">Logg inn</a>";
  await put(note("e2e-note", person, html));
  const page = await country.visitor(person);
  await page.goto("/record/e2e-note");
  assert.match(await page.locator(".document").innerText(), /Les dette\.[\s\S]*Logg inn/);
  assert.equal(await page.locator(".document a, .document img, .document script").count(), 0);
  assert.doesNotMatch(await page.title(), /hakket/);
  await page.getByRole("link", { name: "Se hvem som har lest dokumentet" }).click();
  assert.match(await page.locator("main").innerText(), /åpnet akkurat dette[\s\S]*Fagsystemet/);
  await page.getByRole("link", { name: "Vis også mine egne" }).click();
  assert.match(await page.locator("main tbody").innerText(), /(^|\n|\t)Du(\n|\t)/);
  await page.goBack();
  await page.goBack();
  await page.getByRole("link", { name: "Meld en feil i dokumentet" }).click();
  assert.match(await page.locator("main").innerText(), /Hva er feil\?/);
  await page.context().close();
});

test("a mother reads of her boy of eight, of her girl of fourteen only what is opened; the girl too", async () => {
  const [child, teenager] = [country.person("emil haugen"), country.person("nora haugen")];
  for (const [person, name] of [[child, "emil"], [teenager, "nora"]]) {
    await put(note(`e2e-note-${name}`, person, "<p>Tekst</p>"));
    await put(referral(`e2e-referral-${name}`, person));
  }
  const page = await country.visitor(mother());
  for (const [person, name, open] of [[child, "emil", true], [teenager, "nora", false]]) {
    await actFor(page, person);
    for (const [list, id] of [["/record", `e2e-note-${name}`], ["/referrals", `e2e-referral-${name}`]]) {
      await page.goto(list);
      assert.equal(await page.locator(`a[href='${list}/${id}']`).count(), open ? 1 : 0, id);
      assert.equal((await page.goto(`${list}/${id}`)).status(), open ? 200 : 404, id);
    }
  }
  await page.goto("/referrals");
  assert.equal(await page.locator("main a.item-title").count(), 1, "the one that is opened for parents");
  assert.doesNotMatch(await page.locator("main").innerText(), /du ikke kan lese/, "nothing tells of the other");
  await page.context().close();
  const youth = await country.visitor(teenager);
  await youth.goto("/referrals");
  assert.equal(await youth.locator("main a.item-title").count(), 1);
  assert.match(await youth.locator("main").innerText(), /Henvisninger du ikke kan lese/);
  await shot(youth, "referrals-youth-390-light");
  for (const path of ["/record/e2e-note-nora", "/referrals/e2e-referral-nora"]) assert.equal((await youth.goto(path)).status(), 404, path);
  await youth.context().close();
});

test("a daughter with a proxy reads of her father, and a stranger does not", async () => {
  const [father, daughter] = [country.person("arne dahl"), country.person("berit dahl")];
  await put(note("e2e-note-arne", father, "<p>Tekst</p>"));
  await put(referral("e2e-referral-arne", father));
  const page = await country.visitor(daughter);
  for (const path of ["/record/e2e-note-arne", "/referrals/e2e-referral-arne"]) assert.equal((await page.goto(path)).status(), 404, `for herself ${path}`);
  await actFor(page, father);
  for (const path of ["/record/e2e-note-arne", "/referrals/e2e-referral-arne"]) assert.equal((await page.goto(path)).status(), 200, path);
  await page.context().close();
  const stranger = await country.visitor(mother());
  for (const path of ["/record/e2e-note-arne", "/referrals/e2e-referral-arne"]) assert.equal((await stranger.goto(path)).status(), 404, path);
  await stranger.context().close();
});

test("every form of page is clean for axe in light and dark and is not cut off at any width", async () => {
  for (const scheme of ["light", "dark"]) {
    for (const width of [320, 390, 1280]) {
      const page = await country.visitor(mother(), { scheme, width });
      await page.goto("/record");
      const href = async (name) => page.getByRole("link", { name }).first().getAttribute("href");
      const [summary, nurse, letter] = [await href("Epikrise etter opphold"), await href("Sykepleiesammenfatning"), await href("Poliklinisk epikrise")];
      await page.goto("/referrals");
      const pages = {
        "record-list": "/record", "record-found": "/record?kind=note&word=notat", "record-none": "/record?word=zzz", "record-summary": summary,
        "record-nurse": nurse, "record-letter": letter, "record-log": `/access-log?item=DocumentReference/${letter.split("/").pop()}`,
        "record-ask": "/requests/new?kind=missing-document", "referrals-list": "/referrals",
        "referrals-late": await href(/Henvisning til Ortoped/), "referrals-no": await href(/Henvisning til Kirurg/), "referrals-new": await href(/Henvisning til Hud/),
      };
      for (const [name, path] of Object.entries(pages)) {
        assert.equal((await page.goto(path)).status(), 200, path);
        for (const word of await page.locator("details.word summary").all()) await word.click();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(over, 0, `${path} ${width}`);
        if (width !== 390) assert.deepEqual(await violations(page), [], `${path} ${scheme} ${width}`);
        await shot(page, `${name}-${width}-${scheme}`);
      }
      await page.context().close();
    }
  }
});
