"""The upload page in a real browser, as it looks: at every width, by the keyboard, on paper, to screen readers."""

import pytest
from accessibility import violations
from upload_browser import CUT_OFF, SMALL_TARGETS, WIDTHS, bars, file, rows


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_too_small_to_press(open_page, columns_url, width):
    page = open_page(columns_url, viewport={"width": width, "height": 800}, color_scheme="dark")
    page.set_input_files("#images", [file("x" * 200 + ".png", bars()), file("y" * 200, bars() + b"broken")])
    rows(page, 2)
    page.locator("summary").click()
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert page.evaluate(CUT_OFF, width) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.locator(".bars svg").first.bounding_box()["width"] > 100  # they are lengths
        assert page.locator(".bars caption").bounding_box()["width"] > 100


def test_axe_finds_nothing_in_any_state(open_page, columns_url):
    page = open_page(columns_url, viewport={"width": 1000, "height": 900})
    states = {"empty": violations(page)}
    several = [file("a.png", bars()), file("b.png", bars() + b"unsure"), file("c.png", bars() + b"broken")]
    page.set_input_files("#images", several)
    for mode in ("Digit", "Number"):
        page.get_by_label(mode).check()
        page.locator(f".reading{'[data-mode=number]' if mode == 'Number' else ''}").first.wait_for()
        rows(page, 3)
        for summary in page.locator("summary").all():
            summary.click()
        states[mode] = violations(page)
        page.emulate_media(color_scheme="dark")
        states[f"{mode}, dark"] = violations(page)
        page.emulate_media(color_scheme="light")
    page.context.set_offline(True)
    page.set_input_files("#images", several)
    page.get_by_text("This page's server does not answer.").wait_for()
    states["waiting"] = violations(page)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Read again").wait_for()
    states["stopped"] = violations(page)
    page.context.set_offline(False)
    page.goto(f"{columns_url}/nothing")
    states["problem"] = violations(page)
    assert states == {state: [] for state in states}


def test_the_keyboard_reaches_all_and_paper_has_the_results_alone(open_page, columns_url):
    page = open_page(columns_url)
    page.set_input_files("#images", [file("a.png", bars()), file("b.png", bars())])
    rows(page, 2)
    page.locator("#images").focus()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(({ tagName, name, id, innerText }) => name || id || tagName)(document.activeElement)")
        )
    assert reached[:8] == ["mode", "folder", "SELECT", "copy", "csv", "json", "clear", "SUMMARY"]
    page.locator("summary").first.press("Enter")
    assert page.locator("details[open]").count() == 1
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible() and not page.locator(".tools").is_visible()
    assert page.locator(".reading").first.is_visible() and page.locator(".bars").first.is_visible()
