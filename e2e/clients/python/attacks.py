"""Turns what schemathesis makes up into requests that come further: real resources with something wrong in them, real ids, real searches.

The same input always becomes the same request, so that a failure can be told again.
"""

import copy
import json
import random

KNOWN = "known"

SAMPLES = {
    "Patient": {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "13898998765"}],
        "name": [{"use": "official", "family": "Nordmann", "given": ["Kari", "Ø"], "_given": [None, {"id": "x"}]}],
        "birthDate": "1990-01-02",
        "address": [{"line": ["Storgata 1"], "postalCode": "0155", "period": {"start": "2020"}}],
        "generalPractitioner": [{"reference": "Practitioner/1"}],
        "contained": [{"resourceType": "Organization", "id": "o", "name": "O"}],
        "multipleBirthInteger": 2,
    },
    "Observation": {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "Blodtrykk"},
        "subject": {"reference": f"Patient/{KNOWN}"},
        "effectiveDateTime": "2026-02-28T23:59:60+01:00",
        "component": [
            {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": {"value": 120.0, "code": "mm[Hg]"}},
            {"code": {"text": "x"}, "valueRange": {"low": {"value": 1e-9}, "high": {"value": 9}}},
        ],
        "extension": [{"url": "urn:x", "valueDecimal": 1.00}],
    },
    "Encounter": {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{KNOWN}"},
        "period": {"start": "2026-01-01T10:00:00Z", "end": "2026-01-01"},
        "length": {"value": 30, "unit": "min"},
    },
    "Location": {
        "resourceType": "Location",
        "name": "Legekontoret",
        "position": {"longitude": 10.7, "latitude": 59.9},
        "telecom": [{"system": "phone", "value": "+47 22 22 22 22"}],
    },
    "ValueSet": {
        "resourceType": "ValueSet",
        "url": "http://example.test/ValueSet/x",
        "version": "1|2",
        "status": "active",
        "compose": {"include": [{"system": "http://loinc.org", "concept": [{"code": "1"}]}]},
    },
}

WRONG = [
    None, "", " ", 0, -1, 10**40, 1e308, 5e-324, True, [], {}, [[]], [None], [{}], {"": ""}, "\u0000", "\U0001f600" * 50, "a" * 3_000,
    "2026-02-30", "9999-12-31T23:59:59.999999999+14:00", "0000-01-01", "Patient/" + "x" * 64, "urn:uuid:", "#", "Patient/1/_history/99999999999999999999",
    {"resourceType": "Patient"}, {"reference": "Patient?identifier=x|y"}, {"value": 1.7e308}, "%00%ff", "'; DROP TABLE resource; --", "\\", "|", "$", ",",
]  # fmt: skip

VALUES = [
    "", "|", "||", "a|b|c", "\\", "\\,", ",", ",,", "$", "ge", "ap", "ne2026-02-30", "ap9999-12-31", "gt0001", "2026-01-01T25:00", "lt-0", "1e999", "-1e-999",
    "9" * 400, "Patient/known", "Patient/known/_history/1", "http://x/" + "y" * 2000, "true", "\u00e5" * 300, "%", "*", "known,known,known", "5.40|http://unitsofmeasure.org|mg",
]  # fmt: skip

NAMES = [
    "_id", "_lastUpdated", "_tag", "_profile", "_has:Observation:patient:code", "_has:Observation:patient:_has:Provenance:target:agent", "patient.name",
    "subject:Patient.organization.name", "patient:Group.code", "name:exact", "name:contains", "code:not", "code:text", "date:missing", "_sort", "_include", "_include:iterate",
    "_revinclude", "_elements", "_summary", "_total", "_count", "cursor", "_type", "_list", "_filter", "_contained", "value-quantity", "code-value-quantity", "near", "identifier:of-type",
]  # fmt: skip

REQUESTS = [
    ("GET", "Patient/known"), ("GET", "Patient?name=x"), ("POST", "Patient"), ("PUT", "Patient/known"), ("PUT", "Patient?identifier=x"), ("DELETE", "Patient/other"),
    ("DELETE", "Patient?identifier=x"), ("PATCH", "Patient/known"), ("HEAD", "Patient/known"), ("GET", "_history"), ("POST", "Patient/_search"), ("", ""), ("GET", "http://elsewhere/x"),
]  # fmt: skip


def places(value, way=()):
    """Every place of a JSON value, as the way to it."""
    yield way
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*way, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*way, index))


def spoil(resource, chance):
    """One place of the resource is something else, is gone, or is there twice."""
    way = chance.choice([each for each in places(resource) if each])
    spoilt = copy.deepcopy(resource)
    inner = spoilt
    for step in way[:-1]:
        inner = inner[step]
    last = way[-1]
    match chance.randrange(4):
        case 0:
            del inner[last]
        case 1 if isinstance(inner, list):
            inner.append(copy.deepcopy(inner[last]))
        case _:
            inner[last] = copy.deepcopy(chance.choice(WRONG))
    return spoilt


def bundle(chance):
    """A batch or a transaction of whatever."""
    entries = []
    for _ in range(chance.randrange(1, 7)):
        method, url = chance.choice(REQUESTS)
        resource = spoil(SAMPLES["Patient"], chance) if chance.random() < 0.3 else {**SAMPLES["Patient"], "id": KNOWN}
        entry = {"fullUrl": f"urn:uuid:{chance.randrange(3)}", "resource": resource, "request": {"method": method, "url": url}}
        entries.append(spoil(entry, chance) if chance.random() < 0.3 else entry)
    whole = {"resourceType": "Bundle", "type": chance.choice(["batch", "transaction"]), "entry": entries}
    return spoil(whole, chance) if chance.random() < 0.1 else whole


def patch(chance):
    """Operations at places that are there and places that are not."""
    sample = SAMPLES["Patient"]
    pointers = ["/" + "/".join(map(str, way)) for way in places(sample)] + ["", "/", "/-", "/name/-", "/name/99", "/name/01", "/~2", "/contained/-"]
    operations = []
    for _ in range(chance.randrange(1, 6)):
        operation = {"op": chance.choice(["add", "remove", "replace", "move", "copy", "test", "add", "shout"]), "path": chance.choice(pointers)}
        operation["from"] = chance.choice(pointers)
        operation["value"] = chance.choice([*WRONG[:20], sample["name"], "Kari"])
        operations.append(operation)
    return operations


def sharpen(case):
    """Makes the request one that comes further, in four of five cases."""
    chance = random.Random(json.dumps([case.path_parameters, case.query, case.body], default=str, sort_keys=True))
    if chance.random() < 0.2:
        return
    if "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = KNOWN
    if "version" in (case.path_parameters or {}) and chance.random() < 0.7:
        case.path_parameters["version"] = chance.choice([1, 2, 3, 2**63, 2**64])
    if case.method == "GET" or chance.random() < 0.5:
        sharpen_query(case, chance)
    of = case.path.split("/")[1]
    match case.media_type:
        case "application/fhir+json" if of in SAMPLES:
            resource = {**SAMPLES[of], "id": KNOWN}
            case.body = spoil(resource, chance) if chance.random() < 0.7 else resource
        case "application/fhir+json":
            case.body = bundle(chance)
        case "application/json-patch+json":
            case.body = patch(chance)


def sharpen_query(case, chance):
    query = dict(case.query or {})
    for name in list(query):
        if chance.random() < 0.5:
            del query[name]
    for _ in range(chance.randrange(3)):
        query[chance.choice(NAMES)] = chance.choice(VALUES)
    case.query = query
