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

RETRY_SECONDS = 2.0
LARGEST_BODY_BYTES = 1_000_000  # a drawing is about 10 kB
INTRODUCTION = """<h1>Handwritten digits</h1><p>Draw a digit and watch it being read.</p>"""

# For Blocks.launch(). Fonts of the system, because nothing may need the internet.
LAUNCH_SETTINGS: dict[str, Any] = {
    "theme": gr.themes.Soft(
        primary_hue="indigo",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ),
    "head": f"<style>{(Path(__file__).parent / 'style.css').read_text('utf-8')}</style>",  # `css` loses media queries
    "app_kwargs": {"middleware": [Middleware(LimitBody, limit=LARGEST_BODY_BYTES)]},
    "max_file_size": LARGEST_BODY_BYTES,
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "ssr_mode": False,
    "mcp_server": False,
}


def build_ui(recognise: Callable[[bytes], Answer]) -> gr.Blocks:
    """The page; `recognise` takes PNG bytes and raises DigitsError when it has no answer."""

    def react(drawing: str | None) -> tuple[str, str, str, gr.Timer]:
        try:
            answer = recognise(png_bytes(drawing))
        except DigitsError as error:
            return _failed(error)
        return answer_html(answer), probabilities_html(answer), seen_html(answer), gr.Timer(active=False)

    with gr.Blocks(title="Handwritten digits", analytics_enabled=False) as page:
        _html("introduction", INTRODUCTION)
        with gr.Row(elem_id="room"):
            drawing = sketchpad()
            with gr.Column(elem_id="reading"):
                answer = _html("answer", answer_html(None))
                seen = _html("seen", seen_html(None))
                probabilities = _html("probabilities", probabilities_html(None))
        retry = gr.Timer(RETRY_SECONDS, active=False)
        gr.on(
            [drawing.input, retry.tick],
            react,
            drawing,
            [answer, probabilities, seen, retry],
            trigger_mode="always_last",  # answers come in order, and a slow service is not sent every stage of a stroke
            queue=False,
            show_progress="minimal",
            show_progress_on=answer,
            api_visibility="private",
        )
    return page


def _html(name: str, value: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def _failed(error: DigitsError) -> tuple[str, str, str, gr.Timer]:
    """What to show for a failure; the timer runs only where trying again can help: busy, down or broken."""
    retry = error.status == 429 or error.status >= 500
    message = failure_html(error, RETRY_SECONDS if retry else None)
    return message, probabilities_html(None), seen_html(None), gr.Timer(active=retry)
