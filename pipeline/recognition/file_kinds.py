"""What a file is that is no picture to be read, told from its first bytes, and what its sender can do about it."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC")
READ = f"one of {', '.join(FORMATS)}"

EXPORT = f"Export it as {READ}."
FRAME = f"Take a frame of it and save that as {READ}."
UNPACK = f"Unpack it and send one picture, {READ}."
PAGE = f"Save the page with the digit as {READ}, or take a screenshot of it."

# Where the signature stands, the signature, what the file is, what to do.
SIGNATURES = (
    (0, b"%PDF-", "a PDF document", PAGE),
    (0, b"%!PS", "a PostScript document", PAGE),
    (0, b"{\\rtf", "an RTF document", PAGE),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document (DOC, XLS or PPT)", PAGE),
    (0, b"8BPS", "a Photoshop file", EXPORT),
    (0, b"gimp xcf", "a GIMP file", EXPORT),
    (0, b"\0\0\1\0", "an icon (ICO)", EXPORT),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", EXPORT),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture", EXPORT),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture", EXPORT),
    (0, b"\xff\x0a", "a JPEG XL picture", EXPORT),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture", EXPORT),
    (0, b"#?RADIANCE", "a Radiance picture", EXPORT),
    (0, b"\x1f\x8b", "a gzip archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM video", FRAME),
    (8, b"AVI ", "an AVI video", FRAME),
    (8, b"WAVE", "a sound file (WAV)", f"Send {READ}."),
    (0, b"ID3", "a sound file (MP3)", f"Send {READ}."),
    (4, b"ftypqt", "a QuickTime video", FRAME),
    (4, b"ftypM4A", "a sound file (M4A)", f"Send {READ}."),
    (4, b"ftypcrx", "a camera's raw file (CR3)", EXPORT),
    *((4, b"ftyp" + brand, "an MP4 video", FRAME) for brand in (b"iso", b"mp4", b"avc", b"M4V", b"3gp", b"dash")),
)
# How the entries of a zip file are named by those who wrote it.
ZIPS = ((b"word/", "a Word document"), (b"xl/", "an Excel workbook"), (b"ppt/", "a PowerPoint presentation"))
ZIP_START = 4096  # bytes in which one of these names stands
TEXT_START = 1024  # bytes in which the first element of an XML or HTML file stands


def foreign(content: bytes) -> tuple[str, str] | None:
    """What a file is, with its article, and what to do; None where it may be a picture, or nothing that is known."""
    for place, signature, name, remedy in SIGNATURES:
        if content[place : place + len(signature)] == signature:
            return name, remedy
    if content.startswith(b"PK\3\4"):
        inside = (name for entry, name in ZIPS if entry in content[:ZIP_START])
        document = next(inside, None)
        return (document, PAGE) if document else ("a zip archive", UNPACK)
    return _text(content[:TEXT_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower())


def _text(start: bytes) -> tuple[str, str] | None:
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in start:
        return "an SVG drawing", EXPORT
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page (HTML)", f"Send the picture itself, {READ}, not the page that shows it."
    if start.startswith(b"data:image/"):
        return "a data URL", "Send the bytes that it encodes: what follows the comma, decoded from base64."
    if start.startswith((b"http://", b"https://")):
        return "the address of a picture", f"Send the bytes of the picture itself, {READ}; no address is fetched."
    return None
