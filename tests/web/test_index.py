"""The service's own page: what it says, and that it works in a browser, with and without scripts."""

import json
import re

import pytest
from accessibility import violations
from playwright.sync_api import expect
from servers import ROOT
from starlette.testclient import TestClient

from pipeline.web import create_app

FOUR = ROOT / "tests" / "pictures" / "four.png"


def test_it_tells_what_the_document_tells_and_loads_nothing_from_elsewhere(client):
    document, page = client.get("/docs.json").json(), client.get("/").text
    for path, methods in document["paths"].items():
        assert path in page
        for method, operation in methods.items():
            if operation["tags"] == ["Service APIs"]:
                assert f"<code>{method.upper()} {path}</code>" in page
    linked = set(re.findall(r"href='#(\w+)'", page))
    assert linked >= {"Answer", "Number", "Explanation", "Layer", "Model", "Error", "ErrorDetail"}
    assert linked <= {*re.findall(r"<details id='(\w+)'>", page)}
    for asset in re.findall(r'(?:src|href)="((?!http|#)[^"]+)"', page):
        assert client.get("/" + asset).status_code == 200, asset
    assert {*re.findall(r"https?://[^/<]+", page)} == {f"http://localhost:{port}" for port in (3000, 5000, 7860)}


def test_its_links_are_those_of_the_operator(monkeypatch):
    monkeypatch.setenv("DIGITS_SKETCHPAD_URL", 'https://digits.example/?a="b"')
    monkeypatch.setenv("DIGITS_UPLOAD_URL", "https://digits.example/upload")
    page = TestClient(create_app(dict)).get("/").text
    assert page.count('"https://digits.example/?a=&quot;b&quot;"') == 2  # in the header and in the text
    assert page.count('"https://digits.example/upload"') == 2


def test_only_its_own_files_are_served(client):
    assert "/javascript" in client.get("/static/api.js").headers["content-type"]
    for path in ("/static/nosuch", "/static/", "/static/../words.py", "/static/%2e%2e/words.py"):
        assert client.get(path).status_code == 404
        assert list(client.get(path).json()) == ["error"]


@pytest.fixture
def page(service, context):
    complaints = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(service.url)
    yield page
    page.close()
    assert [each for each in complaints if "status of 400" not in each] == []  # that of a picture that is none


def test_axe_finds_nothing_on_it(page):
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def test_it_can_be_tried(page):
    page.get_by_label("A picture").set_input_files(FOUR)
    page.get_by_role("button", name="Read a number").click()
    shown = page.locator("#answer pre")
    expect(shown).to_contain_text('"text": "4"')
    page.get_by_role("button", name="Read a digit").click()
    expect(shown).to_contain_text('"digit": 4')
    expect(page.get_by_role("img", name="What the network saw")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("A picture").set_input_files(ROOT / "README.md")
    page.get_by_role("button", name="Explain").click()
    expect(shown).to_contain_text('"code": "not_a_picture"')
    page.locator("summary", has_text="POST /explain").click()
    page.get_by_role("link", name="Explanation").click()
    expect(page.locator("#Explanation table")).to_be_visible()


def test_it_can_be_tried_without_scripts(service, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto(service.url)
    page.get_by_label("A picture").set_input_files(FOUR)
    page.get_by_role("button", name="Read a digit").click()
    page.wait_for_url("**/predict")
    assert json.loads(page.locator("pre").inner_text())["digit"] == 4
    page.close()
