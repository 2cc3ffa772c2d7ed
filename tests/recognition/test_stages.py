"""`python -m pipeline look`: what each stage makes of a picture."""

import numpy as np
import pytest
from drawings import FOUR, drawn, image_of, page, save, written
from PIL import Image

from pipeline.__main__ import main
from pipeline.recognition.stages import stages

STAGES = ["decoded", "page", "ink", "without-lines", "components", "character", "stroke-width", "digit", "eye"]


def test_the_stages_in_order(test_digit, eye):
    picture = save(written(test_digit(3)))
    shown = list(stages(picture, eye))
    assert [name for name, _ in shown] == STAGES
    for name, after in shown:
        assert after.dtype == np.uint8, name
        assert after.shape[:2] == (600, 400) or name in ("character", "stroke-width", "digit", "eye")
        assert after.max() == 255 or name == "eye", name
    np.testing.assert_array_equal(shown[0][1], written(test_digit(3)))
    np.testing.assert_array_equal(shown[-2][1], image_of(picture))
    green = np.abs(shown[-1][1].astype(int) - [0, 200, 0]).max(axis=2) < 12
    assert green.any()  # ink of a digit


def test_look_writes_each_stage_and_takes_away_those_of_before(tmp_path, capsys, stored):
    picture, out = tmp_path / "page.png", tmp_path / "out"
    for content, names in (
        (save(drawn(FOUR)), STAGES),
        (save(page()), [*STAGES[:5], "eye"]),
    ):  # a blank page has no character
        picture.write_bytes(content)
        assert main(["look", "--out", str(out), str(picture)]) == 0
        files = [out / f"page-{number}-{name}.png" for number, name in enumerate(names)]
        assert capsys.readouterr().out.split() == list(map(str, files))
        assert sorted(out.iterdir()) == files
        if names is STAGES:
            np.testing.assert_array_equal(np.asarray(Image.open(files[-2])), image_of(content))


@pytest.mark.parametrize("content", [b"not a picture", None], ids=["no picture", "no file"])
def test_look_at_what_cannot_be_read(tmp_path, capsys, content, stored):
    picture = tmp_path / "broken.png"
    if content is not None:
        picture.write_bytes(content)
    assert main(["look", "--out", str(tmp_path / "out"), str(picture)]) == 1
    printed = capsys.readouterr()
    [line] = printed.err.splitlines()
    assert line.startswith("error: ") and not printed.out
    assert not list((tmp_path / "out").glob("*"))
