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


def sketchpad() -> gr.HTML:
    """A component whose value is the drawing as a PNG data URL, None until the page has loaded."""
    return gr.HTML(
        html_template=(HERE / "sketchpad.html").read_text("utf-8"),
        js_on_load=(HERE / "sketchpad.js").read_text("utf-8"),
        apply_default_css=False,
        elem_id="sketchpad",
    )


def png_bytes(drawing: str | None) -> bytes:
    """The PNG file inside a drawing's data URL. Raises BadRequest."""
    if not isinstance(drawing, str) or not drawing.startswith(PREFIX):
        raise BadRequest(f"The drawing does not start with {PREFIX!r}. Reload the page and draw again.")
    try:
        return base64.b64decode(drawing.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise BadRequest(f"The drawing is not valid base64 ({error}). Reload the page and draw again.") from error
