"""What the sketchpad's page asks beside what a drawing reads as: how the network came to it, and how others read."""

import httpx
import pytest
from sketchpads import served

from pipeline.answer import Answer
from pipeline.client import Refused
from pipeline.errors import ServiceDown
from ui.explaining import MOST_BYTES, explaining_routes

BYTES = {"content-type": "application/octet-stream"}


def answer(digit):
    return Answer("digit", digit, 0.9, (0.1,) * 10, None, "digits:test")


def explain(picture, filters, occlusion):
    """A 1 where filters were asked for, and 2 more for what is hidden."""
    if picture.read() == b"down":
        raise ServiceDown("Nobody answers.")
    return answer(filters + 2 * occlusion)


def recognise_all(pictures):
    """The length of each."""
    return [answer(len(each)) if each else Refused("It is empty.", "not_a_picture", 400) for each in pictures]


@pytest.fixture(scope="module")
def client():
    with (
        served(None, None, routes=explaining_routes(explain, recognise_all)) as url,
        httpx.Client(base_url=url, headers=BYTES, trust_env=False) as client,
    ):
        yield client


def together(*pictures):
    return b"".join(len(each).to_bytes(4) + each for each in pictures)


@pytest.mark.parametrize(("query", "digit"), [("", 0), ("?filters=1", 1), ("?filters=1&occlusion=1", 3)])
def test_what_is_asked_for_is_handed_on(client, query, digit):
    response = client.post(f"/explaining{query}", content=b"picture")
    assert (response.status_code, response.json()["digit"]) == (200, digit)


def test_a_service_that_is_down_is_told_as_elsewhere(client):
    response = client.post("/explaining", content=b"down")
    told = response.json()
    assert (response.status_code, told["status"], told["title"]) == (503, "failure", "The digit service is down")


def test_many_drawings_in_one_request_have_their_answers_in_their_order(client):
    response = client.post("/answers", content=together(b"one", b"", b"seven"))
    assert response.json()["status"] == "answers"
    three, refused, five = response.json()["answers"]
    assert (three["digit"], five["digit"]) == (3, 5)
    assert refused == {"error": {"code": "not_a_picture", "message": "It is empty."}}


@pytest.mark.parametrize(
    ("content", "status", "detail"),
    [
        (b"", 400, "0 pictures came, expected 1 to 64. Reload the page."),
        (together(*[b"x"] * 65), 400, "65 pictures came, expected 1 to 64. Reload the page."),
        (together(b"picture")[:-1], 400, "The last picture is cut off. Reload the page."),
        (b"\xff\xff\xff\xff", 400, "The last picture is cut off. Reload the page."),
        (bytes(MOST_BYTES + 1), 413, None),
    ],
)
def test_what_are_no_pictures_is_refused(client, content, status, detail):
    response = client.post("/answers", content=content)
    assert response.status_code == status
    assert detail is None or response.json()["detail"] == detail


def test_no_form_of_another_site_is_answered(client):
    response = client.post("/answers", content=together(b"x"), headers={"content-type": "text/plain"})
    assert response.status_code == 415
