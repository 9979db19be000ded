// What the clients send: the same people and measurements for each.

/** A patient of this family name. */
export const patient = (family, given = "Kari", more = {}) => ({
  resourceType: "Patient",
  identifier: [{ system: "urn:test:number", value: `${family}-${given}` }],
  active: true,
  name: [{ family, given: [given] }],
  gender: "female",
  birthDate: "1980-02-03",
  ...more,
});

/** A weight of somebody, `Patient/1` or `urn:uuid:...`. */
export const weight = (subject, kilograms, day) => ({
  resourceType: "Observation",
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code: "29463-7" }] },
  subject: { reference: subject },
  effectiveDateTime: day,
  valueQuantity: { value: kilograms, unit: "kg", system: "http://unitsofmeasure.org", code: "kg" },
});

/** A transaction that creates a patient and `days.length` weights that refer to it by a `urn:uuid:`. */
export function family(name, days) {
  const subject = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
  const weights = days.map((day, index) => ({ resource: weight(subject, 70 + index, day), request: { method: "POST", url: "Observation" } }));
  const entry = [{ fullUrl: subject, resource: patient(name), request: { method: "POST", url: "Patient" } }, ...weights];
  return { resourceType: "Bundle", type: "transaction", entry };
}

/** A transaction whose last entry is wrong, so that nothing of it may happen. */
export function halfBadFamily(name) {
  const bundle = family(name, ["2026-01-01"]);
  bundle.entry[1].resource.effectiveDateTime = "yesterday";
  return bundle;
}

export const DAYS = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"];
