"""What axe-core finds wrong with a page, for the browser tests of all pages."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """One line for each kind of fault that stands on the page now: rule, what it asks for, the elements at fault."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['help']}: {', '.join(map(_where, each['nodes']))}" for each in found]


def _where(node: dict) -> str:
    """An element's selector; within frames and shadow trees the selectors of those first."""
    return " ".join(map(str, node["target"]))
