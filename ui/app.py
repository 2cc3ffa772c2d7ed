"""The sketchpad's page: a drawing goes in, the answer comes out, several times while a stroke is drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from pipeline.answer import Answer
from pipeline.errors import DigitsError
from ui.limit import LimitBody
from ui.render import answer_html, failure_html, probabilities_html, seen_html
from ui.sketchpad import png_bytes, sketchpad

TITLE = "Handwritten digits"
RETRY_SECONDS = 2.0
LARGEST_BODY_BYTES = 1_000_000  # a drawing is about 10 kB
KEPT_UPLOADS_SECONDS = (60, 60)  # looked for this often, kept this long: the page uploads none, but anybody could
STYLE = (Path(__file__).parent / "style.css").read_text("utf-8")

# For Blocks.launch(). Nothing in here, fonts included, needs the internet.
LAUNCH_SETTINGS: dict[str, Any] = {
    "theme": gr.themes.Soft(
        primary_hue="indigo",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ),
    "head": f"<style>{STYLE}</style>",  # not `css`, whose rules inside @media Gradio rewrites
    "app_kwargs": {"middleware": [Middleware(LimitBody, limit=LARGEST_BODY_BYTES)]},
    "max_file_size": LARGEST_BODY_BYTES,
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "ssr_mode": False,
    "mcp_server": False,
    "prevent_thread_lock": True,
    "quiet": True,
}


def build_ui(recognise: Callable[[bytes], Answer]) -> gr.Blocks:
    """The page; `recognise` takes PNG bytes and raises DigitsError when it has no answer."""

    def react(drawing: str | None) -> tuple[str, str, str, gr.Timer]:
        try:
            answer = recognise(png_bytes(drawing))
        except DigitsError as error:
            return failed(error)
        return answer_html(answer), probabilities_html(answer), seen_html(answer), gr.Timer(active=False)

    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=KEPT_UPLOADS_SECONDS) as page:
        part("introduction", f"<h1>{TITLE}</h1><p>Draw a digit and watch it being read.</p>")
        with gr.Row(elem_id="room"):
            drawing = sketchpad()
            with gr.Column(elem_id="reading"):
                answer = part("answer", answer_html(None))
                seen = part("seen", seen_html(None))
                probabilities = part("probabilities", probabilities_html(None))
        retry = gr.Timer(RETRY_SECONDS, active=False)
        gr.on(
            [drawing.input, retry.tick],
            react,
            drawing,
            [answer, probabilities, seen, retry],
            trigger_mode="always_last",  # answers come in order; what a slow service has no time for is left out
            queue=False,
            show_progress="minimal",
            show_progress_on=answer,
            api_visibility="private",
        )
    return page


def part(name: str, value: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def failed(error: DigitsError) -> tuple[str, str, str, gr.Timer]:
    """What to show for a failure; the timer runs only where trying again can help: busy, down or broken."""
    retry = error.status == 429 or error.status >= 500
    message = failure_html(error, RETRY_SECONDS if retry else None)
    return message, probabilities_html(None), seen_html(None), gr.Timer(active=retry)
