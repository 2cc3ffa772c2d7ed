"""POST and DELETE /feedback in-process: what is kept is what the service itself reads; who may not, and too often."""

import time
from contextlib import contextmanager

import numpy as np
import pytest
from corrections import keeper, locked
from drawings import number
from starlette.testclient import TestClient

from pipeline.feedback.settings import NOTHING_KEPT, FeedbackSettings
from pipeline.recognition.encode import pixels, png
from pipeline.web import create_app, keys, metrics
from pipeline.web.access import Access, Guard


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/db"


@contextmanager
def serving(stored, settings: FeedbackSettings, address: str = "10.0.0.7", **access):
    app = create_app(dict, feedback_settings=settings)
    app.state.stored = stored
    guarded = Guard(app, Access(**access))
    with TestClient(guarded, base_url="http://127.0.0.1:3000", client=(address, 5)) as client:
        yield client


@pytest.fixture
def client(stored, url):
    with serving(stored, FeedbackSettings(url)) as client:
        yield client


def correct(client, picture: bytes, headers=None, **fields):
    fields = {"correction": "7", "consent": "yes", **fields}
    data = {name: value for name, value in fields.items() if value is not None}
    return client.post("/feedback", files={"image": picture}, data=data, headers=headers)


def refusal(response, status: int, code: str) -> str:
    assert (response.status_code, response.json()["error"]["code"]) == (status, code), response.text
    return response.json()["error"]["message"]


def test_what_is_kept_is_what_the_service_itself_reads(client, url, test_digit_png, model):
    picture = test_digit_png(4)
    answer = client.post("/predict", files={"image": picture}).json()
    kept = correct(client, picture, digit="9", status="blank", model="x", seen="x", confidence="0.1")
    assert kept.status_code == 201
    assert kept.json() == {"id": kept.json()["id"], "answer": answer}
    with keeper(url) as database:
        (found,) = database.everything()
    assert (found.id, found.picture, found.label) == (kept.json()["id"], picture, 7)
    assert (found.status, found.digit, found.model) == ("digit", 4, model.tag)
    assert found.confidence == answer["confidence"] and found.seen == pixels(answer["seen"]).tobytes()
    assert (found.endpoint, found.box) == ("/predict", None)
    assert abs(found.time.timestamp() - time.time()) < 60


def test_one_digit_of_a_number(client, url, test_digit):
    picture = png(number([test_digit(4), test_digit(0)]))
    first, second = client.post("/read", files={"image": picture}).json()["digits"]
    assert (first["digit"], second["digit"]) == (4, 0)
    box = ",".join(map(str, second["box"]))
    assert correct(client, picture, correction="6", box=box).json()["answer"] == second
    with keeper(url) as database:
        (found,) = database.everything()
    assert (found.endpoint, found.box, found.digit, found.label) == ("/read", tuple(second["box"]), 0, 6)
    message = refusal(correct(client, picture, box="1,2,3,4"), 422, "wrong_shape")
    assert message == (
        f"No digit is read at the box 1,2,3,4. The boxes of this picture: {','.join(map(str, first['box']))}; {box}."
    )


def test_blank_pages_and_what_is_no_digit(client, url, test_digit_png):
    blank = png(np.full((60, 60), 255, np.uint8))
    assert correct(client, blank).json()["answer"]["status"] == "blank"
    assert correct(client, test_digit_png(3), correction="not_a_digit").status_code == 201
    with keeper(url) as database:
        one, other = database.everything()
    assert (one.seen, one.digit, one.status, one.label) == (None, None, "blank", 7)
    assert (other.digit, other.label) == (3, 10)


def test_a_correction_can_be_withdrawn_by_its_id_once(client, url, test_digit_png):
    path = f"/feedback/{correct(client, test_digit_png(4)).json()['id']}"
    gone = client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    message = refusal(client.delete(path), 404, "no_correction")
    assert message == "There is no correction with this id. It may have been withdrawn already."
    with keeper(url) as database:
        assert database.told() == []


def test_nothing_is_kept_without_consent(client, url, test_digit_png):
    for consent in (None, "", "no", "YES", "on"):
        message = refusal(correct(client, test_digit_png(4), consent=consent), 400, "bad_request")
        assert message == (
            "The field 'consent' is not 'yes'. A correction keeps the picture, to train and judge models with: send "
            "consent=yes where whoever made it agrees."
        )
    with keeper(url) as database:
        assert database.told() == []


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"correction": None}, 400, "The form has no text field 'correction'. With curl: -F correction=VALUE."),
        ({"correction": "10"}, 422, "The field 'correction' is '10', expected a digit from 0 to 9, or not_a_digit."),
        ({"correction": "٣"}, 422, "The field 'correction' is '٣', expected a digit from 0 to 9, or not_a_digit."),
        ({"correction": ""}, 422, "The field 'correction' is '', expected a digit from 0 to 9, or not_a_digit."),
        ({"box": "1,2,3"}, 422, "The box is '1,2,3', expected x0,y0,x1,y1 in pixels. Send it as /read gives it."),
        ({"box": "1,2,3,-4"}, 422, "The box is '1,2,3,-4', expected x0,y0,x1,y1 in pixels. Send it as /read gives it."),
        ({"box": "1,2,3," + "4" * 99}, 422, f"The box is '1,2,3,{'4' * 44}', expected x0,y0,x1,y1 in "),
    ],
)
def test_wrong_fields(client, test_digit_png, fields, status, said):
    code = {400: "bad_request", 422: "wrong_shape"}[status]
    assert refusal(correct(client, test_digit_png(4), **fields), status, code).startswith(said)


def test_what_is_no_form_or_no_picture(client, test_digit_png):
    bare = client.post("/feedback", content=test_digit_png(4), headers={"content-type": "image/png"})
    assert refusal(bare, 415, "wrong_type") == (
        "The content type is 'image/png', expected multipart/form-data with a file field 'image', 'correction' and "
        "'consent'."
    )
    assert refusal(correct(client, b"no picture"), 400, "not_a_picture")
    form = {"data": {"correction": "7", "consent": "yes"}}
    two = client.post("/feedback", files=[("image", b"1"), ("image", b"2")], **form)
    assert refusal(two, 400, "bad_request") == "The form has 2 files 'image', expected one. Correct one at a time."
    none = client.post("/feedback", files={"picture": b"1"}, **form)
    assert refusal(none, 400, "bad_request").startswith(
        "The form has no field 'image'. Received: consent, correction, "
    )
    text = client.post("/feedback", files={"image": b"1", "correction": b"7"}, data={"consent": "yes"})
    assert refusal(text, 400, "bad_request").startswith("The form has no text field 'correction'.")
    large = client.post("/feedback", files={"image": bytes(21 * 2**20)}, **form)
    assert refusal(large, 413, "too_large")


def test_foreign_sites_cannot_correct_in_anybodys_name(stored, url, test_digit_png):
    with serving(stored, FeedbackSettings(url), origins=("https://shop.example",)) as client:
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert refusal(correct(client, test_digit_png(4), foreign), 403, "foreign_site").startswith(
            "The web site https://evil.example may not use this service."
        )
        hidden = {"sec-fetch-site": "cross-site"}
        assert refusal(correct(client, test_digit_png(4), hidden), 403, "foreign_site").startswith(
            "The web site that sends this may not use this service."
        )
        assert refusal(client.delete("/feedback/x", headers=hidden), 403, "foreign_site")
        assert refusal(correct(client, test_digit_png(4), {"origin": "null"}), 403, "foreign_site")
        assert client.get("/model", headers=hidden).status_code == 200  # somebody followed a link
        allowed = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
        assert correct(client, test_digit_png(4), allowed).status_code == 201
        own = {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}
        assert correct(client, test_digit_png(4), own).status_code == 201


def test_one_address_may_correct_so_many_times_a_minute(stored, url, test_digit_png):
    picture, settings = test_digit_png(4), FeedbackSettings(url, per_minute=3)
    with serving(stored, settings) as client:
        assert [correct(client, picture).status_code for _ in range(3)] == [201] * 3
        often = correct(client, picture)
        assert refusal(often, 429, "too_often") == "One address allows 3 corrections a minute. Wait 20 s."
        assert often.headers["retry-after"] == "20"
        assert refusal(client.delete("/feedback/x"), 429, "too_often")  # nor try so many ids
        assert client.post("/predict", files={"image": picture}).status_code == 200
        others = TestClient(client.app, base_url="http://127.0.0.1:3000", client=("10.0.0.8", 5))
        others.portal = client.portal
        assert others.delete("/feedback/x").status_code == 404


def test_whoever_has_a_network_of_ipv6_has_one_address(stored, url):
    with serving(stored, FeedbackSettings(url, per_minute=2), "2001:db8::1") as client:
        for address, status in (("2001:db8::2", 404), ("2001:db8::3", 404), ("2001:db8::4", 429), ("2001:db9::4", 404)):
            each = TestClient(client.app, base_url="http://127.0.0.1:3000", client=(address, 5))
            each.portal = client.portal
            assert each.delete("/feedback/x").status_code == status


def test_a_key_speaks_for_ten_addresses_at_most(stored, url, tmp_path):
    key, line = keys.new_key("anna", 1000)
    (tmp_path / "keys").write_text(line)
    known = keys.read_keys(tmp_path / "keys")
    headers = {"x-api-key": key}
    with serving(stored, FeedbackSettings(url, per_minute=1), keys=known) as client:
        assert client.delete("/feedback/x").status_code == 401
        for last in range(11):
            each = TestClient(client.app, base_url="http://127.0.0.1:3000", client=(f"10.0.0.{last}", 5))
            each.portal = client.portal
            found = each.delete("/feedback/x", headers=headers)
            assert found.status_code == (404 if last < 10 else 429)
        assert refusal(found, 429, "too_often") == "The key of anna allows 10 corrections a minute. Wait 6 s."


def test_a_service_that_keeps_nothing_says_so(stored, test_digit_png):
    with serving(stored, NOTHING_KEPT) as client:
        for response in (correct(client, test_digit_png(4)), client.delete("/feedback/x")):
            assert refusal(response, 404, "feedback_off") == (
                "This service keeps no corrections. Whoever runs it can name a database for them."
            )


def test_a_full_database_says_so_and_keeps_what_it_has(stored, url, test_digit_png):
    with serving(stored, FeedbackSettings(url, most=1)) as client:
        full = counted("full")
        assert correct(client, test_digit_png(4)).status_code == 201
        response = correct(client, test_digit_png(5))
        message = refusal(response, 503, "feedback_full")
        assert response.headers["retry-after"] == "3600"
        assert message.startswith("The correction was not kept: there is room for 1 of them and ")
        assert counted("full") == full + 1
    with keeper(url) as database:
        assert [each.picture for each in database.everything()] == [test_digit_png(4)]


def test_a_locked_database_says_when_to_come_back_and_tells_no_details(client, url, test_digit_png, caplog):
    before = counted("kept"), counted("unavailable"), counted("withdrawn")
    kept = correct(client, test_digit_png(4))
    with locked(url):
        response = correct(client, test_digit_png(4))
    assert refusal(response, 503, "feedback_unavailable") == (
        "Nothing was changed: the database of corrections cannot be used now. Try again in 5 s; pictures are read all "
        "the same."
    )
    assert response.headers["retry-after"] == "5"
    assert "cannot be used (database is locked)." in caplog.text
    assert client.delete(f"/feedback/{kept.json()['id']}").status_code == 204
    after = counted("kept"), counted("unavailable"), counted("withdrawn")
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]


def counted(outcome: str) -> float:
    return metrics.REGISTRY.get_sample_value("digits_corrections_total", {"outcome": outcome}) or 0.0
