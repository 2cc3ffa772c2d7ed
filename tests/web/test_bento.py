"""The Bento: what is in it, and that it serves from an environment that has only what it asks for."""

import subprocess
import venv
from pathlib import Path

import bentoml
import pytest
import yaml
from servers import ROOT, Server, bentoml_command

from pipeline.client import Client


@pytest.fixture(scope="module")
def bento(model):
    """A Bento of the shipped model, built as a user builds it."""
    done = subprocess.run(bentoml_command("build", "-o", "tag"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return bentoml.get(done.stdout.strip().splitlines()[-1].removeprefix("__tag__:"))


def test_it_holds_the_model_and_the_serving_code_alone(bento, model):
    assert [str(packed.tag) for packed in bento.info.all_models] == [model.tag]
    source = Path(bento.path) / "src"
    files = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert {"service.py", "pipeline/recognise.py", "pipeline/web/index.html", "pipeline/preprocess/fit.py"} < files
    for training in ("train", "release", "network", "augment", "data", "evaluate", "report", "__main__"):
        assert f"pipeline/{training}.py" not in files
    assert not any(name.startswith(("tests", "ui", "flask_app", "data", "models", "README")) for name in files)


def test_it_asks_for_the_locked_versions_and_no_tensorflow(bento):
    asked = (Path(bento.path) / "env/python/requirements.txt").read_text().split()
    assert {"onnxruntime==1.31.1", "pillow==12.3.0"} < set(asked)
    assert not [name for name in asked if name.startswith(("tensorflow", "keras", "gradio", "flask", "scikit"))]


def test_its_dockerfile(bento):
    dockerfile = (Path(bento.path) / "env/docker/Dockerfile").read_text()
    assert "FROM python:3.11-slim" in dockerfile
    assert "BENTOML_DO_NOT_TRACK" in dockerfile
    assert "EXPOSE 3000" in dockerfile and "USER bentoml" in dockerfile


def test_it_serves_from_a_clean_environment(bento, model, test_digit_png, tmp_path):
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin/python"
    requirements = Path(bento.path) / "env/python/requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    server = Server([str(python), "-m", "bentoml", "serve", str(bento.tag)], "/readyz", tmp_path / "log")
    server.root = tmp_path
    server.start()
    try:
        with Client(server.url) as client:
            answers = [client.recognise(test_digit_png(label)) for label in range(10)]
    finally:
        server.stop()
    assert [answer.digit for answer in answers] == list(range(10))
    assert {answer.model for answer in answers} == {model.tag}


def test_the_serving_lock_agrees_with_the_full_one():
    serving, full = (
        {*(ROOT / name).read_text().splitlines()} for name in ("requirements-serving.lock", "requirements.lock")
    )
    names = {line.partition("==")[0] for line in full}
    assert {line for line in serving if line.partition("==")[0] in names} <= full


def test_bentofile_lists_files_that_exist():
    for pattern in yaml.safe_load((ROOT / "bentofile.yaml").read_text())["include"]:
        assert list(ROOT.glob(pattern)), pattern
