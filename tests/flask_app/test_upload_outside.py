"""The upload page seen from outside: its headers, the names that it answers to, and its command."""

import re
import signal
import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest
from servers import ROOT
from upload_page import (
    of_bytes,
    problem,
    recognise,
)

from flask_app import create_app
from flask_app.__main__ import main


def test_security_headers_on_everything(client):
    for path in ("/", "/nothing", "/static/page.js"):
        with client.get(path) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/static/page.css"])
@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example:5000", "localhost.evil.example", "1.2.3.4.5"])
def test_a_foreign_host_name_is_refused(client, path, name):
    response = client.get(path, headers={"Host": name})
    name = name.partition(":")[0]
    assert response.status_code == 400
    assert problem(response) == (
        f"This server does not answer to the name '{name}'. Ask for it by its IP address or as localhost, "
        f"or start it with --trusted-host {name}"
    )


@pytest.mark.parametrize(
    "name", ["localhost:5000", "127.0.0.1", "192.168.1.20:5000", "[::1]:5000", "flask_app:5000", "den.local"]
)
def test_a_host_name_that_nobody_can_register_is_served(client, name):
    assert client.get("/", headers={"Host": name}).status_code == 200


def test_a_trusted_host_is_served():
    client = create_app(of_bytes(recognise), trusted_hosts=["digits.example.org", ".preview.example"]).test_client()
    assert client.get("/", headers={"Host": "digits.example.org"}).status_code == 200
    assert client.get("/", headers={"Host": "branch.preview.example:443"}).status_code == 200
    assert client.get("/", headers={"Host": "www.digits.example.org"}).status_code == 400


def test_a_host_that_is_no_name(client):
    response = client.get("/", headers={"Host": "[::"})
    assert (response.status_code, problem(response)) == (400, "The Host header of this request is not a host name.")


# The command line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--port", "x"], "argument --port: expected a port from 0 to 65535, received 'x'"),
        (["--port", "65536"], "argument --port: expected a port from 0 to 65535, received '65536'"),
        (["--service", "there"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'there'"),
        (["--service", "http:"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'http:'"),
        (["--root-path", "up"], "argument --root-path: expected a path such as /upload, received 'up'"),
        (["--root-path", "//x"], "argument --root-path: expected a path such as /upload, received '//x'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_bad_arguments_are_one_line(capsys, arguments, line):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr() == ("", f"python -m flask_app: {line}. Try --help.\n")


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as stopped:
        port = taken.getsockname()[1]
        main(["--port", str(port)])
    expected = f"cannot listen on 127.0.0.1 port {port}: address already in use. Try another --host or --port."
    assert stopped.value.code == f"python -m flask_app: {expected}"  # printed to stderr, exit status 1


def test_a_host_that_does_not_exist_is_one_line():
    with pytest.raises(SystemExit) as stopped:
        main(["--host", "not a host", "--port", "0"])
    # Between the colons stand the system's own words, which differ.
    assert re.fullmatch(
        r"python -m flask_app: cannot listen on not a host port 0: [\w ]+\. Try another --host or --port\.",
        str(stopped.value.code),
    )


@pytest.mark.slow
def test_it_serves_and_says_where_until_told_to_end():
    command = [sys.executable, "-m", "flask_app", "--port", "0", "--service", "http://127.0.0.1:9"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        url = re.fullmatch(r"Upload page on (\S+) reads with http://127.0.0.1:9; Ctrl\+C stops it.\n", line)[1]
        with urlopen(url, timeout=30) as response:
            assert "<h1>Read handwritten digits</h1>" in response.read().decode()
        server.send_signal(signal.SIGTERM)
        assert server.communicate(timeout=30) == ("", "")
    assert server.returncode == 0


def test_the_development_server_finds_the_application():
    command = [sys.executable, "-m", "flask", "--app", "flask_app", "routes"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert re.search(r"^page +GET +/ *$", found.stdout, re.MULTILINE)
    assert re.search(r"^read +POST +/ *$", found.stdout, re.MULTILINE)
