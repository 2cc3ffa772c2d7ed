"""The real service, with each database in turn: what it acknowledged survives, and it reads on whatever is wrong."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from corrections import locked
from servers import ROOT, Server, bentoml_command

from pipeline.client import Client, Refused
from pipeline.feedback.settings import MOST, PER_MINUTE, URL

pytestmark = pytest.mark.slow


@pytest.fixture
def server(home, url, tmp_path):
    environment = {URL: url, PER_MINUTE: "20", "DIGITS_LOG": "text", MOST: "40"}
    server = Server(bentoml_command("serve"), "/readyz", tmp_path / "log", environment)
    server.start()
    yield server
    server.stop()


def listed(url: str) -> list[dict]:
    command = [sys.executable, "-m", "pipeline", "feedback", "list", "--json", "--database", url]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def kill(server: Server) -> None:
    """Its workers too, which are in sessions of their own."""
    assert server.process
    parent = psutil.Process(server.process.pid)
    processes = [parent, *parent.children(recursive=True)]
    for process in processes:
        process.kill()
    server.process.wait()
    assert not psutil.wait_procs(processes, timeout=20)[1]


def test_what_was_acknowledged_survives_and_reading_goes_on(server, url, request, test_digit_png):
    picture = test_digit_png(4)
    with Client(server.url) as client:
        with ThreadPoolExecutor(4) as pool:  # the first ones come at once, to both workers, and there is no table
            ids = list(pool.map(lambda _: client.correct(picture, 9), range(8)))
        client.withdraw(ids.pop())
        reads_on_while_it_is_locked(client, url, picture)
        if url.startswith("postgresql"):
            reads_on_while_the_database_is_down(client, request.getfixturevalue("postgresql"), picture)
        allows_each_address_so_many(client)
        ids.append(client.correct(picture, 9, address="10.0.0.3"))
        kill(server)
    assert sorted(row["id"] for row in listed(url)) == sorted(ids)
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "postgres@" not in log or "password" not in log


def reads_on_while_it_is_locked(client: Client, url: str, picture: bytes) -> None:
    with locked(url), ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(unavailable, client, picture) for _ in range(3)]
        took = []
        while not all(each.done() for each in waiting):
            began = time.monotonic()
            assert client.recognise(picture).digit == 4
            took.append(time.monotonic() - began)
        assert len(took) >= 10 and sorted(took)[len(took) // 2] < 0.5
        assert max(each.result() for each in waiting) < 20


def reads_on_while_the_database_is_down(client: Client, postgresql, picture: bytes) -> None:
    postgresql.crash()
    assert unavailable(client, picture) < 10
    assert client.recognise(picture).digit == 4
    postgresql.start()


def unavailable(client: Client, picture: bytes) -> float:
    """Seconds until the service says that it cannot keep a correction."""
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        client.correct(picture, 9, address="10.0.0.1")
    assert (refused.value.code, refused.value.status, refused.value.retry_after) == ("feedback_unavailable", 503, 5)
    return time.monotonic() - began


def allows_each_address_so_many(client: Client) -> None:
    """Each of the two workers counts for itself."""
    answers = [
        httpx.delete(f"{client.url}/feedback/x", headers={"X-Forwarded-For": "10.0.0.2"}, trust_env=False)
        for _ in range(50)
    ]
    assert [answer.status_code for answer in answers[:20]] == [404] * 20
    assert 429 in [answer.status_code for answer in answers]
