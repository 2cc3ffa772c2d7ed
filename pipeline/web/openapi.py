"""What /docs.json says about the endpoints: OpenAPI 3 paths, with an example of each."""

from typing import Any

from pipeline.web.schemas import (
    EXAMPLE_ANSWER,
    EXAMPLE_ERROR,
    EXAMPLE_MODEL,
    EXAMPLE_NUMBER,
    PROBABILITIES,
    SCHEMAS,
    reference,
)

_VERSION = "1"  # of the contract
_DESCRIPTION = "Reads handwritten digits from pictures. Every refusal says what came, what is expected and what to do."
_RESULT = {"anyOf": [reference("Answer"), reference("Error")]}
_PICTURE = {"type": "string", "format": "binary"}

_REFUSALS = {
    "400": "Not a picture, broken, or a form without the field.",
    "408": "The body did not arrive in time.",
    "413": "Too many bytes or pixels.",
    "415": "A content type that is not taken.",
    "422": "The wrong count, shape or range.",
    "503": "Busy: come back after the seconds in Retry-After.",
}


def describe(infrastructure: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document of the surrounding server with the endpoints and schemas of the contract added."""
    components = infrastructure.get("components", {})
    schemas = {**components.get("schemas", {}), **SCHEMAS}
    return {
        **infrastructure,
        "info": {"title": "Handwritten digits", "description": _DESCRIPTION, "version": _VERSION},
        "paths": {**_paths(), **infrastructure.get("paths", {})},
        "components": {**components, "schemas": schemas},
    }


def _paths() -> dict[str, Any]:
    one_picture = {"multipart/form-data": _form("image", _PICTURE), "image/*": {"schema": _PICTURE}}
    answer = {"schema": reference("Answer"), "example": EXAMPLE_ANSWER}
    number = {"schema": reference("Number"), "example": EXAMPLE_NUMBER}
    model = {"schema": reference("Model"), "example": EXAMPLE_MODEL}
    return {
        "/predict": _post(
            "Read the digit in one picture; where there is none, the answer's `message` says why",
            one_picture,
            {"application/json": answer},
        ),
        "/read": _post(
            "Read all digits in one picture, in reading order, and where each of them is",
            one_picture,
            {"application/json": number},
        ),
        "/predict_batch": _post(
            "Read the digits in several pictures; one bad file never spoils its neighbours",
            {"multipart/form-data": _form("images", {"type": "array", "items": _PICTURE})},
            {
                "application/json": {
                    "schema": {"type": "object", "properties": {"results": {"type": "array", "items": _RESULT}}},
                    "example": {"results": [EXAMPLE_ANSWER, EXAMPLE_ERROR]},
                }
            },
        ),
        "/classify": _post(
            "Classify ready-made 28×28 digits in bulk: n×784 bytes, row by row, white ink (255) on black (0)",
            {"application/octet-stream": {"schema": _PICTURE}},
            {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "probabilities": {"type": "array", "items": PROBABILITIES},
                            "model": {"type": "string"},
                        },
                    },
                    "example": {"probabilities": [EXAMPLE_ANSWER["probabilities"]], "model": EXAMPLE_ANSWER["model"]},
                },
                "application/octet-stream": {
                    "schema": {**_PICTURE, "description": "n×10 little-endian float32; asked for with Accept."}
                },
            },
        ),
        "/model": _get("Which model answers, and the main facts of its card", {"application/json": model}),
    }


def _form(field: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"type": "object", "required": [field], "properties": {field: schema}}}


def _get(summary: str, answer: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": {"description": "The answer.", "content": answer}}
    return {"get": {"tags": ["Service APIs"], "summary": summary, "responses": responses}}


def _post(summary: str, request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": reference("Error"), "example": EXAMPLE_ERROR}}
    refusals = {status: {"description": text, "content": error} for status, text in _REFUSALS.items()}
    return {
        "post": {
            "tags": ["Service APIs"],
            "summary": summary,
            "requestBody": {"required": True, "content": request},
            "responses": {"200": {"description": "The answer.", "content": answer}, **refusals},
        }
    }
