"""What the upload page's server hands on when its script asks why a digit is read as it is."""

from io import BytesIO

import pytest

from flask_app import create_app
from pipeline.answer import Answer
from pipeline.errors import NotAPicture, ServiceDown

FROM_SCRIPT = {"X-Requested-With": "fetch"}


def explain(picture, filters, occlusion):
    assert filters and occlusion
    match picture.read():
        case b"down":
            raise ServiceDown("Nobody answers at http://there.")
        case b"broken":
            raise NotAPicture("The picture is empty (0 bytes). Send the bytes of one picture file.")
    return Answer("digit", 7, 0.95, (0.1,) * 10, None, "digits:test")


@pytest.fixture
def ask():
    """The bytes of a picture, or none → the status and what is said."""
    client = create_app(explain=explain, model=lambda: "digits:test").test_client()

    def asked(picture, headers=FROM_SCRIPT):
        data = {} if picture is None else {"image": (BytesIO(picture), "a.heic")}
        return client.post("/why", data=data, headers=headers)

    return asked


def test_an_explanation_comes_as_the_service_gives_it(ask):
    response = ask(b"picture")
    assert (response.status_code, response.json["digit"], response.json["model"]) == (200, 7, "digits:test")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("picture", "status", "title"),
    [(b"down", 503, "The digit service is down"), (b"broken", 400, "This picture was not read")],
)
def test_a_failure_is_told_in_words_for_people(ask, picture, status, title):
    response = ask(picture)
    assert (response.status_code, response.json["title"]) == (status, title)
    assert "http" not in response.json["detail"] and "/" not in response.json["detail"]


def test_what_does_not_come_from_the_page_is_refused(ask):
    assert ask(None).status_code == ask(b"picture", headers={}).status_code == 400
