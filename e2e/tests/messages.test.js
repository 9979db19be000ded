// What a citizen does with messages, with and without JavaScript, and how the office's system answers.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, actFor, ask, proxyWith, violations } from "../lib/varde.js";

let country;
before(async () => {
  country = await Country.start();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const mother = () => country.person("ingrid haugen");
const main = (page) => page.locator("main").innerText();
const submit = (page) => page.locator("main form button[data-variant=primary]").first().click();
const shot = (page, name) => page.screenshot({ path: new URL(`../artifacts/messages-${name}.png`, import.meta.url).pathname, fullPage: true });

/** Writes from the front page and gives the path of the conversation. */
async function writes(page, kind, topic, words) {
  await page.goto("/");
  await page.locator('a.tile-link[href="/messages"]').click();
  await page.locator('main a[href="/messages/write"]').first().click();
  await page.locator(`a[href="/messages/write/${kind}"]`).click();
  await page.locator("input[name=topic]").fill(topic);
  await page.locator("textarea[name=text]").fill(words);
  await submit(page);
  await page.getByText("Meldingen er sendt").waitFor();
  return new URL(page.url()).pathname;
}

/** What the office's system finds: the Task and the message it is about. */
async function errand(path) {
  const focus = `Communication/${path.split("/").pop()}`;
  const { body } = await country.fhir(`Task?focus=${focus}&status=requested`);
  assert.equal(body.entry.length, 1);
  const message = await country.fhir(focus);
  return { task: body.entry[0].resource, message: message.body };
}

const put = (resource) => country.fhir(`${resource.resourceType}/${resource.id}`, { method: "PUT", body: JSON.stringify(resource) });

async function answers({ task, message }, words) {
  const reply = {
    resourceType: "Communication", id: `answer-${task.id}`.slice(0, 64), status: "completed", subject: message.subject, sender: { display: "Kontoret" },
    recipient: [message.sender], partOf: [{ reference: `Communication/${message.id}` }],
    inResponseTo: [{ reference: `Communication/${message.id}` }], sent: new Date().toISOString(), payload: [{ contentString: words }],
  };
  assert.equal((await put(reply)).status, 201);
  await put({ ...task, status: "completed" });
}

for (const js of [true, false]) {
  const how = js ? "with JavaScript" : "without JavaScript";

  test(`a citizen asks the doctor, follows the message on its way and reads the answer, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/messages/write/consultation");
    assert.match(await main(page), /116\s117[\s\S]*170 kroner[\s\S]*5 arbeidsdager/);
    const path = await writes(page, "consultation", "Kneet", "Vondt når jeg går i trapper");
    assert.match(await main(page), /tatt imot den ennå/);

    const found = await errand(path);
    assert.equal(found.message.payload[0].contentString, "Vondt når jeg går i trapper");
    await put({ ...found.message, status: "completed" });
    await page.goto(path);
    assert.match(await main(page), /Levert/);
    await put({ ...found.message, status: "completed", received: new Date().toISOString() });
    await page.goto(path);
    assert.match(await main(page), /Åpnet av kontoret/);
    await answers(found, "Ta det med ro i to uker.");
    await page.goto("/messages");
    assert.match(await main(page), /Kneet[\s\S]*ulest/i);
    await page.goto(path);
    assert.match(await main(page), /Besvart[\s\S]*Ta det med ro i to uker/);
    const { body } = await country.fhir(`Communication/answer-${found.task.id}`.slice(0, 78));
    assert.ok(body.received, "the office sees that it was opened");
    await page.context().close();
  });

  test(`a form with something missing comes back with all that was typed, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/messages/write/contact");
    await page.locator("textarea[name=text]").fill("Dette skrev jeg");
    await submit(page);
    await page.locator(".ds-error-summary").waitFor();
    assert.match(await page.title(), /^Feil: /);
    assert.equal(await page.locator("textarea[name=text]").inputValue(), "Dette skrev jeg");
    // axe is a script, and does not end where there are none.
    if (js) assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  test(`a draft is there the next day and goes away when it is sent, ${how}`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/messages/write/record-copy");
    await page.locator("textarea[name=text]").fill("Alt fra 2024");
    await page.locator("button[name=then][value=save]").click();
    await page.getByText("Utkastet er lagret").waitFor();
    const again = await country.visitor(mother(), { js });
    await again.goto("/messages");
    await again.locator('a[href^="/messages/write/record-copy?draft="]').click();
    assert.equal(await again.locator("textarea[name=text]").inputValue(), "Alt fra 2024");
    await again.locator("input[name=topic]").fill("Kopi");
    await submit(again);
    await again.getByText("Meldingen er sendt").waitFor();
    await again.goto("/messages");
    assert.equal(await again.locator('a[href^="/messages/write/record-copy"]').count(), 0);
    await page.context().close();
    await again.context().close();
  });
}

const pdf = { name: "Henvisning fra skolen.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 brev fra skolen") };
const photo = { name: "kne.jpg", mimeType: "image/jpeg", buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) };
// In two parts, so that no scanner takes this file for what it looks for.
const eicar = { name: "faktura.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*") };

for (const js of [true, false]) {
  test(`files go along with a message; one with a virus or of another kind does not, and nothing is lost, ${js ? "with" : "without"} JavaScript`, async () => {
    const page = await country.visitor(mother(), { js });
    await page.goto("/messages/write/consultation");
    await page.locator("input[name=topic]").fill("Kneet med bilde");
    await page.locator("textarea[name=text]").fill("Se bildet");
    await page.locator("input[name=files]").setInputFiles([photo, eicar, { name: "notat.txt", mimeType: "text/plain", buffer: Buffer.from("hei") }]);
    await submit(page);
    await page.locator(".ds-error-summary").waitFor();
    assert.match(await main(page), /faktura\.pdf er ikke lagt ved, fordi vi fant datavirus[\s\S]*notat\.txt er ikke en PDF/);
    assert.equal(await page.locator("textarea[name=text]").inputValue(), "Se bildet");
    assert.match(await main(page), /Lagt ved: kne\.jpg/);
    if (js) {
      assert.deepEqual(await violations(page), []);
      await shot(page, "files-error-390");
    }
    await page.locator("input[name=files]").setInputFiles([pdf]);
    await page.locator("button[name=then][value=save]").click();
    await page.getByText("Utkastet er lagret").waitFor();
    await page.locator('a[href^="/messages/write/consultation?draft="]').click();
    assert.match(await main(page), /Lagt ved: kne\.jpg, Henvisning fra skolen\.pdf/);
    await page.locator("li", { hasText: "kne.jpg" }).locator("button").click();
    await page.getByText("Filen er fjernet").waitFor();
    if (js) {
      assert.deepEqual(await violations(page), []);
      await shot(page, "files-390");
    }
    await submit(page);
    await page.getByText("Meldingen er sendt").waitFor();
    const link = page.locator("main a[href*='/file/']");
    assert.deepEqual(await link.allInnerTexts(), ["Henvisning fra skolen.pdf"]);
    assert.match(await main(page), /PDF, 1 kB/);
    const [href, path] = [await link.getAttribute("href"), new URL(page.url()).pathname];
    const file = await ask(page, href);
    assert.equal(await file.text(), pdf.buffer.toString());
    assert.match(file.headers.get("content-disposition"), /^attachment;.*Henvisning%20fra%20skolen%2Epdf/);
    assert.equal(file.headers.get("x-content-type-options"), "nosniff");
    const { message } = await errand(path);
    const binary = await country.fhir(message.payload[1].contentAttachment.url);
    assert.equal(Buffer.from(binary.body.data, "base64").toString(), pdf.buffer.toString(), "the office's system reads the same");
    const other = await country.visitor(country.person("thomas haugen"));
    assert.equal((await ask(other, href)).status, 404, "and her husband does not");
    await other.context().close();
    await page.context().close();
  });
}

test("a message is taken back until the office has opened it", async () => {
  const page = await country.visitor(mother());
  const path = await writes(page, "contact", "Feil kontor", "Dette var til noen andre");
  const found = await errand(path);
  await page.locator("form[action$=withdraw] button").click();
  await page.getByText("Meldingen er trukket tilbake").waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, "withdrawn-390");
  assert.equal((await country.fhir(`Task/${found.task.id}`)).body.status, "cancelled");
  assert.equal((await country.fhir(`Communication/${found.message.id}`)).body.status, "stopped");
  await page.context().close();
});

test("a draft is nobody's but the writer's: neither the office nor the other parent can read it", async () => {
  const [child, father] = [country.person("emil haugen"), country.person("thomas haugen")];
  const page = await country.visitor(mother());
  await actFor(page, child);
  await page.goto("/messages/write/contact");
  await page.locator("textarea[name=text]").fill("Noe jeg ikke er ferdig med");
  await page.locator("button[name=then][value=save]").click();
  await page.getByText("Utkastet er lagret").waitFor();
  const { body } = await country.fhir(`Communication?patient=${child.patient}&_count=200`);
  assert.ok(!JSON.stringify(body).includes("Noe jeg ikke er ferdig med"));
  const other = await country.visitor(father);
  await actFor(other, child);
  await other.goto("/messages");
  assert.doesNotMatch(await main(other), /Utkast/);
  await page.context().close();
  await other.context().close();
});

test("a mother writes for her boy of eight; what she writes for her girl of fourteen the girl reads, and does not write herself", async () => {
  const [child, teenager] = [country.person("emil haugen"), country.person("nora haugen")];
  const page = await country.visitor(mother());
  await actFor(page, child);
  await writes(page, "contact", "Emil", "Kan han få time?");
  await actFor(page, teenager);
  await page.goto("/messages/write/contact");
  assert.match(await main(page), /Både du og Nora/);
  const path = await writes(page, "contact", "Nora", "Kan hun få time?");
  await put({
    resourceType: "Communication", id: "e2e-hers-alone", status: "completed", subject: { reference: `Patient/${teenager.patient}` },
    recipient: [{ reference: `Patient/${teenager.patient}` }], sent: new Date().toISOString(), payload: [{ contentString: "Bare til Nora" }],
  });
  assert.equal((await page.goto("/messages/e2e-hers-alone")).status(), 404);
  await page.context().close();
  const youth = await country.visitor(teenager);
  await youth.goto("/messages");
  await youth.getByRole("link", { name: "Nora", exact: true }).click();
  assert.match(await main(youth), /Kan hun få time\?/);
  assert.equal(await youth.locator("main textarea").count(), 0);
  assert.equal((await youth.goto("/messages/write/contact")).status(), 403);
  assert.equal((await youth.goto("/messages/e2e-hers-alone")).status(), 404);
  assert.equal((await youth.goto(path)).status(), 200);
  await youth.context().close();
});

test("a proxy with the area of digital services writes, and one without it reads nothing", async () => {
  const page = await country.visitor(country.person("berit dahl"));
  await actFor(page, country.person("arne dahl"));
  await writes(page, "contact", "Far", "Han trenger ny time");
  await page.context().close();
  const [giver, receiver] = [country.person("hannah turner"), country.person("leyla demir")];
  await proxyWith(country, giver, receiver, "1");
  const other = await country.visitor(receiver);
  await actFor(other, giver);
  await other.goto("/messages");
  assert.match(await main(other), /Meldingene vises ikke/);
  assert.equal((await other.goto("/messages/write/contact")).status(), 403);
  await other.context().close();
});

test("a closed office is shown with the day it opens, and takes drafts only", async () => {
  const { body: person } = await country.fhir(`Patient/${mother().patient}`);
  const doctor = person.generalPractitioner.find((r) => r.reference.startsWith("Practitioner/")).reference;
  const { body: roles } = await country.fhir(`PractitionerRole?practitioner=${doctor}`);
  const { body: service } = await country.fhir(roles.entry[0].resource.healthcareService[0].reference);
  const away = [{ description: "Kurs", during: { start: "2020-01-01", end: "2120-01-05" } }];
  await put({ ...service, notAvailable: away });
  const page = await country.visitor(mother());
  await page.goto("/messages/write/contact");
  assert.match(await main(page), /åpner igjen .*6\. januar 2120[\s\S]*Kurs/);
  assert.equal(await page.getByText("Send meldingen").count(), 0);
  assert.deepEqual(await violations(page), []);
  await shot(page, "closed-390");
  await put({ ...service, notAvailable: undefined });
  await page.context().close();
});

test("pressing twice sends once", async () => {
  const page = await country.visitor(mother(), { js: false });
  await page.goto("/messages/write/contact");
  const hidden = async (name) => page.locator(`main form input[name=${name}]`).first().getAttribute("value");
  const form = { csrf: await hidden("csrf"), form_key: await hidden("form_key"), topic: "To ganger", text: "Hei" };
  const send = () => ask(page, "/messages/write/contact", { form });
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual([first.status, second.status], [303, 303]);
  assert.equal(first.headers.get("location"), second.headers.get("location"));
  await page.context().close();
});

for (const [width, scheme] of [[320, "light"], [390, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
  test(`every page of messages fits at ${width} pixels, ${scheme}, and axe finds nothing wrong`, async () => {
    const page = await country.visitor(mother(), { width, scheme });
    const path = await writes(page, "contact", `Attest ${width} ${scheme}`, "Jeg trenger en attest til skolen.\n\nHilsen Ingrid");
    for (const [name, address] of [["list", "/messages"], ["choose", "/messages/write"], ["write", "/messages/write/consultation"], ["thread", path]]) {
      await page.goto(address);
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= room, `${address} is ${wide} wide at ${room}`);
      assert.deepEqual(await violations(page), [], `${address} ${scheme}`);
      await shot(page, `${name}-${width}-${scheme}`);
    }
    await page.context().close();
  });
}
