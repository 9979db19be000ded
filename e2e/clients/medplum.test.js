// npm @medplum/core, as an application written for Medplum would use it, against the running program.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MedplumClient, OperationOutcomeError, getReferenceString } from "@medplum/core";
import { Server } from "../lib/server.js";
import { DAYS, family, halfBadFamily, patient } from "./material.js";

let server;
let client;
before(async () => {
  server = await Server.start();
  // No cache of its own: every answer is the server's.
  client = new MedplumClient({ baseUrl: `${server.origin}/`, fhirUrlPath: "fhir", accessToken: server.token, cacheTime: 0, resourceCacheSize: 0, fetch });
});
after(async () => { await server?.stop(); });

/** What the client throws, by the code of the first issue. */
const fails = (code, expression) => (error) => {
  assert.ok(error instanceof OperationOutcomeError, `${error}`);
  assert.equal(error.outcome.issue[0].code, code, JSON.stringify(error.outcome));
  if (expression) assert.deepEqual(error.outcome.issue[0].expression, [expression]);
  return true;
};

test("a resource is created, read, updated, patched, deleted, and every version stays", async () => {
  const created = await client.createResource(patient("Livsløp"));
  assert.equal(created.meta.versionId, "1");
  assert.deepEqual(await client.readResource("Patient", created.id), created);
  assert.deepEqual(await client.readReference({ reference: getReferenceString(created) }), created);

  const updated = await client.updateResource({ ...created, gender: "other" });
  assert.deepEqual([updated.meta.versionId, updated.gender], ["2", "other"]);
  const stale = { headers: { "If-Match": 'W/"1"' } };
  await assert.rejects(client.updateResource({ ...created, gender: "male" }, stale), fails("conflict", "If-Match"));
  const patched = await client.patchResource("Patient", created.id, [
    { op: "test", path: "/meta/versionId", value: "2" },
    { op: "add", path: "/name/0/given/-", value: "Marie" },
  ]);
  assert.deepEqual(patched.name[0].given, ["Kari", "Marie"]);
  await assert.rejects(client.patchResource("Patient", created.id, [{ op: "test", path: "/gender", value: "male" }]), fails("conflict"));

  await client.deleteResource("Patient", created.id);
  await assert.rejects(client.readResource("Patient", created.id), fails("deleted"));
  const history = await client.readHistory("Patient", created.id);
  assert.deepEqual(history.entry.map((entry) => entry.response.status.slice(0, 3)), ["204", "200", "200", "201"]);
  assert.equal((await client.readVersion("Patient", created.id, "2")).gender, "other");
  const two = await client.readHistory("Patient", created.id, { count: 2 });
  assert.equal(two.entry.length, 2);
});

test("a transaction lands whole or not at all", async () => {
  const done = await client.executeBatch(family("Samlet", DAYS));
  assert.ok(done.type === "transaction-response" && done.entry.every((entry) => entry.response.status.startsWith("201")));
  const weights = await client.searchResources("Observation", "subject:Patient.family=Samlet&_sort=date");
  assert.deepEqual(weights.map((weight) => weight.effectiveDateTime), DAYS);
  const subjects = new Set(weights.map((weight) => weight.subject.reference));
  assert.deepEqual([...subjects], [done.entry[0].response.location.split("/_history/")[0]]);
  await assert.rejects(client.executeBatch(halfBadFamily("Halv")), fails("value", "Bundle.entry[1].resource.effectiveDateTime"));
  assert.equal(await client.searchOne("Patient", "family=Halv"), undefined);
});

test("requests within a moment go as one batch when the client is told so", async () => {
  const eager = new MedplumClient({ baseUrl: `${server.origin}/`, fhirUrlPath: "fhir", accessToken: server.token, cacheTime: 0, autoBatchTime: 20, fetch });
  const made = await client.createResource(patient("Bunke"));
  const [read, found, nobody] = await Promise.allSettled([
    eager.readResource("Patient", made.id),
    eager.searchResources("Patient", "family=Bunke"),
    eager.readResource("Patient", "nobody"),
  ]);
  assert.deepEqual([read.value.id, found.value[0].id], [made.id, made.id]);
  assert.ok(nobody.status === "rejected" && fails("not-found")(nobody.reason));
});

test("a search takes several parameters and is paged through", async () => {
  await client.executeBatch(family("Blader", DAYS));
  const query = { "subject:Patient.family": "Blader", code: "http://loinc.org|29463-7", date: "ge2026-01-02", _sort: "-date", _count: 2 };
  const pages = [];
  for await (const page of client.searchResourcePages("Observation", query)) pages.push(page.map((weight) => weight.effectiveDateTime));
  assert.deepEqual(pages, [["2026-01-05", "2026-01-04"], ["2026-01-03", "2026-01-02"]]);
  const bundle = await client.search("Observation", { ...query, _total: "accurate", _include: "Observation:subject" });
  assert.equal(bundle.total, 4);
  assert.deepEqual(bundle.entry.map((entry) => entry.search.mode), ["match", "match", "include"]);
  const fields = await client.search("Patient", { family: "Blader", _fields: "name" }).catch((error) => error);
  assert.ok(fails("not-supported")(fields), "Medplum's own parameter is said to be unknown");
});

test("conditions hold: create if none exists, upsert by a search", async () => {
  const condition = "identifier=urn:test:number|Betinget-Kari";
  const first = await client.createResourceIfNoneExist(patient("Betinget"), condition);
  const second = await client.createResourceIfNoneExist(patient("Betinget"), condition);
  assert.equal(second.id, first.id);
  const upserted = await client.upsertResource({ ...patient("Betinget"), active: false }, condition);
  assert.deepEqual([upserted.id, upserted.meta.versionId, upserted.active], [first.id, "2", false]);
  const made = await client.upsertResource(patient("Ny"), "identifier=urn:test:number|Ny-Kari");
  assert.equal(made.meta.versionId, "1");
  await client.createResource(patient("Betinget"));
  await assert.rejects(client.upsertResource(patient("Betinget"), condition), fails("multiple-matches"));
});

test("what is wrong is said with its place", async () => {
  await assert.rejects(client.createResource({ ...patient("Gal"), birthDate: "yesterday" }), fails("value", "Patient.birthDate"));
  await assert.rejects(client.createResource({ ...patient("Gal"), shoeSize: 43 }), fails("structure"));
  await assert.rejects(client.readResource("Patient", "nobody"), fails("not-found"));
  await assert.rejects(client.search("Patient", "shoesize=43"), fails("not-supported"));
  const stranger = new MedplumClient({ baseUrl: `${server.origin}/`, fhirUrlPath: "fhir", accessToken: "not-a-token", fetch });
  await assert.rejects(stranger.readResource("Patient", "1"), /Unauthorized/);
});
