"""What keeps small requests cheap: counts, which no busy machine changes. The times are `make bench-serving`'s."""

import cProfile
import pstats

from loops import run as in_loop

from pipeline.recognition.encode import png
from pipeline.web import create_app

# A tenth above what they are. Each call takes a microsecond or so; a digit's whole way takes two to three thousand.
MOST_CALLS_OF_A_GLANCE = 1_280
MOST_CALLS_AROUND_IT = 480

CLEAR = 0  # the row of a validation digit of which one look is enough
HEADERS = [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=XX")]
FORM = b'--XX\r\nContent-Disposition: form-data; name="image"; filename="7.png"\r\n\r\n%b\r\n--XX--\r\n'


def test_calls_of_a_request(stored, splits):
    picture = png(splits.validation.images[CLEAR])
    recognise, request = calls(lambda: stored.recogniser.recognise(picture)), calls_of_a_request(stored, picture)
    assert recognise < MOST_CALLS_OF_A_GLANCE
    assert request - recognise < MOST_CALLS_AROUND_IT


def calls(work) -> int:
    work()  # fills caches
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile).total_calls


def calls_of_a_request(stored, picture: bytes) -> int:
    app = create_app(dict)
    app.state.stored = stored

    async def asked() -> int:
        profile = cProfile.Profile()
        assert await ask(app, picture) == 200  # fills caches
        profile.enable()
        assert await ask(app, picture) == 200
        profile.disable()
        return pstats.Stats(profile).total_calls

    return in_loop(asked)


async def ask(app, picture: bytes) -> int:
    sent = []

    async def receive():
        return {"type": "http.request", "body": FORM % picture, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "root_path": "", "query_string": b""}
    await app({**scope, "headers": HEADERS}, receive, send)
    return sent[0]["status"]
