"""The objects of the contract as OpenAPI 3 schemas, with an example of each."""

EXAMPLE_ANSWER = {
    "status": "digit",
    "digit": 7,
    "confidence": 0.9987,
    "probabilities": [0.0, 0.0, 0.0003, 0.0005, 0.0, 0.0, 0.0, 0.9987, 0.0, 0.0005],
    "seen": "data:image/png;base64,iVBORw0KGgo…",
    "model": "digits:8x5rsgxqkgnxm7ap",
    "message": None,
}
EXAMPLE_NUMBER = {"text": "7", "digits": [{**EXAMPLE_ANSWER, "box": [41, 28, 96, 117]}], "width": 320, "height": 140}
EXAMPLE_ERROR = {
    "error": {
        "code": "not_a_picture",
        "message": "These 12 bytes are not a picture in a format that is read. "
        "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF.",
    }
}


def reference(schema: str) -> dict[str, str]:
    """What stands for one of SCHEMAS elsewhere in the document."""
    return {"$ref": f"#/components/schemas/{schema}"}


PROBABILITIES = {"type": "array", "items": {"type": "number"}, "minItems": 10, "maxItems": 10}
_ANSWER = {
    "type": "object",
    "required": ["status", "digit", "confidence", "probabilities", "seen", "model", "message"],
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
        "probabilities": {**PROBABILITIES, "description": "One for each digit; they sum to 1."},
        "seen": {"type": "string", "nullable": True, "description": "The 28×28 that the model saw, a PNG data URL."},
        "model": {"type": "string", "description": "Tag of the model that answered."},
        "message": {
            "type": "string",
            "nullable": True,
            "description": "Why there is no digit, in a sentence for people; null where there is one.",
        },
    },
}
_BOX = {
    "type": "array",
    "items": {"type": "integer"},
    "minItems": 4,
    "maxItems": 4,
    "description": "x0, y0, x1, y1 in pixels of the upright picture; x1 and y1 are just past the digit.",
}
_PLACED_ANSWER = {
    "allOf": [
        reference("Answer"),
        {"type": "object", "required": ["box"], "properties": {"box": _BOX}},
    ]
}
_NUMBER = {
    "type": "object",
    "required": ["text", "digits", "width", "height"],
    "properties": {
        "text": {"type": "string", "description": "The digits alone, in reading order; empty when there are none."},
        "digits": {"type": "array", "items": reference("PlacedAnswer")},
        "width": {"type": "integer", "description": "Of the upright picture, in pixels."},
        "height": {"type": "integer", "description": "Of the upright picture, in pixels."},
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
SCHEMAS = {"Answer": _ANSWER, "PlacedAnswer": _PLACED_ANSWER, "Number": _NUMBER, "Error": _ERROR}
