"""PyPI fhirpy (beda.software) against the running program."""

import asyncio

import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

DAYS = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"]


@pytest.fixture
def client(server):
    return SyncFHIRClient(server.fhir, authorization=f"Bearer {server.token}")


def patient(family, given="Kari"):
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:test:number", "value": f"{family}-{given}"}],
        "name": [{"family": family, "given": [given]}],
        "gender": "female",
        "birthDate": "1980-02-03",
    }


def weight(subject, kilograms, day):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": subject},
        "effectiveDateTime": day,
        "valueQuantity": {"value": kilograms, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }


def family(name, days=DAYS):
    """A transaction: a patient, and weights that refer to it by a `urn:uuid:`."""
    subject = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    mother = {"fullUrl": subject, "resource": patient(name), "request": {"method": "POST", "url": "Patient"}}
    weights = [
        {"resource": weight(subject, 70 + n, day), "request": {"method": "POST", "url": "Observation"}}
        for n, day in enumerate(days)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": [mother, *weights]}


def loaded(client, name):
    """The id of a patient with five weights."""
    answer = client.execute("", data=family(name))
    return answer["entry"][0]["response"]["location"].split("/")[1]


def first_issue(error):
    return error.value.resource["issue"][0]


def test_a_resource_is_created_read_updated_deleted_and_its_versions_stay(client):
    kari = client.resource("Patient", **{k: v for k, v in patient("Livsløp").items() if k != "resourceType"})
    kari.save()
    assert kari.id and kari["meta"]["versionId"] == "1"
    assert client.reference("Patient", kari.id).to_resource().serialize() == kari.serialize()
    kari["gender"] = "other"
    kari.save()
    assert kari["meta"]["versionId"] == "2"
    kari.refresh()
    assert (kari["gender"], kari["meta"]["versionId"]) == ("other", "2")
    kari.delete()
    with pytest.raises(ResourceNotFound, match="deleted in version 3"):
        client.get("Patient", kari.id)
    history = client.execute(f"Patient/{kari.id}/_history", method="get")
    assert [entry.request.method for entry in history.entry] == ["DELETE", "PUT", "POST"]
    assert client.execute(f"Patient/{kari.id}/_history/1", method="get")["gender"] == "female"
    since = client.execute("_history", method="get", params={"_since": history.entry[0].response.lastModified})
    assert since.entry[-1].fullUrl == history.entry[0].fullUrl


def test_an_update_of_a_version_that_is_not_the_newest_is_refused(server, client):
    kari = client.resource("Patient", **without_type(patient("Samtidig"))).save()
    late = SyncFHIRClient(server.fhir, f"Bearer {server.token}", extra_headers={"If-Match": 'W/"1"'})
    late.resource("Patient", **without_type(kari.serialize())).update()
    with pytest.raises(MultipleResourcesFound, match="another version is the newest"):  # fhirpy's name for any 412
        late.resource("Patient", **without_type(kari.serialize())).update()


def without_type(body):
    return {name: value for name, value in body.items() if name != "resourceType"}


def test_a_transaction_lands_whole_or_not_at_all(client):
    answer = client.execute("", data=family("Samlet"))
    assert answer.type == "transaction-response"
    assert [entry.response.status[:3] for entry in answer.entry] == ["201"] * 6
    bad = family("Halv")
    bad["entry"][1]["resource"]["effectiveDateTime"] = "yesterday"
    with pytest.raises(OperationOutcome) as error:
        client.execute("", data=bad)
    assert first_issue(error)["expression"] == ["Bundle.entry[1].resource.effectiveDateTime"]
    assert client.resources("Patient").search(family="Halv").fetch() == []


def test_a_search_takes_several_parameters_and_is_paged_through(client):
    subject = loaded(client, "Blader")
    weights = client.resources("Observation").search(patient=subject, code="http://loinc.org|29463-7")
    some = weights.search(date__ge="2026-01-02", date__lt="2026-01-05").sort("-date").limit(2)
    assert [each["effectiveDateTime"] for each in some] == DAYS[3:0:-1]
    assert len(some.fetch()) == 2 and len(some.fetch_all()) == 3
    assert weights.sort("date").first()["effectiveDateTime"] == DAYS[0]
    assert weights.search(value_quantity__gt="72.5").sort("date").fetch()[0]["effectiveDateTime"] == DAYS[3]
    both = weights.include("Observation", "subject").limit(1).fetch_raw()
    assert [(entry.resource.resource_type, entry.search.mode) for entry in both.entry] == [
        ("Observation", "match"),
        ("Patient", "include"),
    ]
    assert [each.id for each in client.resources("Patient").has("Observation", "patient", code="29463-7").search(family="Blader")] == [subject]
    assert client.resources("Observation").search(patient__family="Blader", _summary="count").fetch_raw().total == 5
    names = client.resources("Patient").search(family="Blader").elements("name").fetch()[0]
    assert names.get("birthDate") is None and names["name"][0]["family"] == "Blader"


def test_a_count_is_asked_for_leniently(server, client):
    loaded(client, "Telt")
    with pytest.raises(OperationOutcome, match="_totalMethod"):  # Aidbox's own parameter
        client.resources("Patient").search(family="Telt").count()
    lenient = SyncFHIRClient(server.fhir, f"Bearer {server.token}", extra_headers={"Prefer": "handling=lenient"})
    assert lenient.resources("Observation").search(patient__family="Telt").count() == 5
    assert lenient.resources("Patient").search(family="Telt").get()["name"][0]["family"] == "Telt"


def test_conditions_hold_create_update_and_delete_by_a_search(client):
    wanted = client.resources("Patient").search(identifier="urn:test:number|Betinget-Kari")
    body = client.resource("Patient", **without_type(patient("Betinget")))
    first, was_created = wanted.get_or_create(body)
    second, again = wanted.get_or_create(body)
    assert (was_created, again, second.id) == (True, False, first.id)
    updated, was_created = wanted.update(client.resource("Patient", **{**without_type(patient("Betinget")), "gender": "other"}))
    assert (updated.id, updated["gender"], was_created) == (first.id, "other", False)
    client.resource("Patient", **without_type(patient("Betinget"))).create()
    with pytest.raises(MultipleResourcesFound, match="several resources match"):
        wanted.update(body)
    with pytest.raises(MultipleResourcesFound):
        wanted.delete()
    first.delete()
    assert wanted.delete()[1] == 204
    assert wanted.fetch() == []


def test_what_is_wrong_is_said_with_its_place(server, client):
    with pytest.raises(OperationOutcome) as error:
        client.resource("Patient", birthDate="yesterday").save()
    assert (first_issue(error)["code"], first_issue(error)["expression"]) == ("value", ["Patient.birthDate"])
    with pytest.raises(OperationOutcome) as error:
        client.resources("Patient").search(shoesize="43").fetch()
    assert first_issue(error)["expression"] == ["shoesize"]
    with pytest.raises(ResourceNotFound):
        client.get("Patient", "nobody")
    # fhirpy's patch is a merge patch under `application/json`, which R4 does not know: it is told what is taken instead.
    with pytest.raises(OperationOutcome) as error:
        client.patch("Patient", loaded(client, "Lapp"), gender="other")
    assert "json-patch+json" in first_issue(error)["diagnostics"]
    with pytest.raises(AuthorizationError):
        SyncFHIRClient(server.fhir, authorization="Bearer not-a-token").get("Patient", "1")


def test_many_at_once_as_coroutines(server):
    async def run():
        client = AsyncFHIRClient(server.fhir, authorization=f"Bearer {server.token}")
        made = await asyncio.gather(*(client.resource("Patient", **without_type(patient("Mange", f"Kari{n}"))).create() for n in range(40)))
        assert len({each.id for each in made}) == 40
        found = [each.id async for each in client.resources("Patient").search(family="Mange").limit(7)]
        assert sorted(found) == sorted(each.id for each in made)
        await asyncio.gather(*(each.delete() for each in made))
        assert await client.resources("Patient").search(family="Mange").fetch() == []

    asyncio.run(run())
