"""multipart/form-data as it comes, python-multipart its parser; whole in memory, where `limits` counts its bytes.

Starlette's own form goes through temporary files and threads, which a small picture need not wait for.
"""

import codecs
import logging
from collections import defaultdict

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.errors import BadRequest

MOST_FIELDS = 1000  # far above any use, so that a count over what an endpoint takes gets its own message
MOST_TEXT_BYTES = 2**16  # of a field without a file

# It warns of each byte that a client sends behind the end.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


class Form:
    """The fields of a form by name, each with all that was sent under it: bytes of files, text of what is none."""

    def __init__(self, fields: dict[str, list[bytes | str]]):
        self.fields = fields

    def files(self, field: str) -> list[bytes]:
        """The content of the files of a field, at least one. Raises BadRequest."""
        found = self.fields.get(field)
        if not found:
            came = ", ".join(sorted(self.fields)) or "no field at all"
            raise BadRequest(f"The form has no field '{field}'. Received: {came}. Send the picture file as '{field}'.")
        files = [each for each in found if isinstance(each, bytes)]
        if len(files) < len(found):
            raise BadRequest(f"The field '{field}' holds text, not a file. Send a file: with curl, -F {field}=@FILE.")
        return files

    def text(self, field: str) -> str | None:
        """What was sent last under a name; None where that is nothing, or a file."""
        found = self.fields.get(field)
        return found[-1] if found and isinstance(found[-1], str) else None


async def form(request: Request) -> Form:
    """The form that a request holds. Raises BadRequest and HTTPException (400)."""
    parts = _Parts(request.headers.get("content-type", ""))
    try:
        async for chunk in request.stream():
            parts.parser.write(chunk)
        parts.parser.finalize()
    except FormParserError as error:
        raise HTTPException(400, "Invalid multipart data.") from error
    except UnicodeError as error:  # of names in a charset of the client's choice
        raise BadRequest(f"The form cannot be decoded ({error}). Send it as UTF-8, which is the default.") from error
    return Form(dict(parts.fields))


class _Parts:
    """What the parser calls, piece by piece. Raises HTTPException (400)."""

    def __init__(self, content_type: str):
        options = parse_options_header(content_type)[1]
        if b"boundary" not in options:
            raise HTTPException(400, "Missing boundary in multipart.")
        self.charset = _known(options.get(b"charset", b"utf-8").decode("latin-1"))
        self.fields: defaultdict[str, list[bytes | str]] = defaultdict(list)
        self.count = 0
        self.parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self.begin,
                "on_header_field": self.header_name,
                "on_header_value": self.header_value,
                "on_header_end": self.header_end,
                "on_headers_finished": self.headers_end,
                "on_part_data": self.data,
                "on_part_end": self.end,
            },
        )

    def begin(self) -> None:
        self.count += 1
        if self.count > MOST_FIELDS:
            raise HTTPException(400, f"Too many fields. Maximum number of fields is {MOST_FIELDS}.")
        self.name, self.value, self.disposition, self.content = b"", b"", b"", bytearray()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        if self.name.lower() == b"content-disposition":
            self.disposition = self.value
        self.name, self.value = b"", b""

    def headers_end(self) -> None:
        options = parse_options_header(self.disposition)[1]
        if b"name" not in options:
            raise HTTPException(400, 'The Content-Disposition header field "name" must be provided.')
        self.field, self.is_file = self.decoded(options[b"name"]), b"filename" in options

    def data(self, data: bytes, start: int, end: int) -> None:
        self.content += memoryview(data)[start:end]
        if not self.is_file and len(self.content) > MOST_TEXT_BYTES:
            raise HTTPException(400, f"The text of a field has over {MOST_TEXT_BYTES:,} bytes.")

    def end(self) -> None:
        content = bytes(self.content)
        self.fields[self.field].append(content if self.is_file else self.decoded(content))

    def decoded(self, text: bytes) -> str:
        try:
            return text.decode(self.charset)
        except (UnicodeDecodeError, LookupError):
            return text.decode("latin-1")


def _known(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "latin-1"
