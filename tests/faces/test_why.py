"""What each stroke and part speaks for, and the drawing's time, in a real browser."""

import pytest
from accessibility import violations
from components import component_page, empty
from playwright.sync_api import expect

from pipeline.answer import Answer

OCCLUSION = "answer => component.showOcclusion(document.getElementById('here'), answer)"
REPLAY = """({ times, answers }) => {
    window.sought = [];
    const onSeek = (time, index) => sought.push([time, index]);
    component.showReplay(document.getElementById('here'), { times, answers, onSeek });
}"""


@pytest.fixture(scope="module")
def shared(browser):
    with component_page(browser, "why") as page:
        yield page


@pytest.fixture
def page(shared):
    """One page for all tests, with a new #here for each."""
    empty(shared)
    return shared


def answer(status, digit=None, confidence=0.0, others=None):
    """The JSON of an Answer, certain but for the probabilities of others."""
    probabilities = [0.0] * 10
    for each, probability in {**({} if digit is None else {digit: confidence}), **(others or {})}.items():
        probabilities[each] = probability
    return Answer(status, digit, confidence, tuple(probabilities), None, "digits:test").to_json()


SEVEN = answer("digit", 7, 0.98, {1: 0.02})


@pytest.mark.parametrize(
    ("full", "without", "value", "sentence"),
    [
        (SEVEN, answer("digit", 1, 0.81, {7: 0.18}), 0.80, "without this stroke: 1, 81 %"),
        (SEVEN, answer("digit", 7, 0.97), 0.01, "without this stroke: still 7, 97 %"),
        (answer("unsure", 7, 0.6), answer("digit", 7, 0.999), -0.399, "without this stroke: still 7, > 99 %"),
        (SEVEN, answer("not_a_digit", others={7: 0.9}), 0.98, "without this stroke: no digit"),
        (SEVEN, answer("blank"), 0.98, "without this stroke: nothing"),
        (answer("not_a_digit"), answer("digit", 4, 0.92), -0.92, "without this stroke: 4, 92 %"),
        (answer("not_a_digit"), answer("not_a_digit"), 0, "without this stroke: no digit"),
        (SEVEN, {"error": {"code": "not_a_picture", "message": "It is none."}}, 0, ""),
    ],
)
def test_what_a_stroke_contributes(shared, full, without, value, sentence):
    found = shared.evaluate("([full, without]) => component.strokeContributions(full, without)", [full, [without]])
    assert found == [{"value": pytest.approx(value), "sentence": sentence}]


def test_the_colour_of_a_contribution_runs_from_orange_over_grey_to_blue(shared):
    found = shared.evaluate("[-2, -1, -0.25, 0, 0.25, 1, 2].map(component.contributionColour)")
    against, half_against, neither = "rgb(184, 84, 0)", "rgb(161, 114, 78)", "rgb(138, 143, 156)"
    assert found == [
        against,
        against,
        half_against,
        neither,
        "rgb(93, 109, 182)",
        "rgb(47, 74, 208)",
        "rgb(47, 74, 208)",
    ]


def test_what_hiding_parts_changes_is_told_in_words(page, stored, recogniser, test_digit_png):
    read = recogniser.recognise(test_digit_png(7))
    explained = stored.explainer.explain(read, hide=True).to_json()
    page.evaluate(OCCLUSION, explained)
    parts = explained["occlusion"]["parts"]

    def sentence(part):
        if part["digit"] is None:
            return "without this part: no digit"
        percent = round(100 * part["probability"])
        still = "still " if part["digit"] == 7 else ""
        return f"without this part: {still}{part['digit']}, {'> 99' if percent == 100 else percent} %"

    labels = page.get_by_role("button").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    assert labels == [f"Row {k // 7 + 1}, column {k % 7 + 1}: {sentence(part)}" for k, part in enumerate(parts)]
    strongest = max(range(49), key=lambda k: abs(parts[k]["change"]))
    said, current = page.locator(".why-said"), page.locator("[aria-current]")
    expect(said).to_have_text(f"W{sentence(parts[strongest])[1:]}.")
    expect(current).to_have_attribute("aria-label", labels[strongest])
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    expect(said).to_have_text(f"W{sentence(parts[0])[1:]}.")
    for key, index in (("ArrowDown", 7), ("ArrowRight", 8), ("ArrowUp", 1), ("End", 48)):
        page.keyboard.press(key)
        expect(current).to_have_attribute("aria-label", labels[index])
    page.get_by_role("button").nth(24).hover()
    expect(said).to_have_text(f"W{sentence(parts[24])[1:]}.")
    share = page.get_by_role("button").nth(strongest).evaluate("each => each.style.getPropertyValue('--share')")
    assert float(share) == pytest.approx(min(1, abs(parts[strongest]["change"])) ** 0.5, abs=0.001)
    assert_accessible_at_any_width(page)
    page.evaluate(OCCLUSION, {**explained, "occlusion": None})
    expect(page.locator("#here")).to_be_empty()


TIMES = [0, 400, 900]
ANSWERS = [answer("not_a_digit"), answer("unsure", 1, 0.7, {7: 0.3}), SEVEN]


def test_the_time_of_a_drawing_is_gone_through_by_keys_and_pointer(page):
    page.evaluate(REPLAY, {"times": TIMES, "answers": ANSWERS})
    slider, said = page.get_by_role("slider", name="Time of the drawing"), page.locator(".why-said")
    expect(said).to_have_text("0.9 s: 7, 98 %")
    slider.focus()
    for key, text in (
        ("ArrowLeft", "0.4 s: 1?, 70 %"),
        ("ArrowLeft", "0.0 s: no digit"),
        ("ArrowLeft", "0.0 s: no digit"),
    ):
        page.keyboard.press(key)
        expect(said).to_have_text(text)
        expect(slider).to_have_attribute("aria-valuetext", text)
    page.keyboard.press("ArrowRight")
    slider.fill("650")  # between two answers the earlier one stands
    expect(said).to_have_text("0.7 s: 1?, 70 %")
    assert page.evaluate("sought") == [[400, 1], [0, 0], [0, 0], [400, 1], [650, 1]]
    assert_accessible_at_any_width(page)


def test_the_time_of_a_drawing_plays_to_its_end(page):
    page.evaluate(REPLAY, {"times": TIMES, "answers": ANSWERS})
    page.get_by_role("slider").fill("0")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".why-said")).to_have_text("0.9 s: 7, 98 %")
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # and no more "Pause"
    assert page.evaluate("[sought[0], sought.at(-1)]") == [[0, 0], [900, 2]]
    page.evaluate(REPLAY, {"times": [0], "answers": ANSWERS[:1]})  # nothing to go through
    expect(page.get_by_role("slider")).to_be_hidden()


def assert_accessible_at_any_width(page):
    for width, scheme in ((320, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
