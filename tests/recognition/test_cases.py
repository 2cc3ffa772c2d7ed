"""The cases: each has what should come back in index.csv beside it."""

import csv

import pytest
from cases import CASES, case

from pipeline.errors import NotAPicture
from pipeline.recognition.decode import decode
from pipeline.recognition.eye import MOST_CENTRES
from pipeline.recognition.pieces import MOST_WRITINGS
from pipeline.recognition.segment import segment

with (CASES / "index.csv").open(newline="") as _file:
    INDEX = {row["file"]: row for row in csv.DictReader(_file)}

STATUSES = {
    "/predict": {"digit", "unsure", "blank", "not_a_digit"},
    "/read": {"number", "unsure", "blank", "not_a_number"},
}
EITHER = {"seven-segment-0.png"}  # what stands there, or that it is no handwriting


def named(expected) -> list[str]:
    """The files of which that is expected."""
    return [name for name, row in INDEX.items() if expected(row["expected"])]


def read(recogniser, name: str):
    return (recogniser.recognise if INDEX[name]["endpoint"] == "/predict" else recogniser.read)(case(name))


def test_each_case_is_in_the_index_and_each_row_has_its_file():
    assert sorted(path.name for path in CASES.iterdir()) == sorted([*INDEX, "index.csv"])
    assert {row["endpoint"] for row in INDEX.values()} == set(STATUSES)


@pytest.mark.parametrize("name", named(str.isdigit))
def test_what_stands_there_is_read(recogniser, name):
    found, expected = read(recogniser, name), INDEX[name]["expected"]
    if INDEX[name]["endpoint"] == "/predict":
        assert found.digit == int(expected)
    else:
        assert found.text == expected or (name in EITHER and found.status == "not_a_number")


@pytest.mark.parametrize("name", named(lambda expected: expected.startswith("any")))
def test_any_status_and_never_an_error(recogniser, name):
    endpoint = INDEX[name]["endpoint"]
    assert read(recogniser, name).status in STATUSES[endpoint]


@pytest.mark.parametrize("name", named("digit".__eq__))
def test_a_digit_however_the_file_is_damaged(recogniser, name):
    assert read(recogniser, name).status == "digit"


def test_a_blank_first_frame_hides_no_digit(recogniser):
    answer = read(recogniser, "first-frame-blank.webp")
    assert answer.status == "digit" or "has several frames" in answer.message


def test_what_a_decoder_leaves_out_is_not_filled_with_what_was_read_before(recogniser):
    said = set()
    for before in ("leak-g4.tif", "frame-0.png", "double-underline-9.png"):
        if before != "leak-g4.tif":
            read(recogniser, before)
        with pytest.raises(NotAPicture) as caught:
            read(recogniser, "leak-g4.tif")
        said.add(str(caught.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", [name for name in INDEX if name.startswith("work-")])
def test_no_page_makes_more_work_than_is_stated(eye, name):
    found = segment(decode(case(name)), eye)
    assert len(found.candidates) <= 2 * MOST_CENTRES  # each by its own ink and with all that hangs together with it
    assert len(found.unread) <= MOST_WRITINGS
