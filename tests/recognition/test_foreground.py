"""Connected components: ink of the pen, without specks, paper edges and the ink of neighbours."""

import cv2
import numpy as np
import pytest
from drawings import BLACK, FIVE_BAR, FIVE_BODY, FOUR, SEVEN, alike, draw, drawn, image_of, page, page_of, save, write

from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.foreground import find_foreground
from pipeline.recognition.ink import Ink

PAPER = (245, 243, 238)
TABLES = [(96, 66, 44), (60, 60, 64), (150, 120, 90)]


def test_no_ink_no_components():
    assert find_foreground(Ink(np.zeros((100, 100), np.float32), 0.002)).components == ()


def test_a_component_has_the_box_of_its_ink():
    intensity = np.zeros((100, 120), np.float32)
    intensity[20:60, 30:40] = 0.8
    found = find_foreground(Ink(intensity, 0.002))
    [component] = found.components
    assert (component.box, component.edge) == ((30, 20, 40, 60), 0)
    assert (component.width, component.height, component.size) == (10, 40, 40)
    assert found.ink[30, 35] == 1  # relative to the pen's, however faint
    np.testing.assert_array_equal(found.holds(component), True)


def test_what_the_noise_of_the_page_explains_is_no_component():
    intensity = np.zeros((100, 100), np.float32)
    intensity[40:60, 45:50] = 0.2
    assert find_foreground(Ink(intensity, 0.01)).components
    assert not find_foreground(Ink(intensity, 0.1)).components


def test_faint_ink_beside_the_pens_is_no_component():
    intensity = np.zeros((100, 100), np.float32)
    intensity[20:60, 30:40] = 1
    intensity[20:60, 70:80] = 0.3
    found = find_foreground(Ink(intensity, 0.002))
    assert [component.box for component in found.components] == [(30, 20, 40, 60)]


def test_specks_are_dropped():
    dirty, rng = drawn(FOUR), np.random.default_rng(0)
    for _ in range(30):
        x, y, radius = rng.integers(5, 295), rng.integers(5, 295), rng.integers(1, 4)
        cv2.circle(dirty, (int(x), int(y)), int(radius), BLACK, -1)
    found = page_of(save(dirty)).foreground
    assert len(found.components) == 1
    assert alike(image_of(save(dirty)), image_of(save(drawn(FOUR)))) > 0.98


def test_the_most_prominent_component_comes_first():
    drawing = draw(page(300, 500), SEVEN, 40, 150, 60, 6)
    found = page_of(save(draw(drawing, SEVEN, 250, 40, 200, 12))).foreground
    assert [component.box[0] > 250 for component in found.components] == [True, False]
    assert found.components[0].prominence > found.components[1].prominence


def test_what_lies_along_the_edge_is_less_prominent():
    drawing = draw(page(300, 300), SEVEN, 90, 90, 120, 8)
    cv2.rectangle(drawing, (0, 0), (40, 300), BLACK, -1)
    found = page_of(save(drawing)).foreground
    assert not found.components[0].edge
    assert alike(image_of(save(drawing)), image_of(save(drawn(SEVEN, 16)))) > 0.9


@pytest.mark.parametrize("table", TABLES)
def test_the_table_beside_a_page_is_dropped(table):
    for top, left in ((40, 60), (0, 50), (50, 0)):
        photograph = page(400, 400, table)
        photograph[top:, left:] = PAPER
        draw(photograph, FOUR, 130, 120, 200, 10)
        assert alike(image_of(save(photograph)), image_of(save(drawn(FOUR, 12)))) > 0.95, (top, left)


@pytest.mark.parametrize("table", TABLES)
def test_the_table_around_a_page_is_dropped(table):
    photograph = page(400, 400, table)
    photograph[40:360, 60:340] = PAPER
    draw(photograph, FOUR, 130, 120, 160, 10)
    assert alike(image_of(save(photograph)), image_of(save(drawn(FOUR, 12)))) > 0.9


@pytest.mark.parametrize("noise", [0, 4])
def test_the_table_in_photographs_is_dropped(test_digit, noise):
    scene = Scene(size=(320, 400), height=0.4, edge=0.12, noise=noise)
    for seed in range(6):
        photograph = render(test_digit(seed), scene, np.random.default_rng(seed))
        assert alike(image_of(save(photograph)), test_digit(seed)) > 0.8, seed


def test_a_crop_holds_the_ink_of_its_component_alone():
    drawing = draw(page(300, 300), [FIVE_BODY, FIVE_BAR], 30, 30, 240, 8)
    cv2.line(drawing, (170, 20), (280, 200), BLACK, 4)  # a neighbour inside the box
    found = page_of(save(drawing)).foreground
    for component in found.components:
        inside, crop = found.holds(component), found.crop(component)
        assert crop.max() == 1
        y, x = (crop.shape[0] - inside.shape[0]) // 2, (crop.shape[1] - inside.shape[1]) // 2
        own = crop[y : y + inside.shape[0], x : x + inside.shape[1]]
        assert own[inside].min() > 0
        strong_and_not_own = (own > 0.4) & ~inside
        assert not strong_and_not_own.any()


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.7])
def test_the_shadow_of_a_finger_is_no_ink(test_digit, recogniser, strength):
    finger = np.zeros((400, 400), np.uint8)
    cv2.line(finger, (-60, 460), (110, 300), 255, 70)
    light = 1 - strength * cv2.GaussianBlur(finger, (0, 0), 15)[..., None] / 255
    assert not page_of(save(np.round(page(400, 400) * light).astype(np.uint8))).foreground.components
    beside = write(page(400, 400), test_digit(3), 190, 40, 180)
    answer = recogniser.recognise(save(np.round(beside * light).astype(np.uint8)))
    assert (answer.status, answer.digit) == ("digit", 3)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_table_along_one_side_is_no_ink(test_digit, side):
    photograph = page(300, 400, TABLES[0])
    rows, columns = {
        "left": (np.s_[:], np.s_[50:]),
        "right": (np.s_[:], np.s_[:350]),
        "top": (np.s_[50:], np.s_[:]),
        "bottom": (np.s_[:250], np.s_[:]),
    }[side]
    photograph[rows, columns] = PAPER
    assert not page_of(save(photograph)).foreground.components
    expected = image_of(save(write(page(300, 400, PAPER), test_digit(7), 130, 80, 140)))
    assert alike(image_of(save(write(photograph, test_digit(7), 130, 80, 140))), expected) > 0.99
