// npm fhir-kit-client (Vermonster) against the running program.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CapabilityTool, Client } from "fhir-kit-client";
import { Server } from "../lib/server.js";
import { DAYS, family, halfBadFamily, patient, weight } from "./material.js";

let server;
let client;
before(async () => {
  server = await Server.start();
  client = new Client({ baseUrl: server.fhir, bearerToken: server.token });
});
after(async () => { await server?.stop(); });

const http = (value) => Client.httpFor(value).response;
/** What the client throws for this status, with the issue's code. */
const fails = (status, code) => (error) => {
  assert.equal(error.response?.status, status, error.message);
  assert.equal(error.response.data.resourceType, "OperationOutcome");
  assert.equal(error.response.data.issue[0].code, code);
  return true;
};
const ids = (bundle) => (bundle.entry ?? []).map((entry) => entry.resource?.id);

test("the capability statement is understood", async () => {
  const tool = new CapabilityTool(await client.capabilityStatement());
  for (const interaction of ["transaction", "batch", "history-system"]) assert.ok(tool.serverCan(interaction), interaction);
  for (const interaction of ["read", "vread", "create", "update", "patch", "delete", "search-type", "history-instance"]) {
    assert.ok(tool.resourceCan("Patient", interaction), interaction);
  }
  assert.ok(tool.resourceSearch("Patient", "birthdate") && tool.resourceSearch("Observation", "code"));
});

test("a resource is created, read, updated with If-Match, patched, and gone when deleted", async () => {
  const created = await client.create({ resourceType: "Patient", body: patient("Livsløp") });
  assert.deepEqual([http(created).status, http(created).headers.get("etag")], [201, 'W/"1"']);
  assert.ok(http(created).headers.get("location").endsWith(`/Patient/${created.id}/_history/1`));
  const named = { resourceType: "Patient", id: created.id };
  const read = await client.read(named);
  assert.deepEqual(read, created);

  const changed = { ...read, gender: "other" };
  const updated = await client.update({ ...named, body: changed, options: { headers: { "If-Match": http(read).headers.get("etag") } } });
  assert.deepEqual([updated.meta.versionId, updated.gender], ["2", "other"]);
  const late = { ...named, body: changed, options: { headers: { "If-Match": 'W/"1"' } } };
  await assert.rejects(client.update(late), fails(412, "conflict"));

  const patched = await client.patch({ ...named, jsonPatch: [{ op: "replace", path: "/birthDate", value: "1981-01-01" }] });
  assert.deepEqual([patched.birthDate, patched.meta.versionId], ["1981-01-01", "3"]);
  await assert.rejects(client.patch({ ...named, jsonPatch: [{ op: "remove", path: "/photo" }] }), fails(400, "not-found"));

  assert.equal(http(await client.delete(named)).status, 204);
  await assert.rejects(client.read(named), fails(410, "deleted"));
  const versions = await client.history(named);
  assert.deepEqual([versions.type, versions.entry.map((entry) => entry.request.method)], ["history", ["DELETE", "PUT", "PUT", "POST"]]);
  assert.equal((await client.vread({ ...named, version: "1" })).gender, "female");
  await assert.rejects(client.vread({ ...named, version: "4" }), fails(410, "deleted"));
  await assert.rejects(client.vread({ ...named, version: "9" }), fails(404, "not-found"));
  const back = await client.update({ ...named, body: { ...read, meta: undefined } });
  assert.deepEqual([http(back).status, back.meta.versionId], [201, "5"]);
});

test("a transaction lands whole, and what refers inside it refers to what was made", async () => {
  const done = await client.transaction({ body: family("Samlet", DAYS) });
  assert.equal(done.type, "transaction-response");
  assert.deepEqual(done.entry.map((entry) => entry.response.status.slice(0, 3)), ["201", "201", "201", "201", "201", "201"]);
  const [mother, first] = done.entry.map((entry) => entry.response.location.split("/_history/")[0]);
  const observation = await client.resolve({ reference: first });
  assert.equal(observation.subject.reference, mother);
  const bundle = await client.search({ resourceType: "Observation", searchParams: { subject: mother, _include: "Observation:subject" } });
  const kept = await client.resolve({ reference: mother, context: bundle });
  assert.equal(kept.name[0].family, "Samlet");

  await assert.rejects(client.transaction({ body: halfBadFamily("Halv") }), (error) => {
    fails(400, "value")(error);
    assert.deepEqual(error.response.data.issue[0].expression, ["Bundle.entry[1].resource.effectiveDateTime"]);
    return true;
  });
  assert.equal((await client.search({ resourceType: "Patient", searchParams: { family: "Halv", _total: "accurate" } })).total, 0);
});

test("a batch does what it can, each entry for itself", async () => {
  const entry = (method, url, resource) => ({ request: { method, url }, resource });
  const body = {
    resourceType: "Bundle",
    type: "batch",
    entry: [entry("POST", "Patient", patient("Bunke")), entry("GET", "Patient/nobody"), entry("GET", "Patient?family=Bunke&_total=accurate")],
  };
  const done = await client.batch({ body });
  assert.equal(done.type, "batch-response");
  assert.deepEqual(done.entry.map((each) => each.response.status.slice(0, 3)), ["201", "404", "200"]);
  assert.equal(done.entry[2].resource.type, "searchset");
});

test("a search takes several parameters, by GET and by POST, and is paged through", async () => {
  const { entry: [mother] } = await client.transaction({ body: family("Blader", DAYS) });
  const subject = mother.response.location.split("/_history/")[0];
  const searchParams = { patient: subject, code: "http://loinc.org|29463-7", date: ["ge2026-01-02", "lt2026-01-05"], _sort: "-date", _count: 2 };
  for (const options of [{}, { postSearch: true }]) {
    let page = await client.search({ resourceType: "Observation", searchParams, options });
    assert.equal(page.type, "searchset");
    const seen = [];
    let pages = 0;
    while (page) {
      seen.push(...page.entry.map((each) => each.resource.effectiveDateTime));
      assert.ok(page.entry.every((each) => each.search.mode === "match" && each.fullUrl === `${server.fhir}/Observation/${each.resource.id}`));
      page = await client.nextPage({ bundle: page });
      pages += 1;
    }
    assert.deepEqual([seen, pages], [["2026-01-04", "2026-01-03", "2026-01-02"], 2], JSON.stringify(options));
  }
  const chained = await client.search({ resourceType: "Observation", searchParams: { "patient.family": "Blader", _summary: "count" } });
  assert.equal(chained.total, 5);
  await assert.rejects(client.search({ resourceType: "Observation", searchParams: { shoesize: "43" } }), fails(400, "not-supported"));
  const headers = { Prefer: "handling=lenient" };
  const lenient = await client.search({ resourceType: "Patient", searchParams: { shoesize: "43", family: "Blader" }, options: { headers } });
  assert.equal(lenient.entry.length, 1);
  assert.ok(!lenient.link.find((link) => link.relation === "self").url.includes("shoesize"));
});

test("conditions hold: create, update and delete by a search", async () => {
  const ifNone = { headers: { "If-None-Exist": "identifier=urn:test:number|Betinget-Kari" } };
  const first = await client.create({ resourceType: "Patient", body: patient("Betinget"), options: ifNone });
  const second = await client.create({ resourceType: "Patient", body: patient("Betinget"), options: ifNone });
  assert.deepEqual([http(first).status, http(second).status, second.id], [201, 200, first.id]);
  const searchParams = { identifier: "urn:test:number|Betinget-Kari" };
  const updated = await client.update({ resourceType: "Patient", searchParams, body: { ...patient("Betinget"), active: false } });
  assert.deepEqual([updated.id, updated.active, updated.meta.versionId], [first.id, false, "2"]);
  await client.create({ resourceType: "Patient", body: patient("Betinget") });
  await assert.rejects(client.update({ resourceType: "Patient", searchParams, body: patient("Betinget") }), fails(412, "multiple-matches"));
});

test("what is wrong is said with its place", async () => {
  const make = (body) => client.create({ resourceType: body.resourceType, body });
  await assert.rejects(make({ ...patient("Gal"), birthDate: "yesterday" }), (error) => {
    fails(400, "value")(error);
    assert.deepEqual(error.response.data.issue[0].expression, ["Patient.birthDate"]);
    return true;
  });
  await assert.rejects(make({ ...patient("Gal"), shoeSize: 43 }), fails(400, "structure"));
  await assert.rejects(make({ ...weight("Patient/1", 70, "2026-01-01"), status: undefined }), fails(400, "required"));
  await assert.rejects(client.read({ resourceType: "Patient", id: "nobody" }), fails(404, "not-found"));
  await assert.rejects(client.request("NoSuchType/1"), fails(404, "not-supported"));
  const stranger = new Client({ baseUrl: server.fhir, bearerToken: "not-a-token" });
  await assert.rejects(stranger.read({ resourceType: "Patient", id: "1" }), fails(401, "login"));
  const xml = { headers: { accept: "application/fhir+xml" } };
  await assert.rejects(client.search({ resourceType: "Patient", options: xml }), fails(406, "not-supported"));
});

test("the history of a type and of everything is read by time and page", async () => {
  const before = await client.create({ resourceType: "Patient", body: patient("Historie", "Eva") });
  const { lastUpdated } = before.meta;
  const after = await client.create({ resourceType: "Patient", body: patient("Historie", "Ada") });
  for (const path of ["Patient/_history", "_history"]) {
    const since = await client.request(`${path}?_since=${encodeURIComponent(lastUpdated)}&_count=1`);
    assert.deepEqual(ids(since), [after.id], path);
    const rest = await client.nextPage({ bundle: since });
    assert.deepEqual(ids(rest), [before.id], path);
  }
  const every = await client.systemHistory();
  assert.ok(ids(every).includes(before.id) && every.type === "history");
  assert.ok((await client.typeHistory({ resourceType: "Patient" })).entry.every((entry) => entry.fullUrl.includes("/Patient/")));
});
