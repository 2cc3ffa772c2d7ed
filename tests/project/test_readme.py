"""What the README says: its commands exist and do what it shows, its files are there, its numbers are the card's."""

import contextlib
import io
import json
import re
import shlex
import subprocess
import sys

import pytest
from servers import ROOT

from pipeline.registry import card, store

README = (ROOT / "README.md").read_text("utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [line[2:] for block in CONSOLE for line in block.splitlines() if line.startswith("$ ")]


def output_of(command: str) -> str:
    """What the README shows below a command."""
    (block,) = [block for block in CONSOLE if f"$ {command}\n" in block]
    return block.partition(f"$ {command}\n")[2].partition("$ ")[0]


def test_make_targets_exist():
    for command in (command for command in COMMANDS if command.startswith("make ")):
        done = subprocess.run(["make", "--dry-run", *command.split()[1:]], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("python -m pipeline ")])
def test_pipeline_commands_parse(command):
    from pipeline.__main__ import command_line

    assert command_line().parse_args(shlex.split(command.partition(" >> ")[0])[3:]).run


HELP = """
import sys
from click.testing import CliRunner
from bentoml_cli.cli import cli
for words in map(str.split, sys.argv[1:]):
    print(CliRunner().invoke(cli, [*words, "--help"], prog_name="bentoml").output.splitlines()[0])
"""


def test_bentoml_commands_exist():
    words = [command.partition("bentoml ")[2].split() for command in COMMANDS if "bentoml " in command]
    commands = [" ".join(each[:2] if each[0] == "models" else each[:1]) for each in words]
    # In one process for all of them, and not in this one, where BentoML's settings are those of a running service.
    done = subprocess.run([sys.executable, "-c", HELP, *commands], cwd=ROOT, capture_output=True, text=True, check=True)
    for command, usage in zip(commands, done.stdout.splitlines(), strict=True):
        assert usage.startswith(f"Usage: bentoml {command} ")


def test_files_named_by_commands_exist():
    for command in COMMANDS:
        if command.startswith(("python deploy", "pip install -r")):
            assert (ROOT / command.split()[-1]).is_file(), command


def test_every_command_is_tested_here():
    known = ("make ", "python -m pipeline ", "python deploy", "pip install -r", "curl ")
    others = {command for command in COMMANDS if not command.startswith(known) and "bentoml " not in command}
    assert others == {
        "python3.11 -m venv .venv",
        ". .venv/bin/activate",
        "python -m ui",
        "python -m flask_app",
        "python -m pytest",
        'python -m pytest -m "not slow"',
    }


def answer_and_shown(service, path: str) -> tuple[dict, str]:
    """What the service answers to the README's curl of that path, and what the README shows below it."""
    (command,) = [command for command in COMMANDS if command.startswith("curl ") and command.endswith(path)]
    words = shlex.split(command.replace("localhost:3000", service.url.removeprefix("http://")))
    done = subprocess.run([words[0], "-s", *words[1:]], cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout), output_of(command)


def test_curl_shows_the_real_answer(service, model):
    answer, shown = answer_and_shown(service, "/predict")
    assert (answer["status"], answer["digit"], answer["model"]) == ("digit", 4, model.tag)
    assert re.findall(r'"(\w+)":', shown) == list(answer)
    assert '"status":"digit","digit":4,' in shown and f'"model":"{model.tag}"' in shown
    assert f'"confidence":{answer["confidence"]:.5f}' in shown


def test_curl_shows_the_real_number(service):
    answer, shown = answer_and_shown(service, "/read")
    assert re.findall(r'"(\w+)":', re.sub(r"\[\{.*?\},…\]", "[]", shown)) == list(answer)
    first, *_ = answer.pop("digits")
    digits = re.search(r'"digits":\[\{"status":"(\w+)","digit":(\d),…,"box":(\[[^\]]*\])\},…\],', shown)
    assert (digits[1], int(digits[2]), json.loads(digits[3])) == (first["status"], first["digit"], first["box"])
    assert json.loads(shown.replace(digits[0], "")) == answer


def test_the_python_example_runs(service, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code.replace("http://localhost:3000", service.url), {})
    assert printed.getvalue() == re.search(r"# (digit \d)\n", code)[1] + "\n"


def test_the_map_names_what_is_there():
    the_map = README.partition("## The map")[2].partition("## Train")[0]
    for name in re.findall(r"^\| (`[^|]*`) \|", the_map, re.MULTILINE):
        for path in re.findall(r"`([^`]+)`", name):
            assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\(([^)]+)\)", README):
        assert path.startswith("http") or (ROOT / path).exists(), path


def test_the_accuracy_is_that_of_the_shipped_card(stored):
    stated = float(re.search(r"\*\*(\d\d\.\d\d) %\*\*", README)[1])
    assert stated == round(100 * stored.card.metrics["test"].accuracy, 2)


def test_the_spread_of_the_seeds_is_that_of_the_shipped_card():
    (path,) = store.SHIPPED.glob("*.json")
    found = [100 * result.test_accuracy for result in card.read(path).seeds]
    stated = re.search(r"with (\w+) seeds?: mean and worst \| (\d\d\.\d\d+) %; (\d\d\.\d\d) % \|", README)
    assert stated
    assert (["one", "two", "three", "four", "five"].index(stated[1]) + 1, float(stated[2]), float(stated[3])) == (
        len(found),
        pytest.approx(sum(found) / len(found), abs=0.0051),
        pytest.approx(min(found), abs=0.001),
    )
