"""Corrections by way of the sketchpad's server: what is handed on, and from whom it is taken."""

import httpx
import pytest
from keepers import FakeKeeper
from sketchpads import served

from pipeline.calls import Refused
from ui.readings import MOST_BYTES
from ui.sign_in import SignIn

BYTES = {"content-type": "application/octet-stream"}
SEVEN = "/feedback?correction=7&consent=yes"


def recognise(_):
    raise AssertionError("nothing is read here")


@pytest.fixture(scope="module")
def keeper():
    return FakeKeeper()


@pytest.fixture(scope="module")
def url(keeper):
    with served(recognise, recognise, keeper=keeper) as url:
        yield url


@pytest.fixture
def client(url, keeper):
    keeper.given, keeper.error = [], None
    with httpx.Client(base_url=url, trust_env=False, headers=BYTES) as client:
        yield client


def test_a_correction_is_handed_on_with_whose_it_is_and_withdrawn(client, keeper):
    kept = client.post(SEVEN, content=b"picture")
    assert (kept.status_code, kept.json()) == (201, {"id": keeper.ID})
    other = client.post(
        "/feedback?correction=not_a_digit&consent=yes&box=1,2,3,4",
        content=b"page",
        headers={"x-forwarded-for": "203.0.113.9"},  # as a proxy on this machine says it
    )
    assert other.status_code == 201
    gone = client.delete(f"/feedback/{keeper.ID}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert keeper.given == [
        (b"picture", 7, None, "127.0.0.1"),
        (b"page", "not_a_digit", (1, 2, 3, 4), "203.0.113.9"),
        keeper.ID,
    ]


def test_other_sites_and_what_is_no_picture_or_too_large_are_refused(client, keeper):
    foreign = {"origin": "https://evil.example"}
    words = "This page takes corrections from itself alone. Open it in a tab of its own."
    for response in (
        client.post(SEVEN, content=b"x", headers=foreign),
        client.delete(f"/feedback/{keeper.ID}", headers=foreign),
        client.post(SEVEN, content=b"x", headers={"sec-fetch-site": "same-site"}),
    ):
        assert (response.status_code, response.json()) == (403, {"code": "foreign_site", "said": words})
    assert client.post(SEVEN, content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    assert client.post(SEVEN, content=bytes(MOST_BYTES + 1)).status_code == 413
    assert client.post("/feedback?correction=7", content=b"x").status_code == 400
    for path in ("/feedback/x", "/feedback/", f"/feedback/{keeper.ID.upper()}"):
        assert client.delete(path).status_code == 404
    assert keeper.given == []


def test_what_the_service_refuses_is_said_in_words(client, keeper):
    keeper.error = Refused("…", "too_often", 429, 20)
    words = {"code": "too_often", "said": "Many corrections came in a short time. Try again in 20 s."}
    for response in (client.post(SEVEN, content=b"x"), client.delete(f"/feedback/{keeper.ID}")):
        assert (response.status_code, response.json()) == (429, words)


def test_who_has_not_signed_in_may_not(keeper):
    keeper.given = []
    with served(recognise, recognise, sign_in=SignIn("anna", "long enough"), keeper=keeper) as url:
        response = httpx.post(f"{url}{SEVEN}", content=b"x", headers=BYTES, trust_env=False)
        assert (response.status_code, response.json()["code"]) == (401, "signed_out")
    assert keeper.given == []


def test_without_a_keeper_none_are_kept():
    with served(recognise, recognise) as url:
        response = httpx.post(f"{url}{SEVEN}", content=b"x", headers=BYTES, trust_env=False)
        assert (response.status_code, response.json()["code"]) == (404, "feedback_off")
