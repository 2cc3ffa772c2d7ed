"""The examples that both pages offer: small files of our own, each read as its label promises."""

import json

import pytest

from pipeline.faces import STATIC

FOLDER = STATIC / "examples"
EXAMPLES = {each["name"]: each for each in json.loads((FOLDER / "examples.json").read_text("utf-8"))}
READ = {"four.png": 4, "seven.png": 7, "zero.png": 0, "smiley.png": None, "field.png": "33509", "photo.jpg": "3415"}


@pytest.mark.parametrize("name", READ)
def test_an_example_is_read_as_its_label_promises(recogniser, name):
    picture = (FOLDER / name).read_bytes()
    if EXAMPLES[name]["mode"] == "digit":
        assert recogniser.recognise(picture).digit == READ[name]
    else:
        number = recogniser.read(picture)
        assert (number.text, number.status) == (READ[name], "number")


def test_the_list_names_all_of_them_and_they_are_small():
    assert list(EXAMPLES) == list(READ)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 150_000
