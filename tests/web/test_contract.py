"""The HTTP contract, in-process: the real service and model behind Starlette's test client."""

import re
from dataclasses import replace
from io import BytesIO

import anyio
import cv2
import numpy as np
import pytest
from anyio.from_thread import start_blocking_portal
from drawings import enlarged, number
from PIL import Image
from starlette.requests import Request
from starlette.testclient import TestClient

from pipeline.answer import Answer, Number
from pipeline.errors import TooSlow
from pipeline.explanation import Explanation
from pipeline.recognition.decide import BLANK
from pipeline.recognition.decode import MAX_PIXELS
from pipeline.recognition.encode import png
from pipeline.recognition.number_status import BLANK as NO_INK
from pipeline.recognition.recogniser import Recogniser
from pipeline.web import create_app, endpoints
from pipeline.web.limits import BytesInHand, LimitedBody


def refusal(response, status: int, code: str) -> str:
    """The message of a refusal, after checking that it is the one error object."""
    assert response.status_code == status, response.text
    body = response.json()
    assert list(body) == ["error"] and sorted(body["error"]) == ["code", "message"]
    assert body["error"]["code"] == code
    return body["error"]["message"]


def test_predict_reads_each_digit(client, test_digit_png, model):
    for label in range(10):
        response = client.post("/predict", files={"image": ("digit.png", test_digit_png(label), "image/png")})
        assert response.status_code == 200
        answer = response.json()
        assert (answer["status"], answer["digit"], answer["model"]) == ("digit", label, model.tag)
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert 0.7 < answer["confidence"] <= max(answer["probabilities"]) == answer["probabilities"][label]
        assert answer["seen"].startswith("data:image/png;base64,")


def test_predict_takes_the_bare_picture_as_body(client, test_digit_png):
    response = client.post("/predict", content=test_digit_png(4), headers={"content-type": "image/png"})
    assert response.json()["digit"] == 4


def test_a_blank_page(client, model):
    answer = client.post("/predict", files={"image": png(np.full((200, 300), 255, np.uint8))}).json()
    assert answer == {
        "status": "blank",
        "digit": None,
        "confidence": 0.0,
        "probabilities": [0.1] * 10,
        "seen": None,
        "model": model.tag,
        "message": BLANK,
    }


def test_read_answers_with_the_number_and_the_box_of_each_digit(client, test_digit, recogniser):
    picture = png(number([test_digit(4), test_digit(0)]))
    response = client.post("/read", files={"image": picture})
    assert response.status_code == 200
    found = Number.from_json(response.content)
    assert found == recogniser.read(picture)
    assert [(digit.status, digit.digit) for digit in found.digits] == [("digit", 4), ("digit", 0)]
    bare = client.post("/read", content=picture, headers={"content-type": "image/png"})
    assert bare.json() == response.json()


def test_read_finds_a_single_digit_and_where_it_is(client, test_digit):
    page = np.full((200, 300), 255, np.uint8)
    page[60:116, 90:146] -= test_digit(7).repeat(2, axis=0).repeat(2, axis=1)
    found = client.post("/read", files={"image": png(page)}).json()
    assert (found["text"], found["width"], found["height"]) == ("7", 300, 200)
    (digit,) = found["digits"]
    assert (digit["status"], digit["digit"]) == ("digit", 7)
    rows, columns = np.nonzero(page < 128)
    x0, y0, x1, y1 = digit["box"]
    assert 0 <= x0 <= columns.min() and columns.max() < x1 <= 300
    assert 0 <= y0 <= rows.min() and rows.max() < y1 <= 200


def test_read_finds_nothing_on_a_blank_page(client):
    found = client.post("/read", files={"image": png(np.full((200, 300), 255, np.uint8))}).json()
    assert found == {
        "text": "",
        "digits": [],
        "width": 300,
        "height": 200,
        "status": "blank",
        "lines": [],
        "unread": [],
        "message": NO_INK,
    }


def test_read_tells_what_it_could_not_read(client, test_digit):
    page = np.full((200, 400), 255, np.uint8)
    page[60:116, 30:86] -= test_digit(4).repeat(2, axis=0).repeat(2, axis=1)
    page[82:92, 200:250] = 0  # a dash, which is no digit
    found = client.post("/read", files={"image": png(page)}).json()
    assert (found["text"], found["lines"], found["status"], found["message"]) == ("4", ["4"], "number", None)
    (unread,) = found["unread"]
    assert unread == pytest.approx([200, 82, 250, 92], abs=3)
    cv2.circle(page, (106, 106), 6, 0, -1, cv2.LINE_AA)  # a point, which the eye tells from a small digit
    found = client.post("/read", files={"image": png(page)}).json()
    assert (found["text"], found["status"], len(found["unread"])) == ("4", "number", 2)


def test_most_of_the_most_doubtful_validation_digits_are_unsure(client, splits, stored):
    digits = splits.validation.images[:1000]
    doubtful = stored.model.classify(digits).probabilities.max(axis=1).argsort()[:5]
    files = [("images", png(digits[row])) for row in doubtful]
    answers = client.post("/predict_batch", files=files).json()["results"]
    unsure = [answer for answer in answers if answer["status"] == "unsure"]
    assert len(unsure) >= 3
    for answer in unsure:
        assert answer["confidence"] < stored.recogniser.options.sure
        assert answer["digit"] == int(np.argmax(answer["probabilities"]))


def test_explain_answers_as_predict_does_and_tells_what_the_layers_say(client, stored, test_digit_png):
    files = {"image": test_digit_png(4)}
    answer, explained = (client.post(path, files=files).json() for path in ("/predict", "/explain"))
    layers, filters, occlusion = (explained.pop(name) for name in ("layers", "filters", "occlusion"))
    assert (explained, filters, occlusion) == (answer, None, None)
    assert [layer["name"] for layer in layers][::5] == ["input", "output"]
    whole = Explanation.from_json(client.post("/explain?filters=1&occlusion=1&seen=1", files=files).content)
    assert whole == stored.explainer.explain(
        Answer(**answer | {"probabilities": tuple(answer["probabilities"])}), True, True
    )


@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_seen_is_left_out_where_it_is_asked_so(client, test_digit_png, path):
    usual, bare = (client.post(path + query, files={"image": test_digit_png(4)}).json() for query in ("", "?seen=0"))
    assert usual.pop("seen").startswith("data:image/png;base64,")
    assert bare == usual


def test_seen_is_left_out_of_all_digits_of_a_number_and_a_batch(client, test_digit, test_digit_png):
    picture = png(number([test_digit(4), test_digit(0)]))
    usual, bare = (client.post("/read" + query, files={"image": picture}).json() for query in ("", "?seen=0"))
    for digit in usual["digits"]:
        assert digit.pop("seen").startswith("data:image/png;base64,")
    assert bare == usual
    files = [("images", test_digit_png(3)), ("images", b"junk")]
    three, junk = client.post("/predict_batch?seen=0", files=files).json()["results"]
    assert three["digit"] == 3 and "seen" not in three and list(junk) == ["error"]


@pytest.mark.parametrize(
    "path",
    ["/predict?seen", "/read?seen", "/predict_batch?seen", "/explain?seen", "/explain?filters", "/explain?occlusion"],
)
def test_parameters_are_0_or_1(client, test_digit_png, path):
    field = "images" if "batch" in path else "image"
    response = client.post(f"{path}=yes", files={field: test_digit_png(4)})
    name = path.partition("?")[2]
    assert refusal(response, 400, "bad_request") == f"The parameter {name} is 'yes', expected 0 or 1."


# Refusals. How a picture is taken out of a request is the same code for /predict and /read.


@pytest.mark.parametrize("other", ["/read", "/explain"])
def test_read_and_explain_refuse_as_predict_does(client, other):
    for content, status, code in ((b"junk", 400, "not_a_picture"), (bytes(22 * 2**20), 413, "too_large")):
        refused = [client.post(path, files={"image": content}) for path in ("/predict", other)]
        messages = [refusal(each, status, code) for each in refused]
        assert messages[1] == messages[0].replace("/predict takes", f"{other} takes")
    message = refusal(client.post(other, json={}), 415, "wrong_type")
    assert message.startswith("The content type is 'application/json', expected multipart/form-data with a file field")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The picture is empty (0 bytes). Send the bytes of one picture file."),
        (
            b"not a picture",
            "These 13 bytes are not a picture in a format that is read. "
            "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF, HEIC.",
        ),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "This is an SVG drawing, which is not read. "
            "Export it as one of PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF, HEIC.",
        ),
    ],
)
def test_what_is_no_picture(client, content, message):
    assert refusal(client.post("/predict", files={"image": content}), 400, "not_a_picture") == message
    bare = client.post("/predict", content=content, headers={"content-type": "image/png"})
    assert refusal(bare, 400, "not_a_picture") == message


def test_a_truncated_picture(client, test_digit_png):
    message = refusal(client.post("/predict", files={"image": test_digit_png(4)[:100]}), 400, "not_a_picture")
    assert message.startswith("The picture is broken or truncated (")


def test_too_many_pixels(client):
    side = int(MAX_PIXELS**0.5) + 1
    content = png(np.zeros((side, side), np.uint8))
    assert refusal(client.post("/predict", files={"image": content}), 413, "too_large") == (
        f"The picture has {side}×{side} = {side * side:,} pixels; at most 64,000,000 are read. Send a smaller one."
    )


def test_too_many_bytes(client):
    message = refusal(client.post("/predict", files={"image": bytes(22 * 2**20)}), 413, "too_large")
    assert re.fullmatch(
        r"The request has 23,0\d\d,\d{3} bytes; /predict takes at most 21,037,056. Send less at a time.",
        message,
    )


def test_too_many_bytes_without_an_announced_length(client):
    stream = (bytes(2**20) for _ in range(30))
    response = client.post("/predict", content=stream, headers={"content-type": "image/png"})
    message = refusal(response, 413, "too_large")
    assert re.fullmatch(
        r"The request has (over )?[\d,]+ bytes; /predict takes at most 21,037,056\. Send less at a time\.", message
    )


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_wrong_content_type(client, kind):
    message = refusal(client.post("/predict", content=b"{}", headers={"content-type": kind}), 415, "wrong_type")
    assert message.startswith(f"The content type is '{kind}', expected multipart/form-data with a file field 'image'")


def test_form_without_the_field(client):
    assert refusal(client.post("/predict", files={"picture": b"x"}), 400, "bad_request") == (
        "The form has no field 'image'. Received: picture. Send the picture file as 'image'."
    )


def test_text_in_place_of_a_file_is_never_fetched(client):
    files = {"image": (None, "http://127.0.0.1:1/secret.png")}
    assert refusal(client.post("/predict", files=files), 400, "bad_request") == (
        "The field 'image' holds text, not a file. Send a file: with curl, -F image=@FILE."
    )


def test_two_files_in_place_of_one(client, test_digit_png):
    files = [("image", test_digit_png(1)), ("image", test_digit_png(2))]
    assert refusal(client.post("/predict", files=files), 400, "bad_request") == (
        "The form has 2 files 'image', expected one. Use /predict_batch for several."
    )


def test_a_broken_form(client):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    message = refusal(client.post("/predict", content=b"junk", headers=headers), 400, "bad_request")
    assert message.startswith("The ")


def test_one_bad_file_never_spoils_its_neighbours(client, test_digit_png):
    pictures = [test_digit_png(3), b"junk", test_digit_png(8), b"", test_digit_png(0)]
    response = client.post("/predict_batch", files=[("images", picture) for picture in pictures])
    results = response.json()["results"]
    assert [result.get("digit") for result in results] == [3, None, 8, None, 0]
    assert results[1] == {
        "error": {
            "code": "not_a_picture",
            "message": "These 4 bytes are not a picture in a format that is read. "
            "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF, HEIC.",
        }
    }


def test_the_limit_of_a_batch(client, test_digit_png):
    files = [("images", test_digit_png(1))] * (endpoints.MAX_BATCH + 1)
    assert refusal(client.post("/predict_batch", files=files), 422, "wrong_shape") == (
        "The form has 65 files 'images', expected at most 64. Send fewer at a time."
    )
    assert len(client.post("/predict_batch", files=files[:-1]).json()["results"]) == 64


BINARY = {"content-type": "application/octet-stream"}


def test_classify_as_json_and_as_bytes(client, splits, model):
    digits = splits.test.images[:100]
    as_json = client.post("/classify", content=digits.tobytes(), headers=BINARY).json()
    assert as_json["model"] == model.tag
    assert (np.argmax(as_json["probabilities"], axis=1) == splits.test.labels[:100]).mean() > 0.97
    response = client.post(
        "/classify", content=digits.tobytes(), headers={**BINARY, "accept": "application/octet-stream"}
    )
    assert response.headers["content-type"] == "application/octet-stream"
    as_bytes = np.frombuffer(response.content, "<f4").reshape(100, 10)
    np.testing.assert_allclose(as_bytes, as_json["probabilities"], atol=1e-7)


@pytest.mark.parametrize("count", [0, 1, 783, 785])
def test_classify_refuses_what_is_no_whole_number_of_digits(client, count):
    assert refusal(client.post("/classify", content=bytes(count), headers=BINARY), 422, "wrong_shape") == (
        f"The body has {count} bytes, expected a multiple of 784: each digit is 28×28 bytes, row by row, "
        "white ink (255) on black (0)."
    )


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("APPLICATION/Octet-Stream", "application/octet-stream"),
        ("application/json, application/octet-stream;q=0.5", "application/octet-stream"),
        ("application/octet-stream;q=0, application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_classify_follows_accept(client, accept, kind):
    response = client.post("/classify", content=bytes(784), headers={**BINARY, "accept": accept})
    assert response.headers["content-type"] == kind


def test_bulk_is_the_same_as_one_by_one(model, splits):
    digits = splits.validation.images[:600]
    bulk, alone = model.classify(digits).probabilities, model.classify(digits[-1:]).probabilities
    np.testing.assert_allclose(bulk[-1:], alone, atol=1e-6)
    assert model.classify(digits[:0]).probabilities.shape == (0, 10)


def test_names_that_cannot_be_decoded(client):
    form = b'--XX\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc\r\n--XX--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=XX; charset=undefined"}
    message = refusal(client.post("/predict", content=form, headers=headers), 400, "bad_request")
    assert message.startswith("The form cannot be decoded (")
    headers = {"content-type": "multipart/form-data; boundary=XX; charset=unicode_escape"}
    response = client.post("/predict", content=form.replace(b"image", b"\\ud800"), headers=headers)
    assert refusal(response, 400, "bad_request") == (
        "The form has no field 'image'. Received: ?. Send the picture file as 'image'."
    )


def test_classify_takes_bytes_alone(client):
    message = refusal(client.post("/classify", json=[[0]]), 415, "wrong_type")
    assert (
        message
        == "The content type is 'application/json', expected application/octet-stream with n×784 bytes as the body."
    )


def test_no_such_place_and_wrong_method(client):
    assert refusal(client.post("/predictt"), 404, "not_found").startswith(
        "There is no /predictt here. There are POST /predict, POST /read, POST /predict_batch, POST /explain and "
        "POST /classify;"
    )
    response = client.get("/predict")
    assert refusal(response, 405, "wrong_method").startswith("/predict does not take GET.")
    assert response.headers["allow"] == "POST"


@pytest.fixture
def app(stored):
    """The contract without the server around it."""
    app = create_app(dict)
    app.state.stored = stored
    return app


def test_too_many_bytes_in_hand_is_busy_too(app):
    app.state.bytes_in_hand = BytesInHand(1000)
    response = TestClient(app).post("/predict", content=bytes(2000), headers={"content-type": "image/png"})
    assert refusal(response, 503, "busy") == (
        "2,000 bytes are in hand, more than one worker takes. Try again in a second."
    )
    assert app.state.bytes_in_hand.count == 0


def test_busy_is_a_quick_refusal(app, test_digit_png):
    app.state.lanes.quick.work = 2.5 * app.state.lanes.quick.threads
    response = TestClient(app).post("/predict", files={"image": test_digit_png(1)})
    assert refusal(response, 503, "busy") == (
        "What is in hand takes 2.5 s, more than the 0.3 s that a request may wait. Try again in 3 s."
    )
    assert response.headers["retry-after"] == "3"


def test_large_pictures_and_small_ones_are_answered_in_lanes_of_their_own(app, test_digit, recogniser):
    client, lanes = TestClient(app), app.state.lanes
    large = png(enlarged(test_digit(4), 600))
    lanes.quick.costs.clear()
    answer = client.post("/predict", files={"image": large}).json()
    assert tuple(answer["probabilities"]) == recogniser.recognise(large).probabilities
    assert [*lanes.quick.costs] == [*lanes.large.costs]  # looked at the size alone there, at the picture here
    assert client.post("/predict", files={"image": png(test_digit(4))}).json()["digit"] == 4
    assert (len(lanes.quick.costs), len(lanes.large.costs)) == (2, 1)
    lanes.large.work = 2.5
    response = client.post("/predict", files={"image": large})
    assert refusal(response, 503, "busy").startswith("What is in hand takes 2.5 s, more than the 1 s ")


def test_a_body_that_does_not_come_is_not_waited_for():
    async def receive():
        await anyio.sleep(1)

    body = LimitedBody(Request({"type": "http", "headers": []}, receive), 100, BytesInHand(), seconds=0.05)
    with (
        start_blocking_portal() as portal,
        pytest.raises(TooSlow, match=r"^Only 0 bytes of the request came within 0 s"),
    ):
        portal.call(body.receive)


def test_a_failure_of_ours_is_one_error_object_too(app, test_digit_png, caplog):
    app.state.stored = None  # no recogniser at all
    client = TestClient(app, raise_server_exceptions=False)
    message = refusal(client.post("/predict", files={"image": test_digit_png(1)}), 500, "internal")
    assert message.startswith("The service failed on this request; its log says why.")
    assert "POST /predict failed" in caplog.text


def test_a_failure_of_ours_on_one_picture_of_a_batch_spoils_no_other(app, recogniser, test_digit_png, caplog):
    class Faulty(Recogniser):
        def recognise(self, picture):
            if picture == b"fault":
                raise IndexError("a fault of ours")
            return super().recognise(picture)

    faulty = Faulty(recogniser.eye, recogniser.model, recogniser.verifier, recogniser.options)
    app.state.stored = replace(app.state.stored, recogniser=faulty)
    pictures = [test_digit_png(3), b"fault", test_digit_png(8)]
    response = TestClient(app).post("/predict_batch", files=[("images", each) for each in pictures])
    results = response.json()["results"]
    assert [result.get("digit") for result in results] == [3, None, 8]
    assert results[1]["error"]["code"] == "internal"
    assert "a fault of ours" not in results[1]["error"]["message"]
    assert "a picture of /predict_batch failed" in caplog.text


def test_infrastructure(client):
    assert [client.get(path).status_code for path in ("/livez", "/readyz", "/healthz")] == [200] * 3


def test_every_format_gives_the_same_answer(client, test_digit):
    picture = Image.fromarray(test_digit(5)).resize((280, 280), Image.Resampling.BICUBIC)
    for name in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        out = BytesIO()
        picture.save(out, name)
        answer = client.post("/predict", files={"image": out.getvalue()}).json()
        assert (answer["status"], answer["digit"]) == ("digit", 5), name
