"""The benchmarks of a service under load count what was sent and answered, and tell a fault from a refusal."""

import asyncio
import json
import time

import httpx
import pytest
from loops import in_thread
from loops import run as in_loop

from bench import beside, overload, soak, traffic
from bench.clients import Clients
from bench.sockets import BROKEN, Connections, closed_loop, open_loop, raw_request
from bench.traffic import Sent

SKETCH = Sent("sketch", "/predict", "image/png", b"a sketch")
MALFORMED = Sent("malformed", "/predict", "image/png", b"none")


class Answering:
    """`async with Answering(...) as answering:` answers each request in two pieces, after a while; counts them."""

    def __init__(self, status: str = "200 OK", seconds: float = 0.01, cut: bool = False):
        self.status, self.seconds, self.cut = status, seconds, cut
        self.requests: list[bytes] = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.sleep(0.05)  # until each answering task has seen that its client is gone

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.read(1000):
            self.requests.append(head)
            await asyncio.sleep(self.seconds)
            writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 5\r\n\r\nhe".encode())
            await writer.drain()
            if self.cut:
                break
            await asyncio.sleep(self.seconds)
            writer.write(b"llo")
        writer.close()


def test_a_closed_loop_counts_every_answer_of_every_client():
    async def run() -> tuple[float, int]:
        async with Answering() as answering:
            start = time.perf_counter()
            rate = await closed_loop(answering.port, [raw_request(SKETCH)], 4, 0.5)
            return rate * (time.perf_counter() - start), len(answering.requests)

    counted, received = in_loop(run)
    assert counted == pytest.approx(received, rel=0.05)
    assert received > 20
    # Refusals are none.
    assert in_loop(_refused) == 0


async def _refused() -> float:
    async with Answering("503 Service Unavailable") as answering:
        return await closed_loop(answering.port, [raw_request(SKETCH)], 2, 0.1)


def test_an_open_loop_does_not_wait_for_answers():
    async def run():
        async with Answering(seconds=0.2) as answering:
            return await open_loop(answering.port, [raw_request(SKETCH)], 50, 0.5), answering.requests

    found, received = in_loop(run)
    assert len(found) == len(received) == 25
    assert [each.status for each in found] == [200] * 25
    assert [round(each.due, 2) for each in sorted(found)] == [round(i / 50, 2) for i in range(25)]
    assert all(0.4 <= each.taken < 2 for each in found)
    assert received[0] == (
        b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 8\r\n\r\na sketch"
    )


def test_a_connection_that_breaks_is_told_and_not_used_again():
    async def run() -> list[int]:
        async with Answering(cut=True) as answering:
            with Connections(answering.port) as connections:
                found = [await connections.ask(raw_request(SKETCH)) for _ in range(2)]
        with Connections(answering.port) as connections:
            return [*found, await connections.ask(raw_request(SKETCH))]

    assert in_loop(run) == [BROKEN, BROKEN, BROKEN]


def test_what_is_a_fault():
    clients = Clients("http://127.0.0.1:9", {})
    for sent, status, content in (
        (SKETCH, 200, b"7"),
        (SKETCH, 200, b"7"),
        (MALFORMED, 400, b"empty"),
        (SKETCH, 200, b"1"),
        (MALFORMED, 200, b"empty"),
        (SKETCH, 500, b"7"),
    ):
        clients.judge(sent, httpx.Response(status, content=content))
    assert clients.faults == {
        "another answer than the first to the same sketch on /predict": 1,
        "status 200 to a malformed on /predict": 1,
        "status 500 to a sketch on /predict": 1,
    }


def test_nobody_there_is_a_fault():
    clients = Clients("http://127.0.0.1:9", {})
    in_loop(clients.send, SKETCH)
    assert clients.faults == {"ConnectError on /predict": 1}
    assert clients.statuses == {"broken": 1}


@pytest.fixture
def small(monkeypatch):
    """Small photographs, and a second in place of the several that a capacity is measured for."""
    monkeypatch.setattr(traffic, "PHOTO", traffic.SMALL_SKETCH)
    monkeypatch.setattr(soak, "CAPACITY_SECONDS", 1.0)
    for name in ("WARM_UP_SECONDS", "CAPACITY_SECONDS", "USUAL_SECONDS"):
        monkeypatch.setattr(overload, name, 1.0)
    monkeypatch.setattr(overload, "CROWD", 20)


@pytest.mark.slow
@pytest.mark.long
def test_a_soak_finds_no_fault_and_its_exit_status_tells_of_growth(model, small, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["soak", "--seconds", "5", "--log", str(tmp_path / "log"), "--json"])
    status = in_thread(soak.main)
    found = json.loads(capsys.readouterr().out)
    assert found["faults"] == {}
    assert set(found["statuses"]) <= {"200", "400", "415", "422", "503", "hung up", "answered before it hung up"}
    assert sum(row["answers"] for row in found["kinds"].values()) > 20
    assert found["minutes"][-1]["requests"] == sum(found["statuses"].values())
    assert 100 * 2**20 < found["memory_at_the_end"] < 2000 * 2**20
    assert status == (found["growth"] > 0.02)
    described = soak.describe({**found, "faults": {"status 500 to a sketch on /predict": 3}})
    assert described.endswith("\nfault: status 500 to a sketch on /predict, 3 times")


@pytest.mark.slow
@pytest.mark.long
def test_an_overload_is_measured_and_described(model, small, monkeypatch, tmp_path, capsys):
    log = str(tmp_path / "log")
    monkeypatch.setattr("sys.argv", ["overload", "--rounds", "1", "--seconds", "2", "--log", log, "--json"])
    assert in_thread(overload.main) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["statuses"]) <= {"200", "429", "503"}
    ((before, after),) = found["capacities"]
    assert sum(found["statuses"].values()) == round(2 * before * 2)
    assert after > 0
    assert 0 < found["goodputs"][0] < 2
    assert found["crowd"] > 0
    assert found["livez_failed"] == 0
    lines = overload.describe({**found, "refusals_ms": None, "normal_after_seconds": None}).splitlines()
    assert f": {before:.0f}, {after:.0f}: " in lines[0]
    assert lines[6] == "refusals (429, 503)           none"
    assert lines[-1] == "as before the overload: not within 30 s"


@pytest.mark.slow
@pytest.mark.long
def test_small_pictures_beside_pages_are_timed(model, monkeypatch, tmp_path, capsys):
    for name in ("WARM_UP_SECONDS", "BUSY_SECONDS"):
        monkeypatch.setattr(beside, name, 1.0)
    monkeypatch.setattr(traffic, "PAGE_ROWS", 2)
    monkeypatch.setattr("sys.argv", ["beside", "--seconds", "1", "--log", str(tmp_path / "log"), "--json"])
    status = in_thread(beside.main)
    found = json.loads(capsys.readouterr().out)
    assert all(found[row]["answers"] > 0 for row in beside.ROWS)
    assert set(found["pages"]) <= {"200", "503"} and found["pages"]["200"] >= 2
    assert status == (found["times_p99"] > 5)
    assert f"{found['times_p99']:.1f} times that alone, at most 5 expected" in beside.describe(found)
