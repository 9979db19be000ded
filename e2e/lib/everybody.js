// What everybody must find on every page, whatever they see, hear or press with. Each function gives what is wrong, as lines; none is good.

/** Bytes that went over the wire for a page and what it asks for, as the browser counts them. */
export class Scales {
  static async on(page) {
    const scales = new Scales();
    scales.session = await page.context().newCDPSession(page);
    await scales.session.send("Network.enable");
    scales.session.on("Network.loadingFinished", ({ encodedDataLength }) => { scales.bytes += encodedDataLength; });
    return scales;
  }

  async weigh(page, path, { fresh = false } = {}) {
    if (fresh) await this.session.send("Network.clearBrowserCache");
    this.bytes = 0;
    const response = await page.goto(path, { waitUntil: "networkidle" });
    return { bytes: this.bytes, response };
  }
}

/** Structure and words: one heading of the page, landmarks, names of links, labels of fields, forms that work without a script. */
export function structure(page) {
  return page.evaluate(() => {
    const faults = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true });
    const say = (element) => element.outerHTML.slice(0, 120);
    const words = (element) => `${element.innerText ?? ""}${element.getAttribute("aria-label") ?? ""}`.trim();
    for (const [what, wanted] of [["h1", 1], ["main", 1], ["body > header", 1], ["body > footer", 1], ["a.skip[href='#main']", 1]]) {
      const found = document.querySelectorAll(what).length;
      if (found !== wanted) faults.push(`${found} of ${what}`);
    }
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) if (!heading.textContent.trim()) faults.push("an empty heading");
    for (const link of document.querySelectorAll("a")) {
      if (!link.getAttribute("href")) faults.push(`leads nowhere: ${say(link)}`);
      if (shown(link) && !words(link)) faults.push(`without words: ${say(link)}`);
    }
    for (const button of document.querySelectorAll("button")) {
      if (!words(button) && shown(button)) faults.push(`without words: ${say(button)}`);
      if (button.type !== "submit" || !(button.form?.getAttribute("action") ?? button.formAction)) faults.push(`does nothing without a script: ${say(button)}`);
    }
    for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (!field.labels?.length && !field.getAttribute("aria-label") && !field.getAttribute("aria-labelledby")) faults.push(`no label: ${say(field)}`);
      if (["date", "time", "datetime-local", "month"].includes(field.type)) faults.push(`follows the browser's language: ${say(field)}`);
    }
    for (const part of ["undefined", "null", "NaN", "[object", "{$"]) if (document.body.innerText.includes(part)) faults.push(`says ${part}`);
    return faults;
  });
}

/** Words that are cut in two at the end of a line; a hyphen, a soft one or a slash is a place to break. `where` says in which elements to look. */
export function broken(page, where) {
  return page.evaluate((selector) => {
    const faults = new Set();
    for (const element of document.querySelectorAll(selector)) {
      if (!element.checkVisibility()) continue;
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        for (const { 0: word, index } of node.data.matchAll(/[\p{L}\u00ad]+/gu)) {
          if (word.length < 3 || word.includes("\u00ad") || !node.parentElement.checkVisibility()) continue;
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 1).map(({ top }) => Math.round(top / 4)));
          if (lines.size > 1) faults.add(`broken in two: ${word}`);
        }
      }
    }
    return [...faults];
  }, where);
}

/** Tables that go beyond the column of text they stand in, which nothing cuts off where the window is wide. */
export function sticksOut(page) {
  return page.evaluate(() => {
    const main = document.querySelector("main");
    const edge = main.getBoundingClientRect().right - Number.parseFloat(getComputedStyle(main).paddingRight);
    const rights = [...main.querySelectorAll("table")].map((table) => table.getBoundingClientRect().right);
    return rights.filter((right) => right > edge + 1).map((right) => `${right} is beyond ${edge}`);
  });
}

/** What is cut off or makes the whole page scroll sideways, outside tables and figures that scroll by themselves. */
export function cutOff(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const faults = scrollWidth > clientWidth ? [`${scrollWidth} wide at ${clientWidth}`] : [];
    for (const element of document.querySelectorAll("main *")) {
      const { overflowX, clipPath } = getComputedStyle(element);
      const scrolls = ["auto", "scroll"].includes(overflowX) && element.scrollWidth > element.clientWidth;
      if (scrolls && !element.querySelector("table, svg, pre") && !element.matches("table, pre, textarea")) faults.push(`scrolls: ${element.outerHTML.slice(0, 100)}`);
      const hides = ["hidden", "clip"].includes(overflowX) && clipPath === "none" && element.scrollWidth > element.clientWidth + 1;
      if (hides && !element.closest("svg")) faults.push(`cut off: ${element.outerHTML.slice(0, 100)}`);
    }
    return faults;
  });
}

/** Most presses of the Tab key on a page. */
const STOPS = 80;

/** Walks through the page with the Tab key: every stop seen, each below or beside the one before, each with a ring around it, none left out. */
export async function tabbing(page) {
  const { presses, all } = await page.evaluate(prepare, STOPS);
  for (let press = 0; press < presses; press += 1) await page.keyboard.press("Tab");
  return page.evaluate((whole) => {
    const { reached: all, wanted } = window.tabWalk;
    document.activeElement?.blur();
    // Once round is enough.
    const again = all.findIndex(({ element }, place) => all.findIndex((before) => before.element === element) < place);
    const reached = again < 0 ? all : all.slice(0, again);
    const say = ({ element }) => element.outerHTML.slice(0, 100);
    const faults = [];
    for (const [place, stop] of reached.entries()) {
      if (!stop.ring) faults.push(`no ring: ${say(stop)}`);
      if (!stop.seen) faults.push(`focus is out of sight: ${say(stop)}`);
      const before = reached[place - 1];
      if (before && !before.element.matches(".skip") && stop.bottom < before.top) faults.push(`goes up the page: ${say(stop)}`);
    }
    const stops = new Set(reached.map(({ element }) => element));
    if (whole) for (const element of wanted) if (!stops.has(element)) faults.push(`cannot be reached: ${say({ element })}`);
    if (!whole && again >= 0) faults.push("the keyboard is trapped");
    return faults;
  }, all);
}

/** In the page: notes each stop, and says how many there should be. */
function prepare(most) {
  const controls = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  const wanted = [...document.querySelectorAll(controls)].filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.type !== "radio") return true;
    // Of a group of radio buttons Tab stops at the chosen one, else at the first.
    const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`)].filter((its) => its.form === element.form);
    const stop = group.find((its) => its.checked) ?? group[0];
    if (groups.has(stop)) return false;
    groups.add(stop);
    return element === stop;
  });
  const reached = [];
  window.tabWalk = { reached, wanted };
  addEventListener("focusin", ({ target }) => {
    const ring = [target, target.closest("label"), target.closest(".choice")].some((element) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || (element === target && boxShadow !== "none");
    });
    const { top, bottom, left, right } = target.getBoundingClientRect();
    const seen = right > left && bottom > top;
    reached.push({ element: target, ring, seen, top: top + scrollY, bottom: bottom + scrollY });
  });
  document.activeElement?.blur();
  return { presses: Math.min(wanted.length + 3, most), all: wanted.length + 3 <= most };
}

/** The same answer of the server with JavaScript off: the words of the page, for a comparison with those of `page`. */
export async function withoutScript(browser, { url, body, headers, viewport }) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport });
  const page = await context.newPage();
  await page.route(url, (route) => route.fulfill({ status: 200, headers, body }), { times: 1 });
  await page.goto(url);
  const words = await page.locator("main").innerText();
  await context.close();
  return words;
}
