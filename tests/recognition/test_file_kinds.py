"""What is no picture is called by its name, with what to do."""

import pytest

from pipeline.errors import NotAPicture
from pipeline.recognition.decode import decode
from pipeline.recognition.file_kinds import EXPORT, FRAME, PAGE, READ, UNPACK


@pytest.mark.parametrize(
    ("content", "name", "remedy"),
    [
        (b"%PDF-1.7\n", "a PDF document", PAGE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an Office document (DOC, XLS or PPT)", PAGE),
        (b"PK\3\4" + bytes(26) + b"word/document.xml", "a Word document", PAGE),
        (b"PK\3\4" + bytes(26) + b"digits/4.png", "a zip archive", UNPACK),
        (b"\x1f\x8b\x08" + bytes(20), "a gzip archive", UNPACK),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "an MP4 video", FRAME),
        (b"\0\0\0\x14ftypqt  ", "a QuickTime video", FRAME),
        (b"\x1aE\xdf\xa3", "a Matroska or WebM video", FRAME),
        (b'\xef\xbb\xbf <?xml version="1.0"?>\n<SVG xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing", EXPORT),
        (b"8BPS\0\1", "a Photoshop file", EXPORT),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture", EXPORT),
        (
            b"<!DOCTYPE html><title>4</title>",
            "a web page (HTML)",
            f"Send the picture itself, {READ}, not the page that shows it.",
        ),
        (
            b"data:image/png;base64,iVBORw0KGgo=",
            "a data URL",
            "Send the bytes that it encodes: what follows the comma, decoded from base64.",
        ),
    ],
)
def test_named(content, name, remedy):
    with pytest.raises(NotAPicture) as caught:
        decode(content)
    assert str(caught.value) == f"This is {name}, which is not read. {remedy}"
