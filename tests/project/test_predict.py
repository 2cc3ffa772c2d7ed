"""`python -m pipeline predict`: pictures read from the command line, here and by a service."""

import io
import json
import sys

import pytest
from servers import ROOT
from test_imports import FRAMEWORKS, loaded_after
from test_readme import output_of

from pipeline.__main__ import main

PICTURES = "tests/pictures"


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch, stored):
    monkeypatch.chdir(ROOT)


def test_it_prints_what_the_readme_shows(capsys):
    for command in (f"predict {PICTURES}/four.png", f"predict --number {PICTURES}/page.png"):
        assert main(command.split()) == 0
        assert capsys.readouterr() == (output_of(f"python -m pipeline {command}"), "")


def test_files_that_cannot_be_read_are_told_and_the_others_read(capsys):
    assert main(["predict", "nosuch.png", "README.md", f"{PICTURES}/four.png"]) == 1
    out, err = capsys.readouterr()
    assert out == f"{PICTURES}/four.png  4  > 99.9 %\n"
    missing, readme = err.splitlines()
    assert missing == "error: nosuch.png: No such file or directory"
    assert readme.startswith("error: README.md: These ") and "are not a picture in a format that is read." in readme


def test_json_for_programs_and_a_picture_from_standard_input(capsys, monkeypatch, recogniser):
    four = (ROOT / PICTURES / "four.png").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(four)))
    assert main(["predict", "--json", "-", "nosuch.png"]) == 1
    found, missing = map(json.loads, capsys.readouterr().out.splitlines())
    answer = recogniser.recognise(four).to_json()
    assert found == {"file": "-", **answer, "probabilities": list(answer["probabilities"])}
    assert missing == {"file": "nosuch.png", "error": {"code": "no_file", "message": "No such file or directory"}}


def test_a_service_is_asked_and_said_to_be_down(service, capsys):
    command = ["predict", f"{PICTURES}/four.png", "--service"]
    assert main([*command, service.url]) == 0
    assert capsys.readouterr().out == f"{PICTURES}/four.png  4  > 99.9 %\n"
    assert main([*command, "http://127.0.0.1:9"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {PICTURES}/four.png: The digit service at http://127.0.0.1:9 ")


def test_reading_here_loads_no_framework_but_the_store():
    code = f"from pipeline.__main__ import main; main(['predict', '{PICTURES}/four.png'])"
    assert loaded_after(code) & FRAMEWORKS == {"bentoml"}
