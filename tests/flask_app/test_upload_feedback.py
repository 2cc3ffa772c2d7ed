"""Corrections by way of the upload page's server: what is handed on, and from whom it is taken."""

import pytest
from keepers import FakeKeeper

from flask_app import create_app
from flask_app.feedback import MOST_BYTES
from pipeline.calls import Refused

KIND = "application/octet-stream"
SEVEN = "/feedback?correction=7&consent=yes"


@pytest.fixture
def keeper():
    return FakeKeeper()


@pytest.fixture
def client(keeper):
    return create_app(model=lambda: "digits:test", keeper=keeper).test_client()


def test_a_correction_is_handed_on_with_whose_it_is_and_withdrawn(client, keeper):
    kept = client.post(SEVEN, data=b"picture", content_type=KIND, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert (kept.status_code, kept.json) == (201, {"id": keeper.ID})
    assert client.post(f"{SEVEN}&box=1,2,3,4", data=b"page", content_type=KIND).status_code == 201
    gone = client.delete(f"/feedback/{keeper.ID}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert keeper.given == [
        (b"picture", 7, None, "203.0.113.9"),
        (b"page", 7, (1, 2, 3, 4), "127.0.0.1"),
        keeper.ID,
    ]


def test_other_sites_and_what_is_no_picture_or_too_large_are_refused(client, keeper):
    foreign = {"Origin": "https://evil.example"}
    words = "This page takes corrections from itself alone. Open it in a tab of its own."
    for response in (
        client.post(SEVEN, data=b"x", content_type=KIND, headers=foreign),
        client.delete(f"/feedback/{keeper.ID}", headers=foreign),
        client.post(SEVEN, data=b"x", content_type=KIND, headers={"Sec-Fetch-Site": "same-site"}),
    ):
        assert (response.status_code, response.json) == (403, {"code": "foreign_site", "said": words})
    assert client.post(SEVEN, data=b"x", content_type="text/plain").status_code == 415
    large = client.post(SEVEN, data=bytes(MOST_BYTES + 1), content_type=KIND)
    assert (large.status_code, large.json["code"]) == (413, "too_large")
    assert client.post("/feedback?correction=7", data=b"x", content_type=KIND).status_code == 400
    assert client.get("/feedback").status_code == 405
    assert client.post(SEVEN, data=b"x", content_type=KIND, headers={"Host": "evil.example"}).status_code == 400
    assert keeper.given == []


def test_what_the_service_refuses_is_said_in_words(client, keeper):
    keeper.error = Refused("…", "feedback_unavailable", 503, 5)
    said = "The place where corrections are kept does not answer. Try again in a moment."
    for response in (client.post(SEVEN, data=b"x", content_type=KIND), client.delete(f"/feedback/{keeper.ID}")):
        assert (response.status_code, response.json) == (503, {"code": "feedback_unavailable", "said": said})
