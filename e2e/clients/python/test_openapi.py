"""PyPI schemathesis and openapi-spec-validator on the OpenAPI document: it is valid, and nothing that is sent makes the server fail."""

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from attacks import KNOWN, SAMPLES, sharpen

TYPES = ",".join(SAMPLES)
ALWAYS = [not_a_server_error, status_code_conformance, response_headers_conformance]
OF_BODIES = [content_type_conformance, response_schema_conformance]
EXAMPLES = 20


def headers(server):
    return {"Authorization": f"Bearer {server.token}"}


@pytest.fixture(scope="module")
def api(server):
    for name, sample in SAMPLES.items():
        url = f"{server.fhir}/{name}/{KNOWN}"
        answer = requests.put(url, json={**sample, "id": KNOWN}, headers=headers(server), timeout=10)
        assert answer.status_code == 201, answer.text
    return schemathesis.openapi.from_url(f"{server.fhir}/openapi.json?type={TYPES}")


schema = schemathesis.pytest.from_fixture("api")


def test_the_document_is_valid(server):
    document = requests.get(f"{server.fhir}/openapi.json?type={TYPES}", timeout=10).json()
    OpenAPIV31SpecValidator(document).validate()
    assert len(document["paths"]) == 6 * len(SAMPLES) + 5, "six paths of each type, and five of the whole"


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_the_document_names(case, server):
    sharpen(case)
    answer = case.call(headers=headers(server), timeout=10)
    # `Prefer: return=minimal` leaves out the body, which OpenAPI has no word for.
    checks = ALWAYS + (OF_BODIES if answer.content else [])
    case.validate_response(answer, checks=checks)
