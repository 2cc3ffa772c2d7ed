"""The Bento: what is in it, and that it serves from an environment that has only what it asks for."""

import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path

import bentoml
import httpx
import pytest
import yaml
from packaging.requirements import Requirement
from servers import ROOT, Server, bentoml_command

from pipeline.client import Client
from pipeline.version import version


@pytest.fixture(scope="module")
def bento(model):
    """A Bento of the shipped model, built as a user builds it."""
    done = subprocess.run(bentoml_command("build", "-o", "tag"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return bentoml.get(done.stdout.strip().splitlines()[-1].removeprefix("__tag__:"))


def test_it_holds_the_model_and_the_serving_code_alone(bento, model):
    assert [str(each.tag) for each in bento.info.all_models] == [model.tag]
    source = Path(bento.path) / "src"
    packed = {path.relative_to(source).parts for path in source.rglob("*") if path.is_file()}
    assert {path[0] for path in packed} == {"bentofile.yaml", "service.py", "pyproject.toml", "pipeline"}
    assert {path[1] for path in packed if path[0] == "pipeline"} == {
        *("__init__.py", "answer.py", "connections.py", "errors.py", "explanation.py", "hosts.py", "version.py"),
        *("faces", "feedback", "recognition", "registry", "web"),
    }
    assert {path[3:] for path in packed if path[:3] == ("pipeline", "feedback", "migrations")} == {
        ("env.py",), ("versions", "0001_corrections.py")
    }  # fmt: skip
    assert {("pipeline", "recognition", "fit.py"), ("pipeline", "web", "index.html")} < packed


def test_it_asks_for_the_locked_versions_and_no_tensorflow(bento):
    asked = (Path(bento.path) / "env/python/requirements.txt").read_text().split()
    assert {"onnxruntime==1.31.1", "pillow==12.3.0"} < set(asked)
    unwanted = "tensorflow", "keras", "gradio", "flask", "scikit", "psycopg"
    assert not [name for name in asked if name.startswith(unwanted)]


def test_its_dockerfile(bento):
    dockerfile = (Path(bento.path) / "env/docker/Dockerfile").read_text()
    assert "FROM python:3.11-slim" in dockerfile
    assert "BENTOML_DO_NOT_TRACK" in dockerfile
    assert "EXPOSE 3000" in dockerfile and "USER bentoml" in dockerfile


@pytest.fixture
def clean_environment(bento, tmp_path):
    """A virtual environment with what the Bento asks for and nothing else, linked from the one that runs the tests."""
    folder = tmp_path / "venv"
    venv.create(folder)
    packages = next(folder.glob("lib/python*/site-packages"))
    lines = (Path(bento.path) / "env/python/requirements.txt").read_text().splitlines()
    everything = [Requirement(line) for line in lines]
    wanted = {each.name: each.specifier for each in everything if not each.marker or each.marker.evaluate()}
    for name, versions in wanted.items():
        found = distribution(name)
        assert found.version in versions, f"{name}{versions} is asked for, {found.version} installed"
        for file in {*(found.files or ())}:
            if ".." not in file.parts:  # scripts and manuals are elsewhere
                link = packages / file
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file.locate())
    return folder / "bin/python"


def test_it_serves_from_a_clean_environment(bento, clean_environment, model, test_digit_png, tmp_path):
    command = [str(clean_environment), "-m", "bentoml", "serve", str(bento.tag)]
    server = Server(command, "/docs.json", tmp_path / "log")
    server.root = tmp_path
    server.start()
    try:
        with Client(server.url) as client:
            answers = [client.recognise(test_digit_png(label)) for label in range(10)]
            client.withdraw(client.correct(test_digit_png(4), 9))  # with the tables that its migrations make
        document = httpx.get(f"{server.url}/docs.json", trust_env=False).json()
    finally:
        server.stop()
    assert [answer.digit for answer in answers] == list(range(10))
    assert {answer.model for answer in answers} == {model.tag}
    assert document["info"]["version"] == version()


def test_the_serving_lock_agrees_with_the_full_one():
    serving, full = (
        {*(ROOT / name).read_text().splitlines()} for name in ("requirements-serving.lock", "requirements.lock")
    )
    names = {line.partition("==")[0] for line in full}
    assert {line for line in serving if line.partition("==")[0] in names} <= full


def test_bentofile_lists_files_that_exist():
    for pattern in yaml.safe_load((ROOT / "bentofile.yaml").read_text())["include"]:
        assert list(ROOT.glob(pattern)), pattern
