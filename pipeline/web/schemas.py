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
EXAMPLE_MODEL = {
    "model": "digits:8x5rsgxqkgnxm7ap",
    "date": "2026-11-24T22:45:07+00:00",
    "unsure_below": 0.7494,
    "unsure_target": "wrong at most 0.0020 of the answers given, on the validation set",
    "no_digit_below": 0.033,
    "no_digit_target": "at most 0.0010 of the digits taken for none, on the validation set",
    "temperature": 1.0591,
    "validation_accuracy": 0.9952,
    "test_accuracy": 0.9964,
    "forced": False,
}
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
_MAYBE_TEXT = {"type": "string", "nullable": True}
_MAYBE_NUMBER = {"type": "number", "nullable": True}
_MODEL = {
    "type": "object",
    "description": "A fact that the card of an older model lacks is null.",
    "required": list(EXAMPLE_MODEL),
    "properties": {
        "model": {"type": "string", "description": "Tag of the model."},
        "date": {**_MAYBE_TEXT, "description": "When it was saved, ISO 8601."},
        "unsure_below": {**_MAYBE_NUMBER, "description": "An answer with less confidence has status unsure."},
        "unsure_target": {**_MAYBE_TEXT, "description": "What that threshold was set to reach."},
        "no_digit_below": {**_MAYBE_NUMBER, "description": "What is less likely a digit has status not_a_digit."},
        "no_digit_target": {**_MAYBE_TEXT, "description": "What that threshold was set to reach."},
        "temperature": {**_MAYBE_NUMBER, "description": "What calibration divides the network's logits by."},
        "validation_accuracy": {**_MAYBE_NUMBER, "description": "On MNIST digits kept for validation, 0 to 1."},
        "test_accuracy": {**_MAYBE_NUMBER, "description": "On MNIST's test digits, 0 to 1."},
        "forced": {"type": "boolean", "nullable": True, "description": "Whether it was stored below the floors."},
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
SCHEMAS = {"Answer": _ANSWER, "PlacedAnswer": _PLACED_ANSWER, "Number": _NUMBER, "Model": _MODEL, "Error": _ERROR}
