"""Requests from a seed that no well-meaning client sends: the same seed gives the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from drawings import SEVEN, drawn
from malformed import EXTREMES, bits, bytes_anywhere, cut, mutants, shapes, spliced

from pipeline.recognition.encode import png

PATHS = (
    *("/predict", "/read", "/predict_batch", "/classify", "/model", "/livez", "/readyz", "/healthz", "/metrics"),
    *(
        "/explain",
        "/static/api.js",
        "/static/%00",
        "/static/..%2f..%2fwords.py",
        "/static/" + "x" * 3000,
        "/static/%ff",
    ),
    *("/docs.json", "/", "/predict/", "//predict", "/PREDICT", "/no/such/place", "/%00", "/%ff%fe", "/..%2f..%2fetc"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
TYPES = (
    *("", "image/", "image/png", "IMAGE/PNG; a=b", "image/svg+xml", "text/plain", "application/json", "a/b/c", ";;;"),
    *("application/octet-stream", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 300),
    *("multipart/form-data; boundary=x; charset=utf-7", "multipart/form-data; boundary=x; charset=undefined"),
)
HEADERS = (
    *(("accept", value) for value in ("", "*/*;q=0", "application/octet-stream;q=abc", ",;,;", "a" * 9000)),
    *(("content-encoding", value) for value in ("gzip", "br", "identity, identity")),
    *(("accept-encoding", "br;q=1000, gzip;q=-1"), ("range", "bytes=0-"), ("range", "bytes=9-1"), ("expect", "x")),
    *(("host", value) for value in ("", "a b", "[::1", "x" * 2000)),
    *(("x-forwarded-for", "unknown, ::::"), ("cookie", "=;=;="), ("authorization", "Basic %%%"), ("te", "trailers")),
    *(("if-none-match", "*"), ("origin", "null"), ("upgrade", "websocket"), ("connection", "upgrade")),
    *(("traceparent", "00-0-0-0"), ("tracestate", "=,="), ("baggage", "a=%ff;" * 500)),
)
QUERIES = (
    "",
    "?seen=0",
    "?seen=%00",
    "?seen=" + "1" * 3000,
    "?filters=1&occlusion=1",
    "?&=&",
    "?seen[]=1&seen=2",
    "?%ff",
)
BOUNDARY = "x"
PICTURE_ENDPOINTS = ("/predict", "/read", "/predict_batch")


@dataclass(frozen=True)
class OddRequest:
    """What is sent, and the kind that it is counted as."""

    kind: str
    method: str = "POST"
    path: str = "/predict"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def odd_requests(seed: int, each: int = 10) -> Iterator[OddRequest]:
    """Over 3,000 requests, with `each` malformed pictures of every kind."""
    random = Random(seed)
    seven = png(drawn(SEVEN, 8, 90, 60))
    for number, (kind, content) in enumerate(mutants(seed, each)):
        form, change = kind.split(", ")
        yield _with(content, f"{form.split()[0]}: {change}", PICTURE_ENDPOINTS[number % 3], bare=number % 2 == 0)
    for number, (_, content) in enumerate(shapes()):
        yield _with(content, "thin and huge shapes", PICTURE_ENDPOINTS[number % 2], bare=True)
    for path in PATHS:
        for method in METHODS:
            yield OddRequest("paths and methods", method, path, seven, {"content-type": "image/png"})
            yield OddRequest("paths and methods", method, path + random.choice(QUERIES))
    for kind in TYPES:
        for path in PATHS[:4]:
            yield OddRequest(
                "content types", "POST", path, random.choice((seven, b"", form_of([seven]))), {"content-type": kind}
            )
    for name, value in HEADERS:
        for path in (*PATHS[:5], "/livez"):
            method = "POST" if path in PATHS[:4] else "GET"
            yield OddRequest("headers", method, path, seven, {"content-type": "image/png", name: value})
    yield from _forms(random, seven, 40 * each)
    for _ in range(10 * each):
        length = random.choice((*EXTREMES[:10], 784, 785, 78_400))
        accept = random.choice(("*/*", "application/octet-stream"))
        headers = {"content-type": "application/octet-stream", "accept": accept}
        yield OddRequest("ready-made digits", "POST", "/classify", random.randbytes(length), headers)


def _with(picture: bytes, kind: str, path: str, bare: bool) -> OddRequest:
    if bare and path != "/predict_batch":
        return OddRequest(kind, "POST", path, picture, {"content-type": "image/png"})
    name = "images" if path == "/predict_batch" else "image"
    return OddRequest(kind, "POST", path, form_of([picture], name), FORM)


FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def form_of(pictures: list[bytes], name: str = "image", file: str = '; filename="a"') -> bytes:
    """A multipart form."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
    return b"".join([*(head + picture + b"\r\n" for picture in pictures), f"--{BOUNDARY}--\r\n".encode()])


def _forms(random: Random, seven: bytes, count: int) -> Iterator[OddRequest]:
    """Broken ones, and whole ones of odd content."""
    whole = {"one": form_of([seven]), "text": form_of([b"7"], file=""), "images": form_of([seven] * 3, "images")}
    whole |= {"none": form_of([]), "many": form_of([b""] * 1200), "long name": form_of([seven], "i" * 70_000)}
    whole["odd names"] = form_of([seven], "\0\udcff".encode("utf-8", "surrogateescape").decode("latin-1"))
    whole["headers"] = whole["one"].replace(b"\r\n\r\n", b"\r\n" + b"A: b\r\n" * 500 + b"\r\n")
    forms = list(whole.values())
    for number in range(count):
        content = forms[number] if number < len(forms) else random.choice(forms)
        if number >= len(forms):
            content = random.choice((bits, bytes_anywhere, cut, spliced))(content, random, whole)
        yield OddRequest("multipart forms", "POST", random.choice(PICTURE_ENDPOINTS), content, FORM)


# What a client library refuses to send, as it goes over the wire.
RAW = tuple(
    head.encode("latin-1") + body
    for head, body in (
        ("", b""),
        ("\r\n\r\n", b""),
        ("GET\r\n\r\n", b""),
        ("GET / HTTP/9.9\r\n\r\n", b""),
        ("GET /livez HTTP/1.1\r\n\r\n", b""),
        ("\x16\x03\x01\x02\0\x01\0", bytes(600)),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b""),
        ("FOO /predict HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        ("GET " + "/a" * 40_000 + " HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        ("GET /livez HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 20_000 + "\r\n", b""),
        *(
            (f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n{line}\r\n\r\n", body)
            for line, body in (
                ("Content-Length: -1", b"a"),
                ("Content-Length: 1e3", b"a"),
                ("Content-Length: " + "9" * 19, b"a"),
                ("Content-Length: " + "9" * 5000, b"a"),
                ("Content-Length: 1\r\nContent-Length: 2", b"ab"),
                ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
                ("Transfer-Encoding: chunked", b"zz\r\nhello\r\n0\r\n\r\n"),
                ("Transfer-Encoding: chunked", b"fffffffffffffffff\r\nhello\r\n"),
                ("Transfer-Encoding: chunked", b"5\r\nhel"),
                ("Transfer-Encoding: gzip, chunked", b"0\r\n\r\n"),
                ("Content-Length: 5\r\nExpect: 100-continue", b"hello"),
                ("Content-Type: \xff\xfe\r\nContent-Length: 1", b"a"),
                ("X: a\0b\r\nContent-Length: 1", b"a"),
                (" folded: line\r\nContent-Length: 1", b"a"),
            )
        ),
    )
)
