"""Which uploaded pictures a browser can show, told from their first bytes."""

# Only formats that every browser shows and that hold no script: never SVG, never what the client calls the file.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def media_type(picture: bytes) -> str | None:
    """The content type to show a picture with; None where no browser shows it (TIFF, HEIC) or it is no such picture."""
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    if picture[4:12] == b"ftypavif":
        return "image/avif"
    return next((kind for signature, kind in SIGNATURES if picture.startswith(signature)), None)


def shown_upright(picture: bytes) -> bool:
    """Whether browsers turn the picture as its EXIF data say; Chromium 156 does, but not with WebP."""
    has_exif = picture[12:16] == b"VP8X" and bool(picture[20:21] and picture[20] & 0x08)
    return not (media_type(picture) == "image/webp" and has_exif)
