"""The folds of the sketchpad in a real browser: what the network does, why it answers so, and how it came about."""

import time
from dataclasses import replace

from playwright.sync_api import expect
from sketchpads import served
from test_ui_browser import (  # noqa: F401
    EXAMPLES,
    SEVEN,
    SEVEN_READ,
    button,
    draw,
    expect_digit,
    on_screen,
    open_page,
)

from pipeline.answer import Number
from ui.explaining import explaining_routes

DESK = {"viewport": {"width": 1100, "height": 900}}  # of its own, because open folds are kept in the browser
ANGLE, BAR = [(0.4, 0.2), (0.28, 0.55), (0.75, 0.55)], [(0.6, 0.35), (0.6, 0.85)]  # a 4; the angle alone is no digit
SHAPES = ["28×28 pixels", "32 maps of 12×12", "64 maps of 4×4", "256 units", "128 units", "10 digits and “none”"]
PIXEL = """(canvas, [x, y]) =>
    Array.from(canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 3))"""
LONGEST = """(list) => {
    const bars = [...list.querySelectorAll(".network-bar")];
    const shares = bars.map((bar) => Number(bar.style.getPropertyValue("--share")));
    return shares.indexOf(Math.max(...shares));
}"""


def open_fold(page, *names):
    for name in names:
        page.locator("summary", has_text=name).click()


def test_the_network_is_seen_at_work_while_one_draws_and_asks_nothing_when_folded(open_page, sketchpad_url):  # noqa: F811
    page = open_page(sketchpad_url, **DESK)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/explaining" in request.url else None)
    draw(page, SEVEN)
    expect(page.locator(".said")).to_contain_text("7. Confidence", timeout=20_000)
    assert asked == []
    open_fold(page, "See the network think")
    expect(page.locator(".network-shape")).to_have_text(SHAPES)
    expect(page.locator(".network-best .network-label")).to_have_text("7")
    assert page.locator(".network-outputs").evaluate(LONGEST) == 7
    button(page, "Clear").click()
    expect(page.locator(".network-note")).to_have_text("There is nothing to look at yet.")
    draw(page, [(0.5, 0.2), (0.5, 0.8)], lift=False)
    expect(page.locator(".network-best .network-label")).to_have_text("1")
    page.mouse.up()
    assert [url.partition("?")[2] for url in asked] == ["filters=1"] + [""] * (len(asked) - 1)
    page.reload()
    expect(page.locator(".network-best .network-label")).to_have_text("1", timeout=20_000)  # it stays open
    open_fold(page, "Why this answer?", "Replay")
    page.locator(".file").set_input_files(EXAMPLES / "four.png")
    expect(page.locator(".network-best .network-label")).to_have_text("4")
    expect(page.locator(".why-part")).to_have_count(49, timeout=20_000)
    expect(page.locator(".fold-note").last).to_have_text("A picture has no time.")
    button(page, "Number").click()
    expect(page.locator(".folds")).to_be_hidden()


def test_each_stroke_has_the_colour_of_what_it_speaks_for_and_the_drawing_its_time(open_page, sketchpad_url):  # noqa: F811
    page = open_page(sketchpad_url, **DESK)
    open_fold(page, "Why this answer?", "Replay")
    draw(page, ANGLE)
    draw(page, BAR)
    expect_digit(page, "4")
    film, said, strokes = page.locator(".film-why"), page.locator(".strokes .why-said"), page.locator(".stroke")
    expect(strokes).to_have_count(2, timeout=30_000)
    expect(strokes.first).to_contain_text("Without this stroke: 1, ")
    expect(strokes.nth(1)).to_contain_text("Without this stroke: no digit")
    red, _, blue = film.evaluate(PIXEL, [0.6, 0.7])
    assert blue > red + 50  # speaks for the 4
    expect(said).to_contain_text(" counts most. Without this stroke: ")
    page.mouse.move(*on_screen(page, [(0.6, 0.8)])[0])
    expect(said).to_have_text("Stroke 2: without this stroke: no digit.")
    strokes.first.focus()
    page.keyboard.press("ArrowDown")
    expect(strokes.nth(1)).to_have_attribute("aria-current", "true")

    slider = page.get_by_role("slider", name="Time of the drawing")
    expect(page.locator(".why-replay .why-said")).to_contain_text(": 4, > 99 %", timeout=30_000)
    expect(page.locator(".answer .detail")).to_contain_text("Confidence > 99")
    slider.press("Home")
    past = page.locator(".film-replay")
    assert past.evaluate(PIXEL, [0.6, 0.7]) == [255, 255, 255]  # the bar is not there yet
    assert past.evaluate(PIXEL, [0.4, 0.2]) == [0, 0, 0]
    slider.press("End")
    expect(past).to_have_count(0)
    for width in (768, 375, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.set_viewport_size(DESK["viewport"])
    draw(page, [(0.2, 0.9), (0.3, 0.9)], lift=False)
    expect(page.locator(".film")).to_have_count(0)
    expect(page.locator(".fold-here[inert]")).to_have_count(2)
    page.mouse.up()


def test_one_question_at_a_time(open_page):  # noqa: F811
    asked, most, kinds = [], [], set()

    def answers(kind, *found):
        kinds.add(kind)
        asked.append(kind)
        most.append(len(asked))
        time.sleep(0.1)
        asked.pop()
        return found

    routes = explaining_routes(
        lambda picture, **_: answers("explain", SEVEN_READ)[0],
        lambda pictures: answers("all", *[replace(SEVEN_READ, digit=1)] * len(pictures)),
    )
    number = Number("", (), 512, 512, "not_a_number", (), (), "Nothing.")
    recognise, read = (lambda _: answers("digit", SEVEN_READ)[0]), (lambda _: answers("number", number)[0])
    with served(recognise, read, routes=routes) as url:
        page = open_page(url, drawing=False, **DESK)
        expect_digit(page, "7")
        open_fold(page, "See the network think", "Why this answer?", "Replay")
        for y in (0.2, 0.4, 0.6):
            draw(page, [(0.2, y), (0.8, y)])
        expect(page.locator(".stroke")).to_have_count(3, timeout=20_000)
        expect(page.get_by_role("slider")).to_be_visible(timeout=20_000)
        expect(page.locator(".fold-here[inert]")).to_have_count(0)
    assert kinds == {"digit", "number", "explain", "all"} and max(most) == 1
