"""The service under faults: a damaged model, a killed worker, a full disk, a store that cannot be written."""

import concurrent.futures
import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import onnx
import psutil
import pytest
from homes import bentoml_home
from load import Load
from servers import ROOT, Server, bentoml_command, wait_for

from pipeline.registry import promotion, store

pytestmark = pytest.mark.slow

FIRST = "digits:first"
EMPTY_GRAPH = b"\x08\x08"  # an ONNX file of IR version 8 with nothing in it


@pytest.fixture
def folder(home, stored) -> Path:
    """Of the version that serves."""
    return home / "models" / store.NAME / stored.folder.name


@contextlib.contextmanager
def running(command: list[str], log: Path, ready: str = "/", environment: dict[str, str] | None = None):
    server = Server(command, ready, log, environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def serving(log: Path, **environment: str):
    return running(bentoml_command("serve"), log, "/readyz", {"DIGITS_LOG": "text", **environment})


def workers(server: Server) -> list[psutil.Process]:
    assert server.process
    children = psutil.Process(server.process.pid).children()
    alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in alive if "_bentoml_impl.worker.service" in child.cmdline()]


def digit(server: Server, picture: bytes) -> int:
    """On a connection of its own."""
    response = httpx.post(f"{server.url}/predict", files={"image": picture}, trust_env=False, timeout=10)
    assert response.status_code == 200, response.text
    return response.json()["digit"]


def answers(server: Server, picture: bytes) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return digit(server, picture) == 4
    return False


def truncated_graph(folder: Path) -> None:
    (folder / store.GRAPH).write_bytes((folder / store.GRAPH).read_bytes()[:1000])


def replace_graph(folder: Path, name: str, graph: bytes) -> None:
    """With another one, whose hash the card knows."""
    (folder / name).write_bytes(graph)
    card = json.loads((folder / "card.json").read_text())
    card["files"][name] = hashlib.sha256(graph).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))


def graph_that_is_none(folder: Path) -> None:
    replace_graph(folder, store.EYE, EMPTY_GRAPH)


def graph_of_another_network(folder: Path) -> None:
    """The classifier where the eye belongs: other inputs, other outputs."""
    replace_graph(folder, store.EYE, (folder / store.GRAPH).read_bytes())


def graph_of_nan(folder: Path) -> None:
    graph = onnx.load(folder / store.GRAPH)
    for weights in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size > 1000:
            weights.CopyFrom(onnx.numpy_helper.from_array(np.full_like(values, np.nan), weights.name))
    replace_graph(folder, store.GRAPH, graph.SerializeToString())


DAMAGES = {
    "/network.onnx: has SHA-256": truncated_graph,
    ": holds no graphs that read digits ([ONNXRuntimeError]": graph_that_is_none,
    "Please fix either the inputs/outputs or the model.). Delete this version": graph_of_another_network,
    ": holds no graphs that read digits (the classifier answers numbers that are none, expected (1, 11)": graph_of_nan,
    "/verifier.onnx: cannot be read (": lambda folder: (folder / store.VERIFIER).unlink(),
    "/card.json: no readable model card (": lambda folder: (folder / "card.json").write_text("{"),
    ":latest is damaged in the store (": lambda folder: (folder / "model.yaml").write_text("{{ :"),
}


@pytest.mark.parametrize("said", DAMAGES, ids=[damage.__name__ for damage in DAMAGES.values()])
def test_a_damaged_model_is_one_line_and_no_service(folder, said):
    DAMAGES[said](folder)
    done = subprocess.run(bentoml_command("serve"), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert said in line
    assert "Traceback" not in done.stderr


def test_a_model_deleted_while_it_serves(home, folder, tmp_path, test_digit_png):
    """Who has loaded it reads on; a worker that is restarted says once what it lacks, and takes it when it is back."""
    picture = test_digit_png(4)
    with serving(tmp_path / "log", BENTOML_CONFIG_OPTIONS="services.digits.workers=1") as server:
        folder.rename(home / "away")
        time.sleep(1.5)
        assert digit(server, picture) == 4
        workers(server)[0].kill()

        def get(path: str) -> httpx.Response:
            return httpx.get(server.url + path, trust_env=False, timeout=20)

        answer = get("/readyz")
        why = f"No model digits:{folder.name} in the store. It holds: nothing. Choose one of these, or bring it with "
        assert (answer.status_code, answer.text) == (503, f"{why}'bentoml models import FILE'.")
        assert get("/livez").status_code == 200
        refused = httpx.post(f"{server.url}/predict", files={"image": picture}, trust_env=False)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_model")
        assert refused.json()["error"]["message"].startswith(why)
        time.sleep(1.5)  # for more attempts
        assert server.log.read_text().count(f"Not ready. {why}") == 1
        (home / "away").rename(folder)
        wait_for(lambda: get("/readyz").status_code == 200, "ready once more")
        assert digit(server, picture) == 4
    assert "Traceback" not in server.log.read_text()


def test_a_killed_worker_leaves_no_gap(home, tmp_path, test_digit_png):
    """Longest time without an answer, for a client that asks every 50 ms on new connections, while one is killed."""
    picture = test_digit_png(4)
    with serving(tmp_path / "log") as server:
        wait_for(lambda: server.log.read_text().count("Service digits initialized") == 2, "both workers")
        before = {worker.pid for worker in workers(server)}
        assert len(before) == 2
        metrics = Path(workers(server)[0].environ()["PROMETHEUS_MULTIPROC_DIR"])
        killed = min(before)
        assert [*metrics.glob(f"gauge_live*_{killed}.db")]
        os.kill(killed, signal.SIGKILL)
        answered = [time.monotonic()]
        while time.monotonic() < answered[0] + 4:
            with contextlib.suppress(httpx.TransportError):
                assert digit(server, picture) == 4
                answered.append(time.monotonic())
            time.sleep(0.05)
        gaps = [after - earlier for earlier, after in itertools.pairwise(answered)]
        assert max(gaps) < 3, max(gaps)
        wait_for(lambda: len({each.pid for each in workers(server)} - before) == 1, "another in its place")
        wait_for(lambda: not [*metrics.glob(f"gauge_live*_{killed}.db")], "what it had in hand is forgotten")
        assert all(each.memory_info().rss < 300 * 2**20 for each in workers(server))
        wait_for(lambda: server.log.read_text().count("Service digits initialized") == 3, "the new worker")
        before = {worker.pid for worker in workers(server)}
        for worker in workers(server):
            worker.kill()
        wait_for(lambda: len({each.pid for each in workers(server)} - before) == 2, "both replaced", seconds=4)
        wait_for(lambda: answers(server, picture), "an answer after both were killed")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB, mounted where only root may."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "full").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_reading_goes_on_with_a_full_disk(stored, small_disk, tmp_path, test_digit_png):
    """Its BentoML home, its log and its temporary files on it."""
    shutil.copytree(stored.folder.parent, small_disk / "models" / store.NAME)
    with serving(small_disk / "log", BENTOML_HOME=str(small_disk), TMPDIR=str(small_disk)) as server:
        fill(small_disk)
        before = {worker.pid for worker in workers(server)}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            assert {*pool.map(lambda _: digit(server, test_digit_png(4)), range(100))} == {4}
        large = test_digit_png(4) + bytes(3 * 2**20)  # more than a form keeps in memory
        assert digit(server, large) == 4
        assert httpx.get(f"{server.url}/metrics", trust_env=False).status_code == 200
        assert {worker.pid for worker in workers(server)} == before


@pytest.fixture
def read_only(small_disk):
    """A BentoML home that was used, and cannot be written any more."""
    for name in ("bentos", "envs", "models", "tmp"):  # where one is missing, BentoML itself fails
        (small_disk / name).mkdir()

    def after(prepare) -> str:
        prepare(small_disk)
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        return str(small_disk)

    return after


def test_a_home_that_cannot_be_written_serves_what_it_holds(stored, read_only, tmp_path, test_digit_png):
    home = read_only(lambda home: shutil.copytree(stored.folder.parent, home / "models" / store.NAME))
    with serving(tmp_path / "log", BENTOML_HOME=home) as server:
        assert digit(server, test_digit_png(4)) == 4
        time.sleep(1.2)  # for a look at what is promoted
    log = server.log.read_text()
    assert "Traceback" not in log and "ERROR" not in log
    with bentoml_home(Path(home)):
        promote = [sys.executable, "-m", "pipeline", "promote", stored.tag]
        done = subprocess.run(promote, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, f"error: {home}/digits-promoted.lock: Read-only file system\n")


def test_an_empty_home_that_cannot_be_written_is_one_line(read_only):
    home = read_only(lambda _: None)
    environment = {**os.environ, "BENTOML_HOME": home}
    done = subprocess.run(
        bentoml_command("serve"), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Read-only file system" in line and line.endswith("Set BENTOML_HOME to a folder that can be written.")


def test_promotions_at_once_are_all_kept(home, stored):
    """Each line names whom it followed: read together, they tell the order in the record."""
    versions = [f"v{number}" for number in range(6)]
    for version in versions:
        shutil.copytree(stored.folder, stored_as := home / "models" / store.NAME / version)
        yaml = stored_as / "model.yaml"
        yaml.write_text(yaml.read_text().replace(f"version: {stored.folder.name}", f"version: {version}"))
    promote = [sys.executable, "-m", "pipeline", "promote"]
    processes = [subprocess.Popen([*promote, each], cwd=ROOT, stdout=subprocess.PIPE, text=True) for each in versions]
    lines = {process.communicate(timeout=60)[0].strip() for process in processes}
    first, *then = (home / "digits-promoted.txt").read_text().split()
    assert first == stored.tag and sorted(then) == [f"digits:{version}" for version in versions]
    pairs = itertools.pairwise([first, *then])
    assert lines == {f"{after} serves now; {before} served before." for before, after in pairs}


CLOCK = """
import os, time
REAL = time.time
time.time = lambda: REAL() - (3600 if os.path.exists({file!r}) else 0)
"""


def test_promoted_and_rolled_back_under_load_with_the_clock_set_back(home, stored, folder, tmp_path, test_digit_png):
    """An hour, for all that Python asks of it. No request fails, and both versions are followed."""
    shutil.copytree(folder, home / "models" / store.NAME / "other")
    yaml = home / "models" / store.NAME / "other" / "model.yaml"
    yaml.write_text(yaml.read_text().replace(f"version: {folder.name}", "version: other"))
    (tmp_path / "sitecustomize.py").write_text(CLOCK.format(file=str(tmp_path / "back")))
    with serving(tmp_path / "log", PYTHONPATH=str(tmp_path), DIGITS_MODEL="") as server:
        promotion.promote(stored.tag)
        with Load(server, test_digit_png(4)) as load:
            wait_for(lambda: load.answered_by(stored.tag), "answers")
            promotion.promote("digits:other")
            wait_for(lambda: load.answered_by("digits:other"), "the one promoted")
            (tmp_path / "back").touch()
            promotion.rollback()
            wait_for(lambda: load.answered_by(stored.tag), "the one before")
        assert {*load.models} == {stored.tag, "digits:other"}
    assert "Traceback" not in server.log.read_text()


@pytest.mark.long
def test_both_pages_go_on_when_the_service_is_restarted(home, tmp_path, test_digit_png):
    picture = test_digit_png(4)
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(serving(tmp_path / "log"))
        ui, upload = (
            stack.enter_context(running([sys.executable, "-m", module, "--service", service.url], tmp_path / module))
            for module in ("ui", "flask_app")
        )

        def said() -> tuple[str, str]:
            """By the sketchpad and by the upload page: what was read, or why not."""
            binary = {"content-type": "application/octet-stream"}
            drawn = httpx.post(f"{ui.url}/reading/digit", content=picture, headers=binary, trust_env=False, timeout=30)
            files = {"images": ("four.png", picture)}
            sent = httpx.post(upload.url, files=files, headers={"origin": upload.url}, trust_env=False, timeout=30)
            found = drawn.json()
            read = re.search(r'class="large"[^>]*>(4)<|(The digit service is down)', sent.text)
            return found["large"] or found["title"], read[1] or read[2] if read else sent.text

        assert said() == ("4", "4")
        service.stop()
        assert said() == ("The digit service is down",) * 2
        service.start()
        assert said() == ("4", "4")
