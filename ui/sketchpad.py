"""The drawing area: our own canvas in a Gradio page.

Not `gr.Sketchpad` (as of Gradio 6.31): it tells of a stroke only once the pen is lifted, draws nothing before a tool is
chosen, and lets any client make the server's memory grow through `accept_blobs`.
"""

import base64
from pathlib import Path

import gradio as gr

from pipeline.errors import BadRequest

HERE = Path(__file__).parent
PREFIX = "data:image/png;base64,"
MODES = ("digit", "number")  # as in sketchpad.js


def sketchpad() -> gr.HTML:
    """A component whose value is {"mode", "drawing": PNG data URL}, None until the page has loaded."""
    return gr.HTML(
        html_template=(HERE / "sketchpad.html").read_text("utf-8"),
        js_on_load=(HERE / "sketchpad.js").read_text("utf-8"),
        apply_default_css=False,
        elem_id="sketchpad",
    )


def mode_and_png(value: dict[str, str] | None) -> tuple[str, bytes]:
    """One of MODES and the PNG file, of the sketchpad's value as `gate.Sheet` lets it through. Raises BadRequest."""
    if value is None or value["mode"] not in MODES:
        raise BadRequest(
            f"The drawing does not say which of {' and '.join(MODES)} it is. Reload the page and draw again."
        )
    return value["mode"], png_bytes(value["drawing"])


def png_bytes(drawing: str) -> bytes:
    """The PNG file inside a drawing's data URL. Raises BadRequest."""
    if not drawing.startswith(PREFIX):
        raise BadRequest(f"The drawing does not start with {PREFIX!r}. Reload the page and draw again.")
    try:
        return base64.b64decode(drawing.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise BadRequest(f"The drawing is not valid base64 ({error}). Reload the page and draw again.") from error
