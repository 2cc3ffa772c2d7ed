"""The panel that shows the network at work, in a real browser, with real explanations of the shipped model."""

import base64

import numpy as np
import pytest
from accessibility import violations
from components import component_page, empty
from playwright.sync_api import expect

from pipeline.recognition.encode import png

SHOW = "explanation => component.showNetwork(document.getElementById('here'), explanation)"
PIXELS = """(canvas) => {
    const found = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { shape: [found.height, found.width], alpha: Array.from(found.data).filter((_, k) => k % 4 === 3) };
}"""


@pytest.fixture(scope="module")
def explained(stored, recogniser, test_digit_png):
    """label, filters? -> the JSON of /explain"""

    def explain(label, filters=True):
        return stored.explainer.explain(recogniser.recognise(test_digit_png(label)), filters).to_json()

    return explain


@pytest.fixture(scope="module")
def shared(browser):
    with component_page(browser, "network") as page:
        yield page


@pytest.fixture
def page(shared):
    """One page for all tests, with a new #here for each."""
    empty(shared)
    return shared


def numbers(explanation, name, part="layers"):
    (layer,) = (each for each in explanation[part] if each["name"] == name)
    return np.frombuffer(base64.b64decode(layer["data"]), np.uint8).reshape(layer["shape"])


def assert_shows(canvas, values):
    """A canvas shows numbers 0-255 as the root of as much colour."""
    found = canvas.evaluate(PIXELS)
    expected = np.rint(np.sqrt(values.astype(float) * 255))
    assert np.abs(np.reshape(found["alpha"], found["shape"]) - expected).max() <= 1


def test_every_layer_is_shown_with_its_name_and_shape(page, explained):
    explanation = explained(4)
    page.evaluate(SHOW, explanation)
    captions = [text.split("\n")[:2] for text in page.locator("figcaption").all_inner_texts()]
    assert captions == [
        ["What it sees", "28×28 pixels"],
        ["First convolution", "32 maps of 12×12"],
        ["Second convolution", "64 maps of 4×4"],
        ["First dense layer", "256 units"],
        ["Second dense layer", "128 units"],
        ["Output", "10 digits and “none”"],
    ]
    assert_shows(page.get_by_role("img", name="What it sees"), numbers(explanation, "input")[0])
    for name, count in (("convolution_1", 32), ("convolution_2", 64)):
        maps = page.locator(f'[data-layer="{name}"] canvas')
        expect(maps).to_have_count(count)
        for index in (0, count - 1):
            assert_shows(maps.nth(index), numbers(explanation, name)[index])
    units = numbers(explanation, "fully_connected_1")
    active = page.get_by_role("img", name=f"First dense layer: {np.count_nonzero(units)} of 256 units are active")
    assert_shows(active, units.reshape(16, 16))
    expect(page.locator(".network-best")).to_have_text("4strongest")


def test_a_map_that_is_pointed_at_is_enlarged_with_its_filters(page, explained):
    explanation = explained(4)
    page.evaluate(SHOW, explanation)
    words, enlarged = page.locator(".network-words p"), page.get_by_role("img", name="The map, enlarged")
    expect(words).to_have_text("First convolution, map 1 of 32. Its filter: 5×5.")
    page.locator('[data-layer="convolution_2"]').nth(9).hover()
    expect(words).to_have_text("Second convolution, map 10 of 64. Its 32 filters: 5×5, one for each map before.")
    assert_shows(enlarged, numbers(explanation, "convolution_2")[9])
    found = page.get_by_role("img", name="Its filter").evaluate(PIXELS)
    kernels = np.abs(numbers(explanation, "convolution_2", "filters").view(np.int8)[9].astype(float))
    grid = np.zeros((4, 6, 8, 6))  # 4 rows of 8 filters, each with a row and a column of air
    grid[:, :5, :, :5] = (255 * kernels / kernels.max()).reshape(4, 8, 5, 5).transpose(0, 2, 1, 3)
    assert np.abs(np.reshape(found["alpha"], found["shape"]) - grid.reshape(24, 48)[:23, :47]).max() <= 1


def test_maps_are_reached_by_keys(page, explained):
    page.evaluate(SHOW, explained(4))
    words = page.locator(".network-words p")
    page.keyboard.press("Tab")
    for key, map_number in (("ArrowRight", 2), ("ArrowDown", 10), ("ArrowUp", 2), ("End", 32), ("Home", 1)):
        page.keyboard.press(key)
        expect(words).to_contain_text(f"First convolution, map {map_number} of 32.")
    page.keyboard.press("Tab")  # one stop for each convolution
    expect(words).to_contain_text("Second convolution, map 1 of 64.")


def test_a_drawing_in_progress_is_followed_in_place(page, explained):
    page.evaluate(SHOW, explained(4))
    page.locator('[data-layer="convolution_1"]').nth(3).hover()
    page.evaluate("window.before = [...document.querySelectorAll('#here *')]")
    seven = explained(7, filters=False)
    milliseconds = page.evaluate(
        f"""explanation => Array.from({{ length: 20 }}, () => {{
            const began = performance.now(); ({SHOW})(explanation); return performance.now() - began;
        }})""",
        seven,
    )
    assert np.median(milliseconds) < 100  # 5 to 10 on a busy machine
    assert page.evaluate("before.every((node, k) => node === document.querySelectorAll('#here *')[k])")
    expect(page.locator(".network-best")).to_have_text("7strongest")
    assert_shows(page.get_by_role("img", name="The map, enlarged"), numbers(seven, "convolution_1")[3])
    expect(page.locator(".network-words p")).to_contain_text("Its filter: 5×5.")  # of the same model: still known


def test_filters_are_those_of_the_model_that_answered(page, explained):
    known = "model => component.hasFilters(document.getElementById('here'), model)"
    explanation = explained(4)
    assert not page.evaluate(known, explanation["model"])
    page.evaluate(SHOW, explanation)
    assert page.evaluate(known, explanation["model"])
    page.evaluate(SHOW, {**explained(4, filters=False), "model": "digits:other"})
    assert not page.evaluate(known, "digits:other")
    expect(page.locator(".network-words p")).to_have_text("First convolution, map 1 of 32.")


def test_where_there_is_nothing_to_look_at_it_says_so(page, stored, recogniser, explained):
    blank = stored.explainer.explain(recogniser.recognise(png(np.full((60, 60), 255, np.uint8)))).to_json()
    page.evaluate(SHOW, blank)
    expect(page.locator("#here")).to_have_text("There is nothing to look at yet.", use_inner_text=True)
    page.evaluate(SHOW, explained(4))
    expect(page.locator(".network-note")).to_be_hidden()
    page.evaluate(SHOW, blank)
    expect(page.locator(".network-note")).to_be_visible()
    expect(page.locator(".network-detail")).to_be_hidden()


def test_axe_finds_nothing_and_nothing_is_cut_off(page, explained):
    page.evaluate(SHOW, explained(4))
    for width, height, scheme in ((320, 640, "dark"), (1280, 800, "light")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
