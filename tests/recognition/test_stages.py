"""`python -m pipeline look`: what each stage makes of a picture."""

import numpy as np
import pytest
from drawings import FOUR, drawn, number, page, save, written
from PIL import Image

from pipeline.__main__ import main
from pipeline.recognition.stages import look, stages

STAGES = ["decoded", "ink", "eye", "digits"]


def test_the_stages_in_order(test_digit, eye, image_of):
    picture = save(written(test_digit(3)))
    shown = list(stages(picture, eye))
    assert [name for name, _ in shown] == STAGES
    for name, after in shown:
        assert after.dtype == np.uint8, name
        assert after.max() > 200, name
    (_, decoded), (_, ink), (_, seen), (_, digits) = shown
    np.testing.assert_array_equal(decoded, written(test_digit(3)))
    assert ink.shape == (600, 400)
    assert seen.shape[2] == 3
    assert seen.shape[0] / seen.shape[1] == pytest.approx(1.5, rel=0.05)
    np.testing.assert_array_equal(digits[:, :28], image_of(picture))


def test_what_the_eye_sees_is_shown_in_colour_where_the_digit_is_and_nowhere_else(test_digit, eye):
    """The digit stands in the lower half of its page."""
    shown = dict(stages(save(written(test_digit(3))), eye))["eye"].astype(int)
    coloured = np.ptp(shown, axis=2) > 60
    half = len(shown) * 45 // 100
    assert coloured[half:].mean() > 0.01
    assert not coloured[: half - 20].any()


def test_all_that_the_network_is_asked_of_stands_side_by_side(test_digit, eye):
    digits = dict(stages(save(number([test_digit(label) for label in (4, 0, 7, 1)])), eye))["digits"]
    assert digits.shape == (28, 4 * 28)


def test_look_writes_each_stage_and_takes_away_those_of_before(tmp_path, eye, image_of, capsys):
    picture, out = tmp_path / "page.png", tmp_path / "out"
    for content, names in ((save(drawn(FOUR)), STAGES), (save(page()), STAGES[:3])):  # a blank page has no digits
        picture.write_bytes(content)
        assert main(["look", "--out", str(out), str(picture)]) == 0
        files = [out / f"page-{number}-{name}.png" for number, name in enumerate(names)]
        assert capsys.readouterr().out.split() == list(map(str, files))
        assert sorted(out.iterdir()) == files
        if names is STAGES:
            np.testing.assert_array_equal(np.asarray(Image.open(files[-1]))[:, :28], image_of(content))


def test_look_leaves_other_files_alone(tmp_path, eye):
    picture, out = tmp_path / "page.png", tmp_path / "out"
    picture.write_bytes(save(page()))
    out.mkdir()
    (out / "page-notes.txt").write_text("mine")
    (out / "other-0-decoded.png").write_bytes(b"mine too")
    assert len(look(picture, out, eye)) == 3
    assert (out / "page-notes.txt").read_text() == "mine"
    assert (out / "other-0-decoded.png").read_bytes() == b"mine too"


def test_look_with_a_model_that_is_not_there(tmp_path, stored, capsys):
    picture = tmp_path / "page.png"
    picture.write_bytes(save(page()))
    assert main(["look", "--model", "nosuch", "--out", str(tmp_path / "out"), str(picture)]) == 1
    assert capsys.readouterr().err == (
        f"error: No model digits:nosuch in the store. It holds: {stored.tag}. "
        "Choose one of these, or bring it with 'bentoml models import FILE'.\n"
    )


@pytest.mark.parametrize("content", [b"not a picture", None], ids=["no picture", "no file"])
def test_look_at_what_cannot_be_read(tmp_path, stored, capsys, content):
    picture = tmp_path / "broken.png"
    if content is not None:
        picture.write_bytes(content)
    assert main(["look", "--out", str(tmp_path / "out"), str(picture)]) == 1
    printed = capsys.readouterr()
    [line] = printed.err.splitlines()
    assert line.startswith("error: ") and not printed.out
    assert not list((tmp_path / "out").glob("*"))
