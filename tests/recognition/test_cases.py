"""The cases: each has what should come back in index.csv beside it."""

import csv

import cv2
import numpy as np
import pytest
from cases import CASES, case

from pipeline.errors import NotAPicture
from pipeline.recognition.components import MOST_COMPONENTS
from pipeline.recognition.decode import decode
from pipeline.recognition.encode import png
from pipeline.recognition.segment import MOST_CANDIDATES, candidates, find_page

with (CASES / "index.csv").open(newline="") as _file:
    INDEX = {row["file"]: row for row in csv.DictReader(_file)}

STATUSES = {
    "/predict": {"digit", "unsure", "blank", "not_a_digit"},
    "/read": {"number", "unsure", "blank", "not_a_number"},
}
EITHER = {"seven-segment-0.png"}  # what stands there, or that it is no handwriting

# What is still misread: a case that is read one day fails its test until it is taken out of here.
STILL_MISREAD = {
    "date-0.png", "date-1.png", "date-2.png", "phone-0.png", "phone-1.png", "touching-0.png",
}  # fmt: skip


def named(expected) -> list[str]:
    """The files of which that is expected."""
    return [name for name, row in INDEX.items() if expected(row["expected"])]


def read(recogniser, name: str):
    return (recogniser.recognise if INDEX[name]["endpoint"] == "/predict" else recogniser.read)(case(name))


def test_each_case_is_in_the_index_and_each_row_has_its_file():
    assert sorted(path.name for path in CASES.iterdir()) == sorted([*INDEX, "index.csv"])
    assert {row["endpoint"] for row in INDEX.values()} == set(STATUSES)


@pytest.mark.parametrize("name", named(str.isdigit))
def test_what_stands_there_is_read(request, recogniser, name):
    if name in STILL_MISREAD:
        request.applymarker(pytest.mark.xfail(strict=True, raises=AssertionError))
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
    for before in ("leak-g4.tif", "double-underline-9.png"):
        if before != "leak-g4.tif":
            read(recogniser, before)
        with pytest.raises(NotAPicture) as caught:
            read(recogniser, "leak-g4.tif")
        said.add(str(caught.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", [name for name in INDEX if name.startswith("work-")])
def test_no_page_makes_more_work_than_is_stated(name):
    assert len(candidates(find_page(decode(case(name))))) <= MOST_CANDIDATES + MOST_COMPONENTS


def test_a_page_full_of_digits_makes_no_more_work_either(splits):
    page = np.zeros((800, 800), np.uint8)
    for place, image in enumerate(splits.validation.images[:256]):
        row, column = divmod(place, 16)
        page[50 * row : 50 * row + 48, 50 * column : 50 * column + 48] = cv2.resize(image, (48, 48))
    found = candidates(find_page(decode(png(255 - page))))
    assert 100 < len(found) <= MOST_CANDIDATES + MOST_COMPONENTS
