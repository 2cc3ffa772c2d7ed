"""What of Gradio can be reached over the sketchpad's port: little, and nothing of it fails for what a client sends."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from servers import free_port

from pipeline.answer import Answer
from ui.app import build_ui, launch_settings

NOTHING = {"detail": "There is no such address here. Open / to draw."}
DRAWING = {"mode": "digit", "drawing": "data:image/png;base64,aaaa"}
EVENT = {"data": [DRAWING], "fn_index": 0, "session_hash": "test", "trigger_id": 4, "event_data": {}}


def recognise(picture):
    if picture == b"":
        raise ZeroDivisionError("of ours")
    return Answer("digit", 7, 0.9, (0.1,) * 10, None, "digits:test")


@pytest.fixture(scope="module")
def client():
    """Of a page in this process; see test_ui."""

    async def launched():
        page = build_ui(recognise, recognise)
        page.launch(server_port=free_port(), **launch_settings(["pad.example"]))
        return page

    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(launched())).result()
    with httpx.Client(base_url=page.local_url, trust_env=False) as client:
        yield client
    page.close(verbose=False)


def predict(client, **request):
    return client.post("/gradio_api/run/predict", **request)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", f"/gradio_api/{path}") for path in ("queue/join", "upload", "reset", "cancel", "call/react")),
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
        *(("GET", f"/gradio_api/{path}") for path in ("heartbeat/", "heartbeat/" + "x" * 65, "run/predict")),
        *(
            ("GET", path)
            for path in ("/monitoring", "/gradio_api/deep_link", "/svelte/x.js", "/pwa_icon/9", "/assets/")
        ),
        *(("GET", path) for path in ("/assets/%2e%2e/routes.py", "/static/%00.js", "/assets/.x.js", "/login_check")),
        *(("POST", path) for path in ("/", "/login", "/config")),
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


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/gradio_api/app_id", "/gradio_api/startup-events"])
def test_what_the_page_asks_for_is_there(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/assets/nothing.js", "/static/no/such.js", "/assets/a/b.css"])
def test_a_file_that_does_not_exist(client, path):
    assert 400 <= client.get(path).status_code < 500


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the body: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (b"{", "the body: Invalid JSON: EOF while parsing an object at line 1 column 1"),
        (b"\xff\xfe", "the body: Invalid JSON: expected value at line 1 column 1"),
        (b"[" * 9999, "the body: Invalid JSON: recursion limit exceeded at line 1 column 202"),
        (b"[]", "the body: Input should be an object"),
        (b"null", "the body: Input should be an object"),
        (b"{}", "data: Field required"),
        (b'{"data": [null]}', "fn_index: Field required"),
        (b'{"data": 7, "fn_index": 0}', "data: Input should be a valid array"),
        (b'{"data": null, "fn_index": 0}', "data: Input should be a valid array"),
        (b'{"data": [], "fn_index": 0}', "data.0: Field required"),
        (b'{"data": [null, null], "fn_index": 0}', "data: Tuple should have at most 1 item after validation, not 2"),
        (b'{"data": [7], "fn_index": 0}', "data.0: Input should be an object"),
        (b'{"data": [{}], "fn_index": 0}', "data.0.mode: Field required"),
        (b'{"data": [{"mode": "", "drawing": 7}], "fn_index": 0}', "data.0.drawing: Input should be a valid string"),
        (b'{"data": [{"mode": [], "drawing": ""}], "fn_index": 0}', "data.0.mode: Input should be a valid string"),
        *(
            (b'{"data": [null], "fn_index": %s}' % index, "fn_index: Input should be 0")
            for index in (b"1", b"-1", b"null", b'"0"', b"0.5", b"true", b"9" * 18)
        ),
    ],
)
def test_a_malformed_event_is_one_line(client, body, said):
    response = predict(client, content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (
        400,
        {"detail": f"This is no event of the sketchpad: {said}. Reload the page."},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        *({"session_hash": value} for value in (None, 7, [], "x" * 9999, "../..")),
        *({"trigger_id": value} for value in (None, -1, 10**30, "4", {})),
        *({"event_data": value} for value in (None, 7, [], {"a": {"path": "/etc/passwd"}})),
        *({name: True} for name in ("batched", "simple_format", "event_id", "oauth_token", "request", "new")),
    ],
)
def test_what_else_an_event_says_makes_no_difference(client, wrong):
    response = predict(client, json={**EVENT, **wrong})
    assert response.status_code == 200
    assert ">7<" in response.json()["data"][0]


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-16", "multipart/form-data", "x" * 999])
def test_the_content_type_makes_no_difference(client, kind):
    response = predict(client, json=EVENT, headers={"content-type": kind})
    assert response.status_code == 200


def test_gradio_is_given_no_file_to_fetch(client):
    """It would download what a value of this form names, and keep it; what it may not it made an error 500."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        url = f"http://127.0.0.1:{inside.getsockname()[1]}/secret"
        value = {**DRAWING, "path": url, "url": url, "meta": {"_type": "gradio.FileData"}}
        assert predict(client, json={**EVENT, "data": [value]}).status_code == 200
        inside.settimeout(0.1)
        with pytest.raises(TimeoutError):
            inside.accept()


def test_a_fault_of_ours_is_still_an_error_500_and_logged(client, capfd):
    empty = {"mode": "digit", "drawing": "data:image/png;base64,"}
    assert predict(client, json={**EVENT, "data": [empty]}).status_code == 500
    assert "ZeroDivisionError: of ours" in capfd.readouterr().err


def test_a_client_that_hangs_up_in_mid_body(client, capfd):
    with socket.create_connection((client.base_url.host, client.base_url.port)) as hasty:
        hasty.sendall(b"POST /gradio_api/run/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert client.get("/").status_code == 200
    assert capfd.readouterr().err == ""


def test_names_that_others_can_register_are_refused(client):
    for path in ("/", "/config", "/assets/x.js"):
        response = client.get(path, headers={"host": "evil.example"})
        assert (response.status_code, response.json()["detail"]) == (
            400,
            "This server does not answer to the name 'evil.example'. Ask for it by its IP address or as localhost, "
            "or start it with --trusted-host evil.example",
        )
    for host in ("pad.example:7860", "localhost:7860", "10.0.0.1", "container_name"):
        assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config", "/nosuch", "/theme.css"])
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert [headers[name] for name in ("x-content-type-options", "referrer-policy", "x-frame-options")] == [
        "nosniff", "no-referrer", "DENY",
    ]  # fmt: skip
