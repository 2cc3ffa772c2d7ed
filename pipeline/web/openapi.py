"""What /docs.json says about the endpoints: OpenAPI 3 paths and schemas, with an example of each."""

from typing import Any

EXAMPLE_ANSWER = {
    "status": "digit",
    "digit": 7,
    "confidence": 0.9987,
    "probabilities": [0.0, 0.0, 0.0003, 0.0005, 0.0, 0.0, 0.0, 0.9987, 0.0, 0.0005],
    "seen": "data:image/png;base64,iVBORw0KGgo…",
    "model": "digits:8x5rsgxqkgnxm7ap",
}
EXAMPLE_ERROR = {
    "error": {
        "code": "not_a_picture",
        "message": "These 12 bytes are not a picture in a format that is read. "
        "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF.",
    }
}

_VERSION = "1"  # of the contract
_DESCRIPTION = "Reads handwritten digits from pictures. Every refusal says what came, what is expected and what to do."
_PROBABILITIES = {"type": "array", "items": {"type": "number"}, "minItems": 10, "maxItems": 10}
_ANSWER = {
    "type": "object",
    "required": ["status", "digit", "confidence", "probabilities", "seen", "model"],
    "properties": {
        "status": {"type": "string", "enum": ["digit", "unsure", "blank", "not_a_digit"]},
        "digit": {
            "type": "integer",
            "nullable": True,
            "minimum": 0,
            "maximum": 9,
            "description": "The best digit where status is digit or unsure, else null.",
        },
        "confidence": {"type": "number", "description": "Probability that `digit` is right, 0 to 1."},
        "probabilities": {**_PROBABILITIES, "description": "One for each digit; they sum to 1."},
        "seen": {"type": "string", "nullable": True, "description": "The 28×28 that the model saw, a PNG data URL."},
        "model": {"type": "string", "description": "Tag of the model that answered."},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
_RESULT = {"anyOf": [{"$ref": "#/components/schemas/Answer"}, {"$ref": "#/components/schemas/Error"}]}
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
    schemas = {**components.get("schemas", {}), "Answer": _ANSWER, "Error": _ERROR}
    return {
        **infrastructure,
        "info": {"title": "Handwritten digits", "description": _DESCRIPTION, "version": _VERSION},
        "paths": {**_paths(), **infrastructure.get("paths", {})},
        "components": {**components, "schemas": schemas},
    }


def _paths() -> dict[str, Any]:
    answer = {"schema": {"$ref": "#/components/schemas/Answer"}, "example": EXAMPLE_ANSWER}
    return {
        "/predict": _post(
            "Read the digit in one picture",
            {"multipart/form-data": _form("image", _PICTURE), "image/*": {"schema": _PICTURE}},
            {"application/json": answer},
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
                            "probabilities": {"type": "array", "items": _PROBABILITIES},
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
    }


def _form(field: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"type": "object", "required": [field], "properties": {field: schema}}}


def _post(summary: str, request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "example": EXAMPLE_ERROR}}
    refusals = {status: {"description": text, "content": error} for status, text in _REFUSALS.items()}
    return {
        "post": {
            "tags": ["Service APIs"],
            "summary": summary,
            "requestBody": {"required": True, "content": request},
            "responses": {"200": {"description": "The answer.", "content": answer}, **refusals},
        }
    }
