// npm fhirclient (SMART) with a token it was given, as a program on a server uses it, against the running program.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import FHIR from "fhirclient";
import { Server } from "../lib/server.js";
import { DAYS, family, halfBadFamily, patient } from "./material.js";

let server;
let client;
before(async () => {
  server = await Server.start();
  client = connect(server.token);
});
after(async () => { await server?.stop(); });

/** A client whose patient in context is `id`; the session's storage is nobody's. */
const connect = (token, id) => {
  const storage = { get: async () => undefined, set: async (_, value) => value, unset: async () => true };
  const smart = FHIR({ url: "/", headers: {}, get: () => "localhost" }, {}, storage);
  return smart.client({ serverUrl: server.fhir, tokenResponse: { access_token: token, patient: id } });
};
/** What the client throws. */
const fails = (status, text) => (error) => {
  assert.equal(error.status ?? error.statusCode, status, `${error}`);
  assert.match(error.message, text);
  return true;
};
/** An answer with its headers. */
const whole = (url, options = {}) => client.request({ url, includeResponse: true, ...options });

test("a resource is created, read, updated with If-Match, patched, and gone when deleted", async () => {
  const created = await client.create(patient("Livsløp"), { includeResponse: true });
  assert.deepEqual([created.response.status, created.response.headers.get("etag")], [201, 'W/"1"']);
  const { id } = created.body;
  assert.deepEqual(await client.request(`Patient/${id}`), created.body);
  // Prefer: return=minimal leaves no body, and the client goes to the Location for it.
  const minimal = await client.create(patient("Minimal"), { headers: { Prefer: "return=minimal" } });
  assert.equal(minimal.name[0].family, "Minimal");

  const changed = { ...created.body, gender: "other" };
  const updated = await client.update(changed, { headers: { "If-Match": 'W/"1"' } });
  assert.deepEqual([updated.meta.versionId, updated.gender], ["2", "other"]);
  await assert.rejects(client.update(changed, { headers: { "If-Match": 'W/"1"' } }), fails(412, /newest/));
  const patched = await client.patch(`Patient/${id}`, [{ op: "replace", path: "/birthDate", value: "1981-01-01" }]);
  assert.deepEqual([patched.birthDate, patched.meta.versionId], ["1981-01-01", "3"]);
  await assert.rejects(client.patch(`Patient/${id}`, [{ op: "remove", path: "/photo" }]), fails(400, /./));

  await client.delete(`Patient/${id}`);
  await assert.rejects(client.request(`Patient/${id}`), fails(410, /deleted/));
  const history = await client.request(`Patient/${id}/_history`);
  assert.deepEqual(history.entry.map((entry) => entry.request.method), ["DELETE", "PUT", "PUT", "POST"]);
  assert.equal((await client.request(`Patient/${id}/_history/1`)).gender, "female");
});

test("what has not changed is not sent again", async () => {
  const { id } = await client.create(patient("Uendret"));
  const { response } = await whole(`Patient/${id}`);
  const again = await fetch(`${server.fhir}/Patient/${id}`, {
    headers: { authorization: `Bearer ${server.token}`, "if-none-match": response.headers.get("etag") },
  });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
});

test("a transaction lands whole or not at all", async () => {
  const post = (bundle) => client.request({ url: "", method: "POST", body: JSON.stringify(bundle), headers: { "content-type": "application/fhir+json" } });
  const done = await post(family("Samlet", DAYS));
  assert.equal(done.type, "transaction-response");
  await assert.rejects(post(halfBadFamily("Halv")), fails(400, /date/i));
  assert.equal((await client.request("Patient?family=Halv&_summary=count")).total, 0);
});

test("pages are walked and references followed by the client", async () => {
  const bundle = family("Blader", DAYS);
  await client.request({ url: "/", method: "POST", body: JSON.stringify(bundle), headers: { "content-type": "application/json" } });
  const url = "Observation?patient.family=Blader&code=http://loinc.org|29463-7&date=ge2026-01-02&_sort=-date&_count=2";
  const flat = await client.request(url, { pageLimit: 0, flat: true });
  assert.deepEqual(flat.map((weight) => weight.effectiveDateTime), ["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02"]);
  const pages = [];
  await client.request(url, { pageLimit: 0, onPage: (page) => pages.push(page.entry.length) });
  assert.deepEqual(pages, [2, 2]);
  const graph = await client.request(url, { flat: true, graph: true, resolveReferences: ["subject"] });
  assert.equal(graph[0].subject.name[0].family, "Blader");
});

test("the patient in context is found by the capability statement", async () => {
  const bundle = family("Kontekst", DAYS.slice(0, 2));
  const done = await client.request({ url: "", method: "POST", body: JSON.stringify(bundle), headers: { "content-type": "application/fhir+json" } });
  const id = done.entry[0].response.location.split("/")[1];
  const inContext = connect(server.token, id);
  assert.equal((await inContext.patient.read()).id, id);
  const weights = await inContext.patient.request("Observation", { flat: true });
  assert.deepEqual(weights.map((weight) => weight.subject.reference), [`Patient/${id}`, `Patient/${id}`]);
  assert.equal(await client.getFhirRelease(), 4);
});

test("what is wrong is said in words a person can read", async () => {
  await assert.rejects(client.create({ ...patient("Gal"), birthDate: "yesterday" }), fails(400, /date/i));
  await assert.rejects(client.request("Patient/nobody"), fails(404, /no such resource/));
  await assert.rejects(client.request("Patient?shoesize=43"), fails(400, /shoesize/));
  await assert.rejects(connect("not-a-token").request("Patient/1"), (error) => /401|expired|not known/i.test(error.message));
});
