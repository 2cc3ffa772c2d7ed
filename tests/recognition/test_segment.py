"""Picture to candidates: size, place and resolution make no difference to what the network sees."""

import cv2
import numpy as np
import pytest
from drawings import LETTER_K, alike, bitmap_touching_the_border, draw, number, page, save, segmentation_of, write
from PIL import Image

from pipeline.recognition.candidates import Segmentation


@pytest.mark.parametrize("label", range(10))
def test_a_ready_made_digit_stays_what_it_is(test_digit, image_of, label):
    digit = test_digit(label)
    for picture in (digit, 255 - digit, np.pad(digit, ((0, 0), (3, 30)))):
        assert alike(image_of(save(picture)), digit) > 0.95


@pytest.mark.parametrize(
    ("side", "least"),
    [(16, 0.7), (20, 0.8), (28, 0.95), (40, 0.88), (60, 0.88), (100, 0.88), (280, 0.88), (1000, 0.88), (2000, 0.88)],
)
def test_any_size(test_digit, image_of, side, least):
    margin = min(side // 2, 200)
    for label in range(10) if side < 1000 else (4,):
        picture = write(page(side + 2 * margin, side + 3 * margin), test_digit(label), 2 * margin, margin, side)
        assert alike(image_of(save(picture)), test_digit(label)) > least, label


@pytest.mark.parametrize("height", [140, 280, 500])
def test_any_place(test_digit, image_of, height):
    for corner in ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)):
        for label in (1, 7):
            x, y = (round(fraction * (560 - height)) for fraction in corner)
            picture = write(page(560, 560), test_digit(label), x, y, height)
            assert alike(image_of(save(picture)), test_digit(label)) > 0.88, (corner, label)


@pytest.mark.parametrize(("two_levels", "least"), [(False, 0.88), (True, 0.83)], ids=["grey", "two levels"])
@pytest.mark.parametrize("side", [16, 28, 32])
def test_tiny_pictures_that_touch_the_border(test_digit, image_of, side, two_levels, least):
    for label in range(10):
        picture = bitmap_touching_the_border(test_digit(label), side)
        if two_levels:
            picture = np.where(picture > 80, 255, 0).astype(np.uint8)
        for either in (picture, 255 - picture):
            assert alike(image_of(save(either)), test_digit(label)) > least, label


@pytest.mark.parametrize("kind", ["dark", "light"])
def test_boxes_are_in_pixels_of_the_picture_that_came(test_digit, eye, kind):
    """Larger than what is worked on, and on its side: the box is where a person sees the ink."""
    upright = write(page(1200, 1600), test_digit(6), 800, 600, 400)
    x, y, width, height = cv2.boundingRect((upright[..., 0] < 128).astype(np.uint8))
    if kind == "light":
        upright = 255 - upright
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = Image.fromarray(upright).transpose(Image.Transpose.ROTATE_90)
    found = segmentation_of(save(sideways, "JPEG", exif=exif), eye)
    assert (found.width, found.height) == (1600, 1200)
    [[[digit, *_]]] = found.lines
    assert found.candidates[digit].box == pytest.approx((x, y, x + width, y + height), abs=6)


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (300, 200), (2, 900), (2400, 1800)], ids=str)
def test_a_blank_page_has_no_candidates(eye, shape):
    assert segmentation_of(save(page(*shape)), eye) == Segmentation(shape[1], shape[0])


def test_one_digit_is_one_candidate_and_not_put_together_with_anything(test_digit, eye):
    found = segmentation_of(save(write(page(400, 400), test_digit(3), 90, 60, 200)), eye)
    assert (len(found.candidates), found.lines, found.unread, found.together) == (1, (((0,),),), (), None)
    assert 0.3 < found.candidates[0].eye <= 1


def test_a_number_is_one_line_from_left_to_right(test_digit, eye):
    labels = (4, 0, 7, 1, 3)
    found = segmentation_of(save(number([test_digit(label) for label in labels])), eye)
    [line] = found.lines
    boxes = [found.candidates[digit[0]].box for digit in line]
    assert boxes == sorted(boxes)
    for (index, *_), label in zip(line, labels, strict=True):
        assert alike(found.candidates[index].image, test_digit(label)) > 0.85, label


def test_two_pieces_are_a_candidate_together_as_well(test_digit, eye):
    found = segmentation_of(save(number([test_digit(4), test_digit(2)])), eye)
    [[[first, *_], [second, *_]]] = found.lines
    left, right = found.candidates[first].box, found.candidates[second].box
    assert found.together is not None and found.together not in (first, second)
    together = found.candidates[found.together].box
    assert together == pytest.approx((left[0], min(left[1], right[1]), right[2], max(left[3], right[3])), abs=3)


def test_many_pieces_are_no_digit_together(test_digit, eye):
    found = segmentation_of(save(number([test_digit(label) for label in range(10)])), eye)
    assert (sum(map(len, found.lines)), found.together) == (10, None)


def test_a_letter_beside_a_digit_is_other_writing(test_digit, eye):
    picture = draw(write(page(200, 400), test_digit(4), 20, 40, 120), LETTER_K, 230, 40, 110, 7)
    found = segmentation_of(save(picture), eye)
    assert (len(found.candidates), found.lines) == (1, (((0,),),))
    [unread] = found.unread
    assert unread == pytest.approx((230 + 33, 51, 230 + 86, 139), abs=6)


def test_writing_without_a_digit_is_a_candidate_as_a_whole(eye):
    """So that the network has a say where the eye is wrong."""
    found = segmentation_of(save(draw(page(200, 200), LETTER_K, 30, 30, 140, 9)), eye)
    assert (len(found.candidates), found.lines, found.together) == (1, (), 0)
    assert found.unread


def test_the_same_picture_is_found_the_same_way(test_digit, eye):
    picture = save(number([test_digit(label) for label in (3, 8)]))
    first, second = (segmentation_of(picture, eye) for _ in range(2))
    assert (first.lines, first.unread, first.together) == (second.lines, second.unread, second.together)
    for one, other in zip(first.candidates, second.candidates, strict=True):
        assert (one.box, one.eye) == (other.box, other.eye)
        np.testing.assert_array_equal(one.image, other.image)
