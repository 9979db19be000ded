// Builds the committed assets in ../dist: one style sheet, one script, one sprite, one font, each with its gzip form.
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { transform } from "lightningcss";
import subsetFont from "subset-font";

const out = new URL("../dist/", import.meta.url);
const read = (path) => readFileSync(new URL(path, import.meta.url));
const write = (name, bytes, compress = true) => {
  writeFileSync(new URL(name, out), bytes);
  if (compress) writeFileSync(new URL(`${name}.gz`, out), gzipSync(bytes, { level: 9 }));
  console.log(name, bytes.length, compress ? gzipSync(bytes, { level: 9 }).length : "");
};
mkdirSync(out, { recursive: true });

// The theme, by Designsystemet's own tool, from designsystemet.config.json.
const cli = (...args) => execFileSync("npx", ["designsystemet", "tokens", ...args], { cwd: new URL(".", import.meta.url), stdio: "ignore" });
cli("create", "--config", "designsystemet.config.json");
cli("build", "-t", "node_modules/.varde-tokens", "-o", "node_modules/.varde-theme");

// Component styles in use; their files are not layered, so each goes into a layer below ours.
const components = ["base", "button", "alert", "card", "details", "error-summary", "field", "fieldset", "heading", "input", "label", "link", "paragraph", "table", "tag", "validation-message"];
const css = [
  "@layer ds.theme, ds.base, ds.components;",
  read("node_modules/.varde-theme/varde.css").toString().replace(/^@charset.*\n/, ""),
  ...components.map((name) => `@layer ds.components {\n${read(`node_modules/@digdir/designsystemet-css/dist/src/${name}.css`)}\n}`),
  read("style.css").toString(),
].join("\n");
const used = transform({ filename: "style.css", code: Buffer.from(css), minify: true });
write("style.css", Buffer.from(used.code));

for (const name of ["app.js", "service-worker.js"]) write(name, Buffer.from(read(name).toString().replace(/^\/\/.*\n/gm, "")));
write("mark.svg", read("mark.svg"), false);

const icons = { calendar: "Calendar", bell: "Bell", eye: "Eye", people: "PersonGroup", person: "Person", back: "ArrowLeft", bottle: "MedicineBottle", document: "FileText", route: "Branching", envelope: "EnvelopeClosed", thermometer: "MedicalThermometer", stethoscope: "Stethoscope", wallet: "Wallet", shield: "ShieldCheckmark", "first-aid": "FirstAid", lock: "PadlockLocked", question: "QuestionmarkCircle" };
const symbols = Object.entries(icons).map(([id, name]) => {
  const svg = read(`node_modules/@navikt/aksel-icons/dist/svg/${name}.svg`).toString();
  return `<symbol id="${id}" viewBox="0 0 24 24">${svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim()}</symbol>`;
});
write("icons.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`));

// Norwegian and Northern Sámi, and what names in the population need; two source files hold them.
const latin = Array.from({ length: 0x7e - 0x20 + 1 }, (_, i) => String.fromCharCode(0x20 + i)).join("") + "æøåÆØÅäöüÄÖÜéèêëÉÈáàâãÁÀÂíìîïÍóòôõÓúùûÚñÑçÇ«»“”‘’–—…·§°€´¨";
const face = read("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");
const options = { targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 700, default: 400 } } };
write("inter.woff2", await subsetFont(face, latin, options), false);
const sami = read("node_modules/@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2");
write("inter-sami.woff2", await subsetFont(sami, "čđŋšŧžČĐŊŠŦŽ", options), false);
