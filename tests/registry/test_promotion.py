"""Which version serves: promoted, rolled back, followed by a running service, over a restart, never overwritten."""

import dataclasses
import hashlib
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import bentoml
import httpx
import pytest
from bentoml.exceptions import BentoMLException
from servers import ROOT, Server, bentoml_command
from starlette.testclient import TestClient

from pipeline.__main__ import main
from pipeline.errors import ModelError
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import promotion, store
from pipeline.web import create_app

FILE = sorted(store.SHIPPED.glob("*.bentomodel"))[-1]
SHIPPED = FILE.stem.replace("-", ":", 1)
BOTH = ", ".join(sorted(["digits:second", SHIPPED]))
HOLDS = f"It holds: {BOTH}."


def copy_as(tag: str) -> None:
    """A newer version: the shipped model's files under a tag of their own."""
    with bentoml.models.create(tag) as made:
        ignored = shutil.ignore_patterns("model.yaml")
        shutil.copytree(bentoml.models.get(SHIPPED).path, made.path, dirs_exist_ok=True, ignore=ignored)


@pytest.fixture
def two(home):
    """The home with a second, newer version."""
    copy_as("digits:second")
    return home


@pytest.fixture
def say(capsys):
    """Run a command of `python -m pipeline` -> the line it printed, an error with its exit status before it."""

    def run(*arguments: str) -> str:
        status = main(list(arguments))
        printed, errors = capsys.readouterr()
        return f"{status} {errors}".rstrip("\n") if status or errors else printed.rstrip("\n")

    return run


def test_promote_and_roll_back_twice(two, say):
    assert promotion.serving() == "digits:second"  # the latest
    assert say("promote", SHIPPED) == f"{SHIPPED} serves now; digits:second served before."
    assert say("promote", "second") == f"digits:second serves now; {SHIPPED} served before."
    assert say("promote", "digits:second") == "digits:second serves already."
    assert (two / "digits-promoted.txt").read_text() == f"digits:second\n{SHIPPED}\ndigits:second\n"
    assert say("rollback") == f"{SHIPPED} serves now; digits:second served before."
    assert promotion.serving() == SHIPPED
    assert say("rollback") == f"digits:second serves now; {SHIPPED} served before."
    assert promotion.serving() == "digits:second"
    assert say("rollback") == (
        "1 error: There is nothing to roll back to: no version served before digits:second. The store holds: "
        f"{BOTH}. Choose one with 'python -m pipeline promote MODEL'."
    )
    names = sorted(path.name for path in two.glob("digits*"))
    assert names == ["digits-promoted.lock", "digits-promoted.txt"]  # and nothing half written


def test_a_newer_model_serves_only_once_promoted_but_is_the_one_to_judge(home, say):
    assert say("promote", SHIPPED) == f"{SHIPPED} serves already; from now on no newer one takes its place."
    copy_as("digits:second")
    assert promotion.serving() == SHIPPED
    assert store.choose() == "digits:second"  # what evaluate and ship take
    assert say("promote", "latest") == f"digits:second serves now; {SHIPPED} served before."
    assert promotion.serving() == "digits:second"


def test_no_such_version(two, say):
    for wanted, named in (("nosuch", "nosuch"), ("", "")):
        assert say("promote", wanted) == (
            f"1 error: No model digits:{named} in the store. {HOLDS} "
            "Choose one of these, or bring it with 'bentoml models import FILE'."
        )
    assert not (two / "digits-promoted.txt").exists()


@pytest.mark.slow
def test_the_command_line_says_when_nothing_was_promoted(two):
    command = [sys.executable, "-m", "pipeline", "rollback"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: There is nothing to roll back to: no version was promoted yet. The store holds: "
        f"{BOTH}. Choose one with 'python -m pipeline promote MODEL'.\n"
    )


def test_a_deleted_version(two, say):
    copy_as("digits:second2")  # starts like it, and is another
    for wanted in (SHIPPED, "digits:second"):
        promotion.promote(wanted)
    bentoml.models.delete("digits:second")
    holds = f"It holds: {', '.join(sorted(['digits:second2', SHIPPED]))}."
    with pytest.raises(ModelError) as caught:
        promotion.serving()
    assert str(caught.value) == (
        f"digits:second, which is promoted, is not in the store any more. {holds} Bring it back with 'bentoml models "
        "import FILE', or let another serve: 'python -m pipeline rollback' or 'python -m pipeline promote MODEL'."
    )
    assert say("promote", "second2") == "digits:second2 serves now; digits:second served before."
    assert say("rollback") == (
        f"1 error: digits:second, which served before, is not in the store any more. {holds} Bring it back with "
        "'bentoml models import FILE', or let another serve: 'python -m pipeline promote MODEL'."
    )
    assert promotion.serving() == "digits:second2"


def test_a_damaged_version_is_not_promoted(two, say):
    Path(bentoml.models.get("digits:second").path, "network.onnx").write_bytes(b"damaged")
    assert "network.onnx: has SHA-256" in say("promote", "second")
    assert not (two / "digits-promoted.txt").exists()


def test_a_record_that_cannot_be_read(two, say):
    record = two / "digits-promoted.txt"
    record.write_bytes(b"\xff")
    line = say("rollback")
    assert line.startswith(f"1 error: {record}: cannot be read ('utf-8' codec can't decode byte 0xff")
    assert line.endswith("Mend it, or delete it: then the latest version serves until one is promoted.")


def test_the_variable_wins_and_promote_says_so(two, say, monkeypatch):
    monkeypatch.setenv("DIGITS_MODEL", "second")
    assert say("promote", SHIPPED) == (
        f"{SHIPPED} serves now; digits:second served before. "
        "Where $DIGITS_MODEL is set, as it is here, that version serves instead."
    )
    assert promotion.serving() == "digits:second"
    monkeypatch.delenv("DIGITS_MODEL")
    assert promotion.serving() == SHIPPED


def contents(home: Path) -> dict[Path, str]:
    files = (path for path in (home / "models").rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_old_versions_are_never_overwritten(two, say):
    before = contents(two)
    for arguments in (("promote", SHIPPED), ("promote", "second"), ("rollback",), ("rollback",)):
        say(*arguments)
    for again in (lambda: copy_as("digits:second"), lambda: bentoml.models.import_model(str(FILE))):
        with pytest.raises(BentoMLException, match="already exists"):
            again()
    assert contents(two) == before


@pytest.mark.slow
def test_a_bento_packs_what_serves_and_stays_with_it(two, say):
    promotion.promote(SHIPPED)
    subprocess.run(bentoml_command("build"), cwd=ROOT, capture_output=True, check=True)
    promotion.promote("second")
    bentoml.models.delete("digits:second")
    code = (
        "import bentoml, threading; bentoml.load('digits:latest')(); from service import app; "
        "print(app.state.stored.tag, *[each.name for each in threading.enumerate()])"
    )
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=two, capture_output=True, text=True)
    assert run.stdout.split() == [SHIPPED, "MainThread"], run.stderr  # and follows no promotion


class Caller:
    """Has the picture read over and over, in a thread; keeps (status, digit) and model of the answers."""

    def __init__(self, url: str, picture: bytes):
        self.read: set[tuple[int, int | None]] = set()
        self.models: list[str | None] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.call, args=(url, picture))

    def call(self, url: str, picture: bytes) -> None:
        while not self.over.is_set():  # each time on a connection of its own, so that every worker gets its share
            response = httpx.post(f"{url}/predict", files={"image": picture}, trust_env=False, timeout=20)
            self.read.add((response.status_code, response.json().get("digit")))
            self.models.append(response.json().get("model"))
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def wait_for(condition, what: str, seconds: float = 10.0) -> float:
    """Seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, what
        time.sleep(0.05)
    return time.monotonic() - start


@pytest.mark.slow
def test_a_running_service_follows_and_a_restarted_one_remembers(home, say, test_digit_png, tmp_path):
    server = Server(bentoml_command("serve"), "/readyz", tmp_path / "log")

    def lines(text: str) -> int:
        return server.log.read_text().count(text)

    server.start()
    try:
        wait_for(lambda: lines(f"Serving {SHIPPED}.") == 2, "both workers say what they serve")
        copy_as("digits:second")  # trained meanwhile, say
        with Caller(server.url, test_digit_png(4)) as caller:
            assert say("promote", "second") == f"digits:second serves now; {SHIPPED} served before."
            wait_for(lambda: lines("Serving digits:second.") == 2, "both workers take it up")
            wait_for(lambda: caller.models[-10:] == ["digits:second"] * 10, "the new one answers")
            with (home / "digits-promoted.txt").open("a") as record:
                record.write("digits:gone\n")
            wait_for(lambda: lines("Still serving digits:second. digits:gone, which is promoted, is not") == 2, "no go")
            time.sleep(1.2)  # long enough for another look
            assert say("rollback") == "digits:second serves now; digits:gone served before."
            assert say("rollback") == f"{SHIPPED} serves now; digits:second served before."
            wait_for(lambda: lines(f"Serving {SHIPPED}.") == 4, "both workers go back")
            wait_for(lambda: caller.models[-10:] == [SHIPPED] * 10, "the old one answers")
        assert caller.read == {(200, 4)} and set(caller.models) == {"digits:second", SHIPPED}
        assert lines("Still serving") == 2  # once a worker
        server.stop()
        server.start()
        answer = httpx.get(f"{server.url}/model", trust_env=False).json()
        assert answer["model"] == SHIPPED  # although another is newer
    finally:
        server.stop()


@pytest.fixture
def client(stored):
    app = create_app(lambda: {})
    app.state.stored = stored
    with TestClient(app) as client:
        yield client


def test_the_service_tells_which_model_it_runs(client, stored):
    card = stored.card
    assert client.get("/model").json() == {
        "model": stored.tag,
        **{name: getattr(card, name) for name in ("date", "unsure_below", "unsure_target")},
        **{name: getattr(card, name) for name in ("no_digit_below", "no_digit_target", "temperature")},
        "validation_accuracy": card.metrics["validation"].accuracy,
        "test_accuracy": card.metrics["test"].accuracy,
        "forced": False,
    }


def test_a_card_without_metrics_lacks_some_facts(client, stored):
    bare = dataclasses.replace(stored.card, metrics={}, quality_gate=None)
    client.app.state.stored = dataclasses.replace(stored, card=bare)
    answer = client.get("/model").json()
    assert [name for name, value in answer.items() if value is None] == [
        "validation_accuracy",
        "test_accuracy",
        "forced",
    ]


def test_one_batch_is_read_by_one_model(client, stored, test_digit_png):
    other = dataclasses.replace(stored, recogniser=store.load_folder(stored.folder, "digits:other").recogniser)

    class PromotedMeanwhile(Recogniser):
        def recognise(self, picture):
            client.app.state.stored = other
            return super().recognise(picture)

    parts = stored.recogniser
    meanwhile = PromotedMeanwhile(parts.eye, parts.model, parts.verifier, parts.options)
    client.app.state.stored = dataclasses.replace(stored, recogniser=meanwhile)
    files = [("images", test_digit_png(label)) for label in range(3)]
    for expected in (stored.tag, "digits:other"):
        results = client.post("/predict_batch", files=files).json()["results"]
        assert [(each["digit"], each["model"]) for each in results] == [(label, expected) for label in range(3)]
