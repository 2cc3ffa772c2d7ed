"""/docs.json: it describes every endpoint, and what it says is true of real answers and of its own examples."""

import json
import re
from dataclasses import fields, replace

import numpy as np
import pytest
from drawings import drawn, number
from starlette.testclient import TestClient

from pipeline.recognition.encode import png
from pipeline.version import PYPROJECT
from pipeline.web import create_app, schemas

JSON = "application/json"
OURS = {
    *("Answer", "PlacedAnswer", "Number", "BatchResult", "ClassifyResult", "Model", "Error", "ErrorDetail"),
    *("Explanation", "Layer", "Occlusion", "Part", "KeptCorrection"),
}
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


@pytest.fixture(scope="module")
def document(client):
    return client.get("/docs.json").json()


def assert_described(document: dict, value, schema: dict) -> None:
    """A value is what an OpenAPI 3.0 schema allows, and each of its fields is described and required."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].removeprefix("#/components/schemas/")]
    if "anyOf" in schema:
        kinds = [document["components"]["schemas"][kind["$ref"].rpartition("/")[2]] for kind in schema["anyOf"]]
        (schema,) = (kind for kind in kinds if kind["properties"].keys() == value.keys())
    if value is None:
        assert schema["nullable"]
        return
    assert isinstance(value, TYPES[schema["type"]]), (value, schema)
    if "minimum" in schema:
        assert schema["minimum"] <= value <= schema["maximum"]
    assert value in schema.get("enum", [value])
    if schema["type"] == "object":
        assert value.keys() == schema["properties"].keys()
        assert value.keys() - {*schema["required"]} == value.keys() & {"seen"}  # ?seen=0 leaves it out
        for name, each in value.items():
            assert_described(document, each, schema["properties"][name])
    if schema["type"] == "array":
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        for each in value:
            assert_described(document, each, schema["items"])


def body_of(document: dict, path: str, status: str = "200") -> dict:
    (operation,) = document["paths"][path].values()
    return operation["responses"][status]["content"][JSON]


def test_every_endpoint_and_its_refusals_are_described(document):
    for path in ("/predict", "/read", "/predict_batch", "/explain", "/classify"):
        assert {"400", "408", "413", "415", "422", "503"} < set(document["paths"][path]["post"]["responses"])
    assert {"201", "400", "404", "429", "503"} < set(document["paths"]["/feedback"]["post"]["responses"])
    assert {"204", "404", "429", "503"} == set(document["paths"]["/feedback/{id}"]["delete"]["responses"])
    assert {"/model", "/livez", "/readyz", "/metrics"} < set(document["paths"])
    schemas = document["components"]["schemas"]
    assert {*re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))} <= schemas.keys()
    assert schemas.keys() > OURS


def test_it_is_of_the_openapi_version_that_it_names(document):
    """3.0 has no type null, no prefixItems, no const; what may be null says nullable."""
    assert document["openapi"].startswith("3.0.")
    ours = {name: document["components"]["schemas"][name] for name in OURS}  # BentoML's own keep to it less well
    assert not re.search(r'"(null|prefixItems|const|\$defs|default)"', json.dumps(ours))


def test_the_version_is_the_one_in_pyproject(document):
    assert f'\nversion = "{document["info"]["version"]}"\n' in PYPROJECT.read_text("utf-8")


def test_fields_say_what_they_are(document):
    schemas = document["components"]["schemas"]
    assert schemas["Answer"]["properties"]["digit"] == {
        "type": "integer",
        "nullable": True,
        "minimum": 0,
        "maximum": 9,
        "description": "The best digit where status is digit or unsure, else null.",
    }
    assert schemas["PlacedAnswer"]["properties"].items() >= schemas["Answer"]["properties"].items()
    assert schemas["PlacedAnswer"]["properties"]["box"] == {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 2**26},
        "minItems": 4,
        "maxItems": 4,
        "description": "x0, y0, x1, y1 in pixels of the upright picture; x1 and y1 are just past the digit.",
    }
    assert schemas["Number"]["properties"]["status"]["enum"] == ["number", "unsure", "blank", "not_a_number"]
    assert schemas["Number"]["properties"]["unread"]["items"] == {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 2**26},
        "minItems": 4,
        "maxItems": 4,
    }
    assert all("description" in field for field in schemas["Number"]["properties"].values())
    nullable = {name for name, field in schemas["Model"]["properties"].items() if field.get("nullable")}
    assert nullable == {"validation_accuracy", "test_accuracy", "forced"}


def test_real_answers_are_as_described(client, document, test_digit_png, test_digit, stored, splits):
    digits = splits.validation.images[:1000]
    blank, forty = png(np.full((60, 60), 255, np.uint8)), png(number([test_digit(4), test_digit(0)]))
    for picture, status in ((test_digit_png(7), "digit"), (blank, "blank"), (forty, "not_a_digit")):
        answer = client.post("/predict", files={"image": picture}).json()
        assert answer["status"] == status
        assert_described(document, answer, body_of(document, "/predict")["schema"])
    rows = stored.model.classify(digits).probabilities.max(axis=1).argsort()[:5]
    doubtful = next(file for file in map(png, digits[rows]) if stored.recogniser.read(file).status == "unsure")
    letter = png(drawn([[(0.3, 0.1), (0.3, 0.9)], [(0.75, 0.1), (0.3, 0.5), (0.78, 0.9)]]))
    for picture, status in ((forty, "number"), (doubtful, "unsure"), (blank, "blank"), (letter, "not_a_number")):
        read = client.post("/read", files={"image": picture}).json()
        assert read["status"] == status
        assert_described(document, read, body_of(document, "/read")["schema"])
    kept = client.post("/feedback", files={"image": forty}, data={"correction": "not_a_digit", "consent": "yes"})
    assert_described(document, kept.json(), body_of(document, "/feedback", "201")["schema"])
    batch = client.post("/predict_batch", files=[("images", test_digit_png(7)), ("images", b"")]).json()
    assert "error" in batch["results"][1]
    assert_described(document, batch, body_of(document, "/predict_batch")["schema"])
    explained = client.post("/explain?filters=1&occlusion=1", files={"image": test_digit_png(7)}).json()
    assert_described(document, explained, body_of(document, "/explain")["schema"])
    classified = client.post("/classify", content=bytes(784), headers={"content-type": "application/octet-stream"})
    assert_described(document, classified.json(), body_of(document, "/classify")["schema"])
    refused = client.post("/predict", files={"image": b""})
    assert_described(document, refused.json(), body_of(document, "/predict", "400")["schema"])


def test_the_facts_of_the_model_are_as_described(document, stored):
    schema = body_of(document, "/model")["schema"]
    unknown = replace(stored, card=replace(stored.card, metrics={}, quality_gate=None))
    for each, nulls in ((stored, []), (unknown, ["validation_accuracy", "test_accuracy", "forced"])):
        app = create_app(dict)
        app.state.stored = each
        facts = TestClient(app).get("/model").json()
        assert [name for name, value in facts.items() if value is None] == nulls
        assert_described(document, facts, schema)


def test_examples_are_as_described(document):
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = [
        response["content"][JSON]
        for operation in operations
        for response in operation["responses"].values()
        if "example" in response.get("content", {}).get(JSON, {})
    ]
    # An answer for each endpoint but DELETE, and each refusal of those that take something.
    assert len(bodies) == 7 + 5 * 6 + 8 + 3
    for body in bodies:
        assert_described(document, body["example"], body["schema"])


def test_all_that_is_sent_is_json():
    for example in schemas._EXAMPLES:
        if hasattr(example, "to_json"):
            assert set(json.loads(json.dumps(example.to_json()))) == {field.name for field in fields(example)}
