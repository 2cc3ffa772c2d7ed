"""The service's own page: what it is, a form to try it, and what /docs.json says, for people."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from pipeline.faces.frame import DESCRIPTION, address, footer_html, header_html

TEMPLATE = Path(__file__).with_name("index.html")
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",  # with none, browsers send "Origin: null" with a form, which access.Guard refuses
}
OURS = "Service APIs"  # the tag of what the contract promises; the rest is BentoML's own
OTHERS = "For operators: whether it lives, whether it may be asked, and what it counted, for Prometheus"
LONGEST_LIST = 3  # entries of an example; more of the same say nothing
LONGEST_TEXT = 60


def page(document: Mapping[str, Any]) -> str:
    """The page for an OpenAPI document, as HTML."""
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    ours = [each for each in operations if OURS in each[2]["tags"]]
    others = ", ".join(path for _, path, operation in operations if OURS not in operation["tags"])
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        description=escape(DESCRIPTION),
        header=header_html("api"),
        footer=footer_html(),
        sketchpad=escape(address("sketchpad")),
        upload=escape(address("upload")),
        api=escape(address("api")),
        endpoints="\n".join([*(_endpoint(*each) for each in ours), f"<p>{OTHERS}: <code>{escape(others)}</code>.</p>"]),
        schemas="\n".join(_schema(*each) for each in _sent(document, ours)),
    )


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>?{escape(each['name'])}=</code> {_code(each['description'])}</li>"
        for each in operation.get("parameters", ())
        if each["in"] == "query"
    )
    takes = " or ".join(f"<code>{escape(each)}</code>" for each in operation.get("requestBody", {}).get("content", ()))
    return (
        f"<details><summary><code>{method} {escape(path)}</code> {_code(operation['summary'])}</summary>"
        + (f"<p>Takes {takes}.</p>" if takes else "")
        + (f"<ul>{parameters}</ul>" if parameters else "")
        + "".join(_example(each) for each in _answers(operation))
        + "</details>"
    )


def _example(answer: Mapping[str, Any]) -> str:
    text = json.dumps(_shortened(answer["example"]), ensure_ascii=False, indent=1)
    example = re.sub(r"\[[^][{}]*\]", lambda plain: " ".join(plain[0].split()), text)  # lists of numbers in one line
    gives = _anchor(*_references(answer["schema"]))
    return f"<p>Gives {gives}, such as</p><pre><code>{escape(example)}</code></pre>"


def _sent(document: Mapping[str, Any], ours: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas that our endpoints answer with, and those within them."""
    schemas, known = document["components"]["schemas"], set()
    left = [*(_references(_answers(operation))[0] for *_, operation in ours if _answers(operation)), "Error"]
    while left:
        name = left.pop(0)
        if name not in known:
            known.add(name)
            yield name, schemas[name]
            left += _references(schemas[name]["properties"])


def _answers(operation: Mapping[str, Any]) -> list[Any]:
    """What the document says of the bodies in JSON of those answers that are no refusals."""
    found = [each.get("content", {}) for status, each in operation["responses"].items() if status.startswith("2")]
    return [each["application/json"] for each in found if "application/json" in each]


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(field)}</code></th><td>{_kind(each)}</td>"
        f"<td>{_code(each.get('description', ''))}</td></tr>"
        for field, each in schema["properties"].items()
    )
    heads = "".join(f"<th scope='col'>{each}</th>" for each in ("Field", "Kind", "Meaning"))
    return (
        f"<details id='{escape(name)}'><summary><code>{escape(name)}</code> {_code(schema.get('description', ''))}"
        f"</summary><div class='scroll' tabindex='0' role='region' aria-label='Fields of {escape(name)}'>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """What a field holds, in few words, as HTML."""
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    links = " or ".join(_anchor(each) for each in _references(schema))
    return (links or escape(schema["type"])) + (" or null" if schema.get("nullable") else "")


def _references(schema: Any) -> list[str]:
    """Names of the schemas that one refers to, anywhere in it."""
    if isinstance(schema, list):
        return [name for each in schema for name in _references(each)]
    if not isinstance(schema, Mapping):
        return []
    here = [schema["$ref"].rpartition("/")[2]] if "$ref" in schema else []
    return here + [name for each in schema.values() for name in _references(each)]


def _anchor(name: str) -> str:
    return f"<a href='#{escape(name)}'>{escape(name)}</a>"


def _code(text: str) -> str:
    """Text with `code` in it, as HTML."""
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(escape(text).split("`")))


def _shortened(value: Any) -> Any:
    """An example for people: without what only fills it."""
    if isinstance(value, Mapping):
        return {key: _shortened(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        if all(isinstance(each, int | float) for each in value):
            return value
        return [_shortened(each) for each in value[:LONGEST_LIST]] + ["…"] * (len(value) > LONGEST_LIST)
    if isinstance(value, str) and len(value) > LONGEST_TEXT and " " not in value:
        return f"{value[:LONGEST_TEXT]}…"
    return value
