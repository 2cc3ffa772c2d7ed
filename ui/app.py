"""The sketchpad's page: a drawing goes in, what it says comes out, several times while a stroke is drawn."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from pipeline.answer import Answer, Number
from pipeline.errors import DigitsError
from pipeline.version import version
from ui.gate import Gate
from ui.guard import Guard
from ui.render import Parts, answer_parts, failure_html
from ui.render_number import number_parts
from ui.sketchpad import mode_and_png, sketchpad

TITLE = "Handwritten digits"
RETRY_SECONDS = 2.0
LARGEST_BODY_BYTES = 1_000_000  # a drawing is about 10 kB
STYLE = (Path(__file__).parent / "style.css").read_text("utf-8")


def launch_settings(trusted_hosts: Sequence[str] = ()) -> dict[str, Any]:
    """For Blocks.launch(). Nothing in here, fonts included, needs the internet; `trusted_hosts` see `ui.guard`."""
    return {
        "theme": gr.themes.Soft(
            primary_hue="indigo",
            neutral_hue="slate",
            font=["system-ui", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        ),
        "head": f"<style>{STYLE}</style>",  # not `css`, whose rules inside @media Gradio rewrites
        "app_kwargs": {
            "middleware": [
                Middleware(Guard, trusted_hosts=trusted_hosts),
                Middleware(Gate, limit=LARGEST_BODY_BYTES),
            ]
        },
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "mcp_server": False,
        "prevent_thread_lock": True,
        "quiet": True,
    }


def build_ui(recognise: Callable[[bytes], Answer], read: Callable[[bytes], Number]) -> gr.Blocks:
    """The page; `recognise` and `read` take PNG bytes and raise DigitsError when they have no answer."""

    modes: dict[str, tuple[Callable[[bytes], Any], Callable[[Any], Parts]]] = {
        "digit": (recognise, answer_parts),
        "number": (read, number_parts),
    }

    def react(sheet: Any) -> tuple[Any, ...]:
        ask, parts = modes["digit"]
        try:
            mode, picture = mode_and_png(sheet)
            ask, parts = modes[mode]
            return *parts(ask(picture)), gr.Timer(active=False)
        except DigitsError as error:
            return failed(error, parts(None))

    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        part("introduction", f"<h1>{TITLE}</h1><p>Draw a digit, or a whole number, and watch it being read.</p>")
        with gr.Row(elem_id="room"):
            empty = answer_parts(None)
            with gr.Column(elem_id="desk"):
                sheet = sketchpad()
                boxes = part("boxes", empty.boxes)
            with gr.Column(elem_id="reading"):
                answer = part("answer", empty.answer)
                seen = part("seen", empty.seen)
                details = part("details", empty.details)
        part("version", f"<footer>{TITLE} {version()}</footer>")
        retry = gr.Timer(RETRY_SECONDS, active=False)
        gr.on(
            [sheet.input, retry.tick],
            react,
            sheet,
            [answer, details, seen, boxes, retry],
            trigger_mode="always_last",  # answers come in order; what a slow service has no time for is left out
            queue=False,
            show_progress="minimal",
            show_progress_on=answer,
            api_visibility="private",
        )
    return page


def part(name: str, value: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False)


def failed(error: DigitsError, empty: Parts) -> tuple[Any, ...]:
    """What to show for a failure; the timer runs only where trying again can help: busy, down or broken."""
    retry = error.status == 429 or error.status >= 500
    message = failure_html(error, RETRY_SECONDS if retry else None)
    return *empty._replace(answer=message), gr.Timer(active=retry)
