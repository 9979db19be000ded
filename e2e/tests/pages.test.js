// Every page for everyone: four languages, light and dark, phone and desk, screen reader, weight.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Country, book, violations } from "../lib/varde.js";

let country;
let pages;
before(async () => {
  country = await Country.start();
  const page = await country.visitor(country.person("ingrid haugen"));
  const appointment = await book(page, "Kontroll");
  pages = ["/", "/services", "/services?q=resept", "/services/mine", "/household", "/appointments", "/appointments/book", appointment, `${appointment}/change`, `${appointment}/cancel`, `${appointment}/comment`, `${appointment}/earlier`, "/appointments/household", "/appointments/feed", "/medicines", "/medicines/renew", "/medicines/in-use", "/medicines/collected", "/medicines/collect", "/gp", "/gp/change", "/gp/history", "/costs", "/costs/care", "/costs/card", "/results", "/results/analyses", "/results/over-time", "/vaccines", "/vaccines/certificate", "/summary", "/summary/suggest", "/summary/international", "/record", "/referrals", "/requests/new?kind=missing-document", "/messages", "/messages/write", "/messages/write/consultation", "/events", "/events/settings", "/access-log", "/act-for", "/sharing", "/sharing/give", "/sharing/privacy", "/requests", "/requests/new", "/requests/new?kind=access-after-death", "/sharing/blocks", "/sharing/blocks/named", "/sharing/reservations", "/sharing/own-access", "/sharing/youth", "/sharing/stop", "/sharing/stopped", "/who-can-see", "/who-can-see/results", "/rule-book", "/nowhere"];
  await page.context().close();
  await mkdir(new URL("../artifacts/", import.meta.url), { recursive: true });
});
after(async () => { await country?.stop(); });

const TITLES = { nb: "Timer", nn: "Timar", en: "Appointments", se: "Diimmut" };

for (const [lang, title] of Object.entries(TITLES)) {
  test(`every page speaks ${lang}, whether asked by address or by browser`, async () => {
    const page = await country.visitor(country.person("ingrid haugen"), { lang: "de" });
    await page.goto(`/appointments?lang=${lang}`);
    assert.equal(await page.locator("h1").innerText(), title);
    for (const path of pages) {
      await page.goto(path);
      assert.equal(await page.locator("html").getAttribute("lang"), lang, `${path}: the choice stays`);
    }
    const asked = await country.visitor(country.person("ingrid haugen"), { lang });
    await asked.goto("/appointments");
    assert.equal(await asked.locator("h1").innerText(), title);
    await page.context().close();
    await asked.context().close();
  });
}

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing wrong on any page, ${scheme}`, async () => {
    const page = await country.visitor(country.person("ingrid haugen"), { scheme });
    for (const path of pages) {
      await page.goto(path);
      assert.deepEqual(await violations(page), [], `${path} ${scheme}`);
    }
    await page.goto("/appointments/book");
    await page.locator("main form button[type=submit]").click();
    await page.locator(".ds-error-summary").waitFor();
    assert.deepEqual(await violations(page), [], `form with errors ${scheme}`);
    const stranger = await country.visitor(undefined, { scheme });
    await stranger.goto("/");
    assert.deepEqual(await violations(stranger), [], `signed out ${scheme}`);
    await page.context().close();
    await stranger.context().close();
  });
}

for (const width of [320, 390, 1280]) {
  test(`nothing is cut off or scrolls sideways at ${width} pixels`, async () => {
    const page = await country.visitor(country.person("ingrid haugen"), { width });
    for (const path of pages) {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, path);
      const name = path.replace(/\/[0-9a-f-]{36}/, "/one").replace(/[/?=]/g, "_");
      await page.screenshot({ path: new URL(`../artifacts/${width}${name}.png`, import.meta.url).pathname, fullPage: true });
    }
    await page.context().close();
  });
}

test("a first visit weighs less than 100 kB and the next page less than 20 kB", async () => {
  const page = await country.visitor(country.person("ingrid haugen"));
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  const weigh = async (path) => { bytes = 0; await page.goto(path, { waitUntil: "networkidle" }); return bytes; };
  await session.send("Network.clearBrowserCache");
  assert.ok((await weigh("/")) < 100_000, `${bytes} bytes`);
  for (const path of pages) assert.ok((await weigh(path)) < 20_000, `${path}: ${bytes} bytes`);
  await page.context().close();
});
