"""What /docs.json says about the endpoints: OpenAPI 3 paths, with an example of each."""

from typing import Any

from pipeline.answer import Answer, Number
from pipeline.explanation import Explanation
from pipeline.registry.card import ModelFacts
from pipeline.version import version
from pipeline.web.results import BatchResult, ClassifyResult, Error, KeptCorrection
from pipeline.web.schemas import described, schemas

_DESCRIPTION = "Reads handwritten digits from pictures. Every refusal says what came, what is expected and what to do."
_PICTURE = {"type": "string", "format": "binary"}

_REFUSALS = {
    "400": "Not a picture, broken, or a form without the field.",
    "408": "The body did not arrive in time.",
    "413": "Too many bytes or pixels.",
    "415": "A content type that is not taken.",
    "422": "The wrong count, shape or range.",
    "503": "Busy: come back after the seconds in Retry-After.",
}


_FEEDBACK_REFUSALS = {
    "404": "There is no correction with that id, or this service keeps none.",
    "429": "Too many corrections from one address: come back after the seconds in Retry-After.",
    "503": "Busy, or the database cannot be used or is full: come back after the seconds in Retry-After.",
}
_CORRECTION = {
    "schema": {
        "type": "object",
        "required": ["image", "correction", "consent"],
        "properties": {
            "image": _PICTURE,
            "correction": {"type": "string", "enum": [*"0123456789", "not_a_digit"]},
            "consent": {
                "type": "string",
                "enum": ["yes"],
                "description": "That whoever made the picture agrees that it is kept.",
            },
            "box": {
                "type": "string",
                "pattern": r"^\d+,\d+,\d+,\d+$",
                "description": "For one digit of a number: its box as /read gives it, x0,y0,x1,y1.",
            },
        },
    }
}


def describe(infrastructure: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document of the surrounding server with the endpoints and schemas of the contract added."""
    components = infrastructure.get("components", {})
    return {
        **infrastructure,
        "info": {"title": "Handwritten digits", "description": _DESCRIPTION, "version": version()},
        "paths": {**_paths(), **infrastructure.get("paths", {})},
        "components": {**components, "schemas": {**components.get("schemas", {}), **schemas()}},
    }


def _paths() -> dict[str, Any]:
    one_picture = {"multipart/form-data": _form("image", _PICTURE), "image/*": {"schema": _PICTURE}}
    return {
        "/predict": _post(
            "Read the digit in one picture; where there is none, the answer's `message` says why",
            one_picture,
            _json(Answer),
            _SEEN,
        ),
        "/read": _post(
            "Read all digits in one picture, in reading order, and where each of them is; "
            "`status` says whether they may be relied on, `unread` where something was not read",
            one_picture,
            _json(Number),
            _SEEN,
        ),
        "/predict_batch": _post(
            "Read the digits in several pictures; one bad file never spoils its neighbours",
            {"multipart/form-data": _form("images", {"type": "array", "items": _PICTURE})},
            _json(BatchResult),
            _SEEN,
        ),
        "/explain": _post(
            "Read the digit in one picture, and tell what each layer of the network says of it",
            one_picture,
            _json(Explanation),
            _SEEN,
            _flag("filters", 0, "1: with the weights of the convolutions, the same for all pictures; some 70 kB."),
            _flag("occlusion", 0, "1: also what hiding parts of the digit would change; some ten times the work."),
        ),
        "/classify": _post(
            "Classify ready-made 28×28 digits in bulk: n×784 bytes, row by row, white ink (255) on black (0)",
            {"application/octet-stream": {"schema": _PICTURE}},
            {
                **_json(ClassifyResult),
                "application/octet-stream": {
                    "schema": {**_PICTURE, "description": "n×10 little-endian float32; asked for with Accept."}
                },
            },
        ),
        "/feedback": {
            "post": {
                "tags": ["Service APIs"],
                "summary": "Say what a picture truly shows; the picture, what was seen and answered, and the "
                "correction are kept, to train and judge models with",
                "requestBody": {"required": True, "content": {"multipart/form-data": _CORRECTION}},
                "responses": {
                    "201": {
                        "description": "It is kept, and survives whatever happens.",
                        "content": _json(KeptCorrection),
                    },
                    **_refused(_REFUSALS | _FEEDBACK_REFUSALS),
                },
            }
        },
        "/feedback/{id}": {
            "delete": {
                "tags": ["Service APIs"],
                "summary": "Withdraw a correction; its picture is deleted",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "204": {"description": "It is deleted."},
                    **_refused({name: _FEEDBACK_REFUSALS[name] for name in ("404", "429", "503")}),
                },
            }
        },
        "/model": _get("Which model answers, and the main facts of its card", _json(ModelFacts)),
    }


def _json(kind: type) -> dict[str, Any]:
    return {"application/json": described(kind)}


def _form(field: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"type": "object", "required": [field], "properties": {field: schema}}}


def _get(summary: str, answer: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": {"description": "The answer.", "content": answer}}
    return {"get": {"tags": ["Service APIs"], "summary": summary, "responses": responses}}


def _flag(name: str, usual: int, text: str) -> dict[str, Any]:
    schema = {"type": "integer", "enum": [0, 1], "default": usual}
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


_SEEN = _flag("seen", 1, "0: without `seen`, which is most of an answer's bytes.")


def _post(summary: str, request: dict[str, Any], answer: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "tags": ["Service APIs"],
            "summary": summary,
            "parameters": list(parameters),
            "requestBody": {"required": True, "content": request},
            "responses": {"200": {"description": "The answer.", "content": answer}, **_refused(_REFUSALS)},
        }
    }


def _refused(texts: dict[str, str]) -> dict[str, Any]:
    return {status: {"description": text, "content": _json(Error)} for status, text in texts.items()}
