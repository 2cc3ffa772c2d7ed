"""What can be reached over the sketchpad's port: little of Gradio, our own, and nothing that fails for what is sent."""

import logging
import re
import socket
import time
from contextlib import ExitStack
from html import unescape

import httpx
import pytest
from servers import ROOT
from sketchpads import served

from pipeline.answer import Answer
from pipeline.faces.frame import DESCRIPTION
from ui.readings import IN_MEMORY_BYTES, MOST_BYTES, MOST_LARGE
from ui.sign_in import SignIn

NOTHING = {"detail": "There is no such address here. Open / to draw."}
BYTES = {"content-type": "application/octet-stream"}


def recognise(picture):
    if picture.read() == b"":
        raise ZeroDivisionError("of ours")
    return Answer("digit", 7, 0.9, (0.1,) * 10, None, "digits:test")


@pytest.fixture(scope="module")
def client():
    with (
        served(recognise, recognise, trusted_hosts=["pad.example"]) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(
            ("POST", f"/gradio_api/{path}")
            for path in ("queue/join", "upload", "reset", "cancel", "call/react", "run/predict")
        ),
        *(
            ("POST", f"/gradio_api/{path}")
            for path in ("call/v2/react", "api/predict", "run/react", "component_server")
        ),
        *(("POST", f"/gradio_api/{path}") for path in ("stream/x", "stream/x/close", "process_recording", "vibe-edit")),
        *(
            ("GET", f"/gradio_api/{path}")
            for path in ("file=/etc/passwd", "file/x", "proxy=http://127.0.0.1:9/", "info")
        ),
        *(
            ("GET", f"/gradio_api/{path}")
            for path in ("queue/data", "upload_progress", "runs", "openapi.json", "token")
        ),
        *(("GET", f"/gradio_api/{path}") for path in ("heartbeat/", "heartbeat/x", "app_id", "run/predict")),
        *(
            ("GET", path)
            for path in ("/monitoring", "/gradio_api/deep_link", "/svelte/x.js", "/pwa_icon/9", "/assets/")
        ),
        *(("GET", path) for path in ("/assets/%2e%2e/routes.py", "/static/%00.js", "/assets/.x.js", "/login_check")),
        *(("POST", path) for path in ("/", "/login", "/config", "/reading", "/reading/a/b")),
        *(
            ("GET", path)
            for path in ("/reading/digit", "/pad/", "/pad/no%2fsuch", "/faces/.x.css", "/manifest.json", "/config")
        ),
        *((method, "/") for method in ("PUT", "DELETE", "OPTIONS", "PATCH")),
    ],
)
def test_what_the_page_never_asks_for_is_not_there(client, method, path):
    body = b"{}" if method == "POST" else None
    response = client.request(method, path, content=body)
    assert (response.status_code, response.json()) == (404, NOTHING)


def test_an_upload_leaves_nothing_on_the_disk(client):
    response = client.post("/gradio_api/upload", files={"files": ("a.bin", bytes(900_000))})
    assert (response.status_code, response.json()) == (404, NOTHING)


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/theme.css", "/gradio_api/startup-events"])
def test_what_the_page_asks_for_is_there(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("folder", ["pad:ui/static", "faces:pipeline/faces/static"])
def test_our_files_are_served_as_they_are_and_asked_for_again_each_time(client, folder):
    route, _, place = folder.partition(":")
    for path in (ROOT / place).rglob("*.*"):
        response = client.get(f"/{route}/{path.relative_to(ROOT / place)}")
        assert (response.status_code, response.content) == (200, path.read_bytes())
        assert response.headers["cache-control"] == "no-cache"
        again = client.get(response.url, headers={"if-none-match": response.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/assets/nothing.js", "/static/no/such.js", "/assets/a/b.css", "/pad/no.js", "/faces/no.css"]
)
def test_a_file_that_does_not_exist(client, path):
    assert 400 <= client.get(path).status_code < 500


def test_the_page_introduces_itself_as_ours(client):
    page = client.get("/").text
    properties = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    image = properties.pop("image")
    assert (unescape(properties["description"]), properties["title"]) == (DESCRIPTION, "Handwritten digits")
    assert image == f"{client.base_url}/faces/card.png"
    assert client.get(image).headers["content-type"] == "image/png"
    assert '<html\n\tlang="en"' in page
    assert re.search(r'<link rel="icon" href="faces/icon.svg"', page)
    assert client.get("/favicon.ico").headers["content-type"].startswith("image/svg+xml")
    head, _, _ = page.partition("<script>")
    assert "gradio" not in head.lower() and "twitter:" not in page


def test_what_is_no_picture_s_bytes_is_refused_so_that_no_form_of_a_foreign_site_is_read(client):
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        response = client.post("/reading/digit", content=b"x", headers={"content-type": kind})
        assert response.status_code == 415
        assert response.json()["status"] == "failure"


def test_one_picture_has_a_largest_size(client):
    response = client.post("/reading/digit", content=bytes(MOST_BYTES + 1), headers=BYTES)
    assert response.status_code == 413
    assert client.post("/reading/digit", content=bytes(MOST_BYTES), headers=BYTES).status_code == 200


def test_large_pictures_wait_for_each_other_and_drawings_for_none(client):
    head = b"POST /reading/digit HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n"
    head += b"Content-Type: application/octet-stream\r\n\r\n"
    large, deadline = bytes(IN_MEMORY_BYTES + 1), time.monotonic() + 30

    def status(content):
        return client.post("/reading/digit", content=content, headers=BYTES).status_code

    with ExitStack() as stack:
        opened = 0
        while opened < MOST_LARGE or status(large) != 503:
            slow = stack.enter_context(socket.create_connection((client.base_url.host, client.base_url.port)))
            slow.sendall(head + large)
            opened += 1
            assert time.monotonic() < deadline
        assert status(b"x") == 200
    while status(large) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_under_a_path_of_a_proxy_which_takes_it_off(client):
    with (
        served(recognise, recognise, root_path="/digits") as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        page = client.get("/").text
        assert f'<meta property="og:image" content="{url}/digits/faces/card.png">' in page
        assert f'"root":"{url}/digits"' in page
        assert not re.findall(r'(?:src|href)="/', page)
        for path in ("/pad/main.js", "/faces/examples/four.png", "/theme.css"):
            assert client.get(path).status_code == 200
        assert client.post("/reading/digit", content=b"x", headers=BYTES).json()["large"] == "7"


def test_a_fault_of_ours_is_still_an_error_500_and_logged(client, caplog):
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(caplog.handler)
    try:
        assert client.post("/reading/digit", content=b"", headers=BYTES).status_code == 500
        deadline = time.monotonic() + 10  # it is logged once the answer is out
        while "ZeroDivisionError: of ours" not in caplog.text:
            assert time.monotonic() < deadline, caplog.text
            time.sleep(0.02)
    finally:
        logger.removeHandler(caplog.handler)


def test_a_client_that_hangs_up_in_mid_body(client, capfd):
    with socket.create_connection((client.base_url.host, client.base_url.port)) as hasty:
        head = b"POST /reading/digit HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        hasty.sendall(head + b"Content-Type: application/octet-stream\r\n\r\n{")
    assert client.get("/").status_code == 200
    assert capfd.readouterr().err == ""


def test_names_that_others_can_register_are_refused(client):
    for path in ("/", "/assets/x.js", "/pad/main.js"):
        response = client.get(path, headers={"host": "evil.example"})
        assert (response.status_code, response.json()["detail"]) == (
            400,
            "This server does not answer to the name 'evil.example'. Ask for it by its IP address or as localhost, "
            "or start it with --trusted-host evil.example",
        )
    for host in ("pad.example:7860", "localhost:7860", "10.0.0.1", "container_name"):
        assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/nosuch", "/theme.css", "/pad/main.js"])
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert [headers[name] for name in ("x-content-type-options", "referrer-policy", "x-frame-options")] == [
        "nosniff", "no-referrer", "DENY",
    ]  # fmt: skip


# With a name and a password


@pytest.fixture(scope="module")
def guarded():
    with (
        served(recognise, recognise, sign_in=SignIn("anna", "long enough")) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


def test_without_signing_in_nothing_is_read_or_told(guarded):
    page = guarded.get("/").text
    assert "Sign in to draw" in page and "gradio" not in page
    response = guarded.post("/reading/digit", content=b"x", headers=BYTES)
    assert (response.status_code, response.json()) == (401, {"status": "signed_out"})
    for cookie in ("access-token-x=anna", "access-token-unsecure-=; access-token-="):
        headers = {**BYTES, "cookie": cookie}
        assert guarded.post("/reading/digit", content=b"x", headers=headers).status_code == 401


@pytest.mark.parametrize(("name", "password"), [("anna", "long enougj"), ("Anna", "long enough"), ("", "")])
def test_a_wrong_guess_is_refused(guarded, name, password):
    response = guarded.post("/login", data={"username": name, "password": password})
    assert response.status_code in (400, 422)
    assert guarded.cookies == {}


def test_who_signs_in_may_read(guarded):
    with httpx.Client(base_url=guarded.base_url, trust_env=False) as anna:
        assert anna.post("/login", data={"username": "anna", "password": "long enough"}).status_code == 200
        assert "gradio" in anna.get("/").text
        assert anna.post("/reading/digit", content=b"x", headers=BYTES).json()["large"] == "7"


def test_a_form_to_sign_in_is_short(guarded):
    response = guarded.post("/login", data={"username": "x" * 10_001, "password": "x"})
    assert (response.status_code, response.json()) == (413, {"detail": "The form is longer than 10,000 bytes."})
