"""Asking whether an answer is right, in a real browser, before a server that says what the test wants."""

import json

import pytest
from accessibility import violations
from components import ADDRESS, component_page
from playwright.sync_api import expect

ASK = """read => {
    const picture = () => new Blob(["a picture"]);
    component.askWhether(document.getElementById("here"), { read, picture });
}"""
SENT = """() => {
    const place = document.body.appendChild(document.createElement("p"));
    place.id = "sent";
    component.showSent(place);
}"""


@pytest.fixture
def asked():
    """What was sent: method, address, body."""
    return []


@pytest.fixture
def page(browser, asked):
    ids = iter(f"{number:032x}" for number in range(2000))

    def answer(route):
        request = route.request
        asked.append((request.method, request.url.removeprefix(ADDRESS), request.post_data))
        if request.method == "DELETE":
            return route.fulfill(status=204)
        return route.fulfill(content_type="application/json", body=json.dumps({"id": next(ids)}))

    with component_page(browser, "feedback") as page:
        page.route("**/feedback?*", answer)
        page.route("**/feedback/*", answer)
        yield page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).press("Enter")  # all of it by the keyboard


def test_consent_is_asked_for_once_until_all_was_deleted_and_the_ids_are_bounded(page, asked):
    page.evaluate("localStorage.setItem('digits-corrections', JSON.stringify(Array(1000).fill('old')))")
    page.evaluate(SENT)
    page.evaluate(ASK, 8)
    said = page.locator(".feedback-said")
    press(page, "Right")
    assert asked == []
    expect(said).to_have_text("You say: an 8.")
    assert violations(page) == []
    page.get_by_role("checkbox").press("Space")
    press(page, "Send")
    expect(said).to_have_text("Thank you: an 8.")
    assert asked == [("POST", "feedback?correction=8&consent=yes", "a picture")]
    ids = page.evaluate("JSON.parse(localStorage.getItem('digits-corrections'))")
    assert (len(ids), ids[-1]) == (1000, f"{0:032x}")
    page.evaluate(ASK, None)  # where there is no digit
    press(page, "It is a digit")
    assert page.get_by_role("button", name="No digit").count() == 0
    press(page, "Back")
    press(page, "Right")
    expect(said).to_have_text("Thank you: no digit.")
    assert asked[-1][1] == "feedback?correction=not_a_digit&consent=yes"
    page.evaluate(f"localStorage.setItem('digits-corrections', JSON.stringify(['{ids[-1]}']))")
    press(page, "Delete my corrections")
    expect(page.locator("#sent [role=status]")).to_have_text("All were deleted.")
    assert asked[-1][:2] == ("DELETE", f"feedback/{ids[-1]}")
    page.evaluate(ASK, 3)
    press(page, "Right")
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def test_each_digit_of_a_number_is_pressed_and_sent_with_its_box(page, asked):
    page.evaluate("""() => {
        localStorage.setItem("digits-consent", "true");
        const here = document.getElementById("here");
        here.innerHTML = "<ol><li>4</li><li>0</li></ol><div></div>";
        const [four, zero] = here.querySelectorAll("li");
        const digits = [{ element: four, read: 4, box: [1, 2, 3, 4] }, { element: zero, read: 0, box: [5, 6, 7, 8] }];
        component.askOfDigits(here.querySelector("div"), digits, () => new Blob(["a page"]));
    }""")
    press(page, "Digit 2, read as 0: is that right?")
    assert page.locator("[aria-pressed=true]").count() == 1
    press(page, "It is a …")
    press(page, "6")
    expect(page.locator(".feedback-said")).to_have_text("Thank you: a 6.")
    assert asked == [("POST", "feedback?correction=6&consent=yes&box=5%2C6%2C7%2C8", "a page")]
    assert violations(page) == []
