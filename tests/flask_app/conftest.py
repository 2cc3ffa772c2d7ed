"""What the tests of the upload page share: the page by itself, and pages of a browser that must not complain."""

import pytest
from upload_browser import by_its_end, read_columns, served
from upload_page import of_bytes, read, recognise

from flask_app import create_app


@pytest.fixture(scope="session")
def columns_url():
    """The page, in this process, with a reader of our own in which each run of columns with ink is a digit."""
    app = create_app(recognise=by_its_end, read=read_columns, model=lambda: "digits:test")
    with served(app) as url:
        yield url


@pytest.fixture
def open_page(browser, context, upload_url):
    """(url, options of a context of its own) -> a page; any script or policy error fails the test."""
    opened, complaints = [], []

    def complain(message):
        # "Failed to load resource" is Chromium's word for any 4xx and 5xx, which some tests ask for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def open_with(url=upload_url, **options):
        page = browser.new_page(**options) if options else context.new_page()
        opened.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        page.goto(url)
        return page

    yield open_with
    for page in opened:
        page.close()
    assert complaints == []


@pytest.fixture
def client():
    return create_app(of_bytes(recognise), of_bytes(read), model=lambda: "digits:test").test_client()
