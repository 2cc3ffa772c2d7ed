"""Numbers on the upload page in a real browser: a box over each digit."""

from upload_browser import PHONE, bars, expect_boxes_over_bars, file, rows, shown, status


def test_a_number_has_a_box_over_each_digit(open_page, columns_url):
    """In each format that a browser shows, also where it turns the picture upright."""
    page = open_page(columns_url)
    page.get_by_role("radio", name="Number").check()
    kinds = [("PNG", False), ("JPEG", False), ("JPEG", True), ("WEBP", False), ("PNG", True)]
    page.set_input_files("#images", [file(f"{kind} {lying}", bars(kind, lying)) for kind, lying in kinds])
    assert sorted(rows(page, 5)) == sorted((f"{kind} {lying}", "01") for kind, lying in kinds)
    assert status(page) == "5 read"
    assert shown(page) == [True] * 5
    for row in page.locator(".reading").all():
        row.locator("summary").click()
        expect_boxes_over_bars(row)
        assert row.locator(".boxes text").all_text_contents() == ["0", "1"]
    assert page.locator(".boxes rect").first.evaluate("rect => getComputedStyle(rect).fill") == "none"


def test_a_picture_that_the_browser_does_not_turn_has_no_boxes(open_page, columns_url):
    page = open_page(columns_url)
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars("WEBP", lying=True)))
    assert rows(page) == [("bars", "01")]
    shown(page)
    size = page.locator(".picture img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert size == [200, 300]  # as stored: where browsers learn to turn it, it can have its boxes
    assert page.locator(".boxes").count() == 0


def test_without_javascript_a_number_is_read_and_stays_chosen(open_page, columns_url):
    page = open_page(columns_url, java_script_enabled=False)
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars("JPEG", lying=True)))
    page.get_by_role("button", name="Read", exact=True).click()
    assert page.locator(".large, .name").all_inner_texts() == ["01", "bars"]
    assert page.get_by_role("radio", name="Number").is_checked()
    assert page.locator(".boxes rect").count() == 2


def test_the_other_choice_reads_the_same_pictures_again(open_page, columns_url):
    page = open_page(columns_url)
    page.set_input_files("#images", file("bars", bars() + b"unsure"))
    assert rows(page) == [("bars", "3?")]
    page.get_by_role("radio", name="Number").check()
    page.locator(".reading[data-mode=number]").wait_for()
    assert rows(page) == [("bars", "01")]
    assert page.locator(".large mark").all_inner_texts() == ["1"]  # the doubtful digit
    page.get_by_role("radio", name="Digit").check()
    page.locator(".reading:not([data-mode])").wait_for()
    assert rows(page) == [("bars", "3?")]


def test_a_number_on_a_phone(browser, columns_url):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(columns_url)
    assert page.get_by_text("Take or choose a photo").is_visible()
    assert not page.get_by_text("Drop pictures here").is_visible()
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars()))
    assert rows(page) == [("bars", "01")]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect_boxes_over_bars(page.locator(".reading"))
    context.close()
