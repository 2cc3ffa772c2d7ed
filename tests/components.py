"""A page that holds nothing but a component of pipeline/faces/static, under the content policy of the real pages."""

import contextlib
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, Route
from servers import ROOT

STATIC = ROOT / "pipeline" / "faces" / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
ADDRESS = "http://pages.test/"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
PAGE = """<!doctype html><html lang="en"><head><title>A component</title><link rel="icon" href="data:,">{styles}</head>
<body><main><h1>A component</h1><div id="here"></div></main></body></html>"""

GROUND = "body { background: var(--ground); color: var(--ink); }"


@contextlib.contextmanager
def component_page(browser: Browser, name: str, **options: Any) -> Iterator[Page]:
    """NAME.js as `window.component`, for the element #here; any complaint of the browser fails the test."""
    complaints = []
    styles = "".join(f'<link rel="stylesheet" href="{each}.css">' for each in ("theme", "page", name))

    def answer(route: Route) -> None:
        path = STATIC / route.request.url.removeprefix(ADDRESS)
        if path == STATIC:
            headers = {"content-security-policy": POLICY}
            route.fulfill(body=PAGE.format(styles=styles), content_type="text/html", headers=headers)
        elif path.name == "page.css":
            route.fulfill(body=GROUND, content_type=TYPES[".css"])
        elif path.is_file():
            route.fulfill(path=path, content_type=TYPES[path.suffix])
        else:
            route.fulfill(status=404, body="")

    page = browser.new_page(**options)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.route("**/*", answer)
    page.goto(ADDRESS)
    page.evaluate(f"async () => {{ window.component = await import('/{name}.js'); }}")
    yield page
    page.close()
    assert complaints == []


def empty(page: Page) -> None:
    """A new #here: what is remembered of the old one is forgotten; nothing has the focus or the pointer."""
    page.mouse.move(0, 0)
    page.evaluate("""() => {
        const fresh = Object.assign(document.createElement("div"), { id: "here" });
        document.getElementById("here").replaceWith(fresh);
    }""")
