"""The objects of the contract as OpenAPI schemas, made of the dataclasses that are sent, with an example of each."""

import base64
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.explanation import PARTS_A_SIDE, Explanation, Layer, Occlusion, Part
from pipeline.registry.card import ModelFacts
from pipeline.web.results import BatchResult, ClassifyResult, Error, ErrorDetail, KeptCorrection

# All that is sent; types that these hold come with them.
_SENT: Any = Answer | Number | Explanation | KeptCorrection | BatchResult | ClassifyResult | ModelFacts | Error
_RENAMED = {"ModelFacts": "Model"}
_REFERENCE = "#/components/schemas/{model}"

_ANSWER = Answer(
    status="digit",
    digit=7,
    confidence=0.9987,
    probabilities=(0.0, 0.0, 0.0003, 0.0005, 0.0, 0.0, 0.0, 0.9987, 0.0, 0.0005),
    seen="data:image/png;base64,iVBORw0KGgo=",
    model="digits:8x5rsgxqkgnxm7ap",
)
_ERROR = Error(
    ErrorDetail(
        code="not_a_picture",
        message="These 12 bytes are not a picture in a format that is read. "
        "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF, HEIC.",
    )
)
_EXAMPLES = (
    _ANSWER,
    Number(
        text="7",
        digits=(PlacedAnswer(**vars(_ANSWER), box=(41, 28, 96, 117)),),
        width=320,
        height=140,
        status="unsure",
        lines=("7",),
        unread=((150, 30, 231, 118),),
        message="Something at 1 place was not read and may be a digit.",
    ),
    Explanation(
        **vars(_ANSWER),
        layers=(Layer("input", (1, 28, 28), 1 / 255, base64.b64encode(bytes(784)).decode()),),
        occlusion=Occlusion(side=8, parts=(Part(change=-0.91, digit=1, probability=0.81),) * PARTS_A_SIDE**2),
    ),
    KeptCorrection("5f0c1e0b7a3d4e6f8a9b0c1d2e3f4a5b", _ANSWER),
    BatchResult((_ANSWER, _ERROR)),
    ClassifyResult([list(_ANSWER.probabilities)], _ANSWER.model),
    ModelFacts(
        model="digits:8x5rsgxqkgnxm7ap",
        date="2026-11-24T22:45:07+00:00",
        unsure_below=0.7494,
        unsure_target="wrong at most 0.0020 of the answers given, on the validation set",
        no_digit_below=0.033,
        no_digit_target="at most 0.0010 of the digits taken for none, on the validation set",
        temperature=1.0591,
        validation_accuracy=0.9952,
        test_accuracy=0.9964,
        forced=False,
    ),
    _ERROR,
)


class _OpenApi30(GenerateJsonSchema):
    """JSON schemas in the dialect of BentoML's document, OpenAPI 3.0.2: it has neither a type null nor prefixItems."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return {**self.generate_inner(schema["schema"]), "nullable": True}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        found = super().tuple_schema(schema)
        if "prefixItems" in found:  # of one type here, all of them; their count is in minItems and maxItems
            found["items"] = found.pop("prefixItems")[0]
        return found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True  # a field with a default is sent as well

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def schemas() -> dict[str, Any]:
    """Name -> schema, for the components of the document."""
    adapter: TypeAdapter[Any] = TypeAdapter(_SENT, config=ConfigDict(use_attribute_docstrings=True))
    whole = adapter.json_schema(ref_template=_REFERENCE, schema_generator=_OpenApi30, mode="serialization")
    found = {_RENAMED.get(name, name): schema for name, schema in whole["$defs"].items()}
    for schema in found.values():
        del schema["title"]  # its name again
    for name in ("PlacedAnswer", "Explanation"):
        found[name]["properties"] |= found["Answer"]["properties"]  # docstrings of fields are not inherited
    for name in ("Answer", "PlacedAnswer", "Explanation"):
        found[name]["required"].remove("seen")  # ?seen=0 leaves it out
    return found


def described(kind: type) -> dict[str, Any]:
    """What the document says of a body of this type: its schema and an example."""
    (example,) = (example for example in _EXAMPLES if type(example) is kind)
    name = _RENAMED.get(kind.__name__, kind.__name__)
    return {"schema": {"$ref": _REFERENCE.format(model=name)}, "example": asdict(example)}
