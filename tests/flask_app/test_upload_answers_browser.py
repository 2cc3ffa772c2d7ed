"""What is asked about an answer on the upload page, in a real browser: whether it is right, and why."""

from accessibility import violations
from corrections import database_of_tests, keeper, locked
from keepers import FakeKeeper
from playwright.sync_api import expect
from upload_browser import BROKEN, CUT_OFF, SMALL_TARGETS, bars, by_its_end, file, read_columns, rows, served

from flask_app import create_app
from pipeline.errors import FeedbackOff


def test_what_is_misread_is_told_and_kept_with_consent_and_deleted_again(open_page, upload_url, test_digit_png, model):
    page = open_page(viewport={"width": 320, "height": 800})
    four = test_digit_png(4)
    page.set_input_files("#images", file("four.png", four))
    press = page.get_by_role("button", name="It is a …")
    press.click()
    assert violations(page) == []
    page.get_by_role("button", name="7", exact=True).click()
    assert violations(page) == [] and page.evaluate(SMALL_TARGETS) == [] and page.evaluate(CUT_OFF, 320) == []
    page.get_by_label("Keep this picture and my answer").check()
    page.get_by_role("button", name="Send").press("Enter")
    said = page.locator(".right [role=status]")
    expect(said).to_have_text("Thank you: a 7.")
    assert violations(page) == []
    found = kept_here(page)
    assert (found.picture, found.label, found.digit, found.model) == (four, 7, 4, model.tag)
    assert (found.endpoint, found.box, len(found.seen)) == ("/predict", None, 28 * 28)
    page.keyboard.press("Enter")  # on Undo, where the keyboard is now
    expect(said).to_have_text("Deleted.")
    with keeper(database_of_tests()) as database:
        assert found.id not in [each.id for each in database.everything()]
    with locked(database_of_tests()):
        page.get_by_role("button", name="Right", exact=True).click()
        words = "Not kept. The place where corrections are kept does not answer. Try again in a moment."
        expect(said).to_have_text(words, timeout=20_000)

    page.get_by_role("radio", name="Number").check()
    page.get_by_role("button", name="Digit 1, read as 4: is that right?").click()
    page.get_by_role("button", name="Right", exact=True).click()
    expect(said).to_have_text("Thank you: a 4.", timeout=20_000)
    found = kept_here(page)
    assert (found.picture, found.label, found.endpoint, found.box is None) == (four, 4, "/read", False)
    assert violations(page) == []
    page.get_by_role("button", name="Delete my corrections").click()
    page.get_by_text("All were deleted.").wait_for()
    page.reload()
    assert rows(page) == [("four.png", "4")]
    assert page.locator(".right, .feedback-press").count() == 0  # the picture is gone


def kept_here(page):
    """The one correction of this browser, as the service keeps it."""
    (id,) = page.evaluate("JSON.parse(localStorage.getItem('digits-corrections'))")
    with keeper(database_of_tests()) as database:
        return next(each for each in database.everything() if each.id == id)


def test_where_no_corrections_are_kept_nothing_is_asked_any_more(open_page):
    keeper = FakeKeeper()
    keeper.error = FeedbackOff("Nothing is kept.")
    with served(create_app(by_its_end, read_columns, model=lambda: "digits:test", keeper=keeper)) as url:
        page = open_page(url, viewport={"width": 900, "height": 800})
        page.set_input_files("#images", [file("a.png", bars()), file("b.png", bars())])
        rows(page, 2)
        for summary in page.locator("summary").all():
            summary.click()
        page.get_by_role("button", name="Right", exact=True).first.click()
        page.get_by_label("Keep this picture and my answer").check()
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".right:not(:empty)")).to_have_text(
            ["No corrections are kept here. Thank you all the same."]
        )
        page.set_input_files("#images", file("c.png", bars()))
        assert rows(page) == [("c.png", "7")]
        assert page.locator(".feedback[role=group]").count() == 0


def test_a_number_before_the_real_service(open_page, test_digit_png):
    page = open_page()
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", [file("seven.png", test_digit_png(7)), file("broken.png", BROKEN)])
    assert rows(page, 2) == [("broken.png", "!"), ("seven.png", "7")]
    assert page.locator(".boxes rect").count() == 1


def test_why_a_digit_is_read_as_it_is(open_page, test_digit_png):
    page = open_page(viewport={"width": 1000, "height": 900})
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    assert rows(page) == [("seven.png", "7")]
    page.get_by_role("button", name="Why?").click()
    page.locator(".why-said", has_text="Without this part: ").wait_for()
    assert page.locator(".why-part").count() == 49
    assert page.locator(".why-part[aria-current]").evaluate("part => part === document.activeElement")
    assert not page.locator(".network").is_visible()
    page.get_by_text("See the network think").click()
    assert page.locator(".network figure").count() == 6
    assert page.locator(".network-best .network-label").inner_text() == "7"
    assert page.locator(".network-detail").inner_text().startswith("First convolution, map 1 of 32. Its filter: 5×5.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(CUT_OFF, 320) == []
    page.reload()  # the picture is gone
    assert rows(page) == [("seven.png", "7")]
    assert page.get_by_role("button", name="Why?").count() == 0 and page.locator(".why").count() == 0
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    page.locator(".reading[data-mode=number]").wait_for()
    assert page.get_by_role("button", name="Why?").count() == 0
