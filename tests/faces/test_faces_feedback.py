"""What both pages make of a correction: whether its site may send it, what it says, why it is not kept."""

import pytest

from pipeline.calls import Refused
from pipeline.errors import BadRequest, FeedbackOff, ForeignSite, ServiceDown
from pipeline.faces.feedback import check_site, correction_in, known_address, not_kept

HOST = {"host": "localhost:7860"}


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"origin": "http://localhost:7860"},
        {"origin": "https://localhost:7860", "sec-fetch-site": "same-origin"},
        {"origin": "https://digits.example", "sec-fetch-site": "same-origin"},  # a proxy that calls us by our own name
    ],
)
def test_our_own_page_and_programs_may_send(headers):
    check_site({**HOST, **headers})


@pytest.mark.parametrize(
    ("headers", "site"),
    [
        ({"origin": "https://evil.example"}, "https://evil.example"),
        ({"origin": "http://localhost:5000", "sec-fetch-site": "same-site"}, "http://localhost:5000"),
        ({"origin": "http://localhost:5000"}, "http://localhost:5000"),
        ({"origin": "null"}, "null"),
        ({"sec-fetch-site": "cross-site"}, "that sends this"),
        ({"sec-fetch-site": "none"}, "that sends this"),
    ],
)
def test_other_sites_may_not(headers, site):
    with pytest.raises(ForeignSite) as refused:
        check_site({**HOST, **headers})
    assert str(refused.value) == f"The web site {site} may not send corrections here."


def test_what_a_correction_says():
    agreed = {"consent": "yes"}
    assert correction_in({**agreed, "correction": "7"}) == (7, None)
    assert correction_in({**agreed, "correction": "not_a_digit", "box": "1,2,30,40"}) == ("not_a_digit", (1, 2, 30, 40))
    assert correction_in({**agreed, "correction": "0", "box": ""}) == (0, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"correction": "7"},
            "The consent is missing: a correction keeps the picture. Send consent=yes where it is given.",
        ),
        ({"consent": "yes"}, "The correction is '', expected a digit from 0 to 9, or not_a_digit."),
        (
            {"consent": "yes", "correction": "٣"},
            "The correction is '٣', expected a digit from 0 to 9, or not_a_digit.",
        ),
        (
            {"consent": "yes", "correction": "10"},
            "The correction is '10', expected a digit from 0 to 9, or not_a_digit.",
        ),
        ({"consent": "yes", "correction": "1", "box": "1,2,3"}, "The box is '1,2,3', expected x0,y0,x1,y1 in pixels."),
        (
            {"consent": "yes", "correction": "1", "box": "1,2,3,-4"},
            "The box is '1,2,3,-4', expected x0,y0,x1,y1 in pixels.",
        ),
    ],
)
def test_what_cannot_be_understood(fields, said):
    with pytest.raises(BadRequest) as refused:
        correction_in(fields)
    assert str(refused.value) == said


def test_an_address_is_one_or_not_told():
    told = ["10.0.0.7", "2001:db8::1", "testclient", "", None]
    assert [known_address(each) for each in told] == ["10.0.0.7", "2001:db8::1", None, None, None]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FeedbackOff("…"), "No corrections are kept here. Thank you all the same."),
        (
            Refused("…", "feedback_unavailable", 503, 5),
            "The place where corrections are kept does not answer. Try again in a moment.",
        ),
        (Refused("…", "feedback_full", 503, 3600), "There is no room for more corrections."),
        (
            Refused("…", "too_often", 429, 20),
            "Many corrections came in a short time. Try again in 20 s.",
        ),
        (Refused("…", "busy", 503, 2), "Many are asking at the moment. Try again in 2 s."),
        (ServiceDown("…"), "The digit service is down. Try again when it is back."),
        (
            Refused("The picture is {broken}.", "not_a_picture", 400),
            "The picture is {broken}.",
        ),
    ],
)
def test_why_it_is_not_kept_is_said_for_people(error, said):
    assert not_kept(error) == {"code": error.code, "said": said}
