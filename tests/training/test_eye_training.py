"""The eye's training: what it learns by, that it goes on after an interruption, and that what is exported is it."""

import dataclasses
import hashlib
import json
import signal

import numpy as np
import pytest
from command_line import CommandLine, last_line
from datasets import write_folder
from rich.console import Console

from pipeline.data import mnist
from pipeline.errors import DigitsError
from pipeline.recognition.eye import Eye
from pipeline.registry import store
from pipeline.training import eye as eye_training
from pipeline.training import eye_network, settings
from pipeline.training.export import export_eye
from pipeline.training.settings import QUICK, EyeSettings, Settings, settings_of

TINY = EyeSettings(
    steps=60, steps_a_part=5, batch_size=2, warmup_steps=2, digits=20, styles=10, letters=10, processes=1
)  # fmt: skip
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def digits(splits) -> mnist.Split:
    return mnist.Split(splits.train.images[:50], splits.train.labels[:50])


@pytest.fixture(scope="module")
def network():
    return eye_network.build()


def truth(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Something that may be true of two views of 32×64: a digit's ink with offsets of weight 1, one centre each."""
    ink = (rng.random((2, 32, 64, 3)) < 0.1).astype(np.uint8)
    ink[..., 2] = 1 + 9 * ink[..., 2]
    offsets = rng.normal(0, 1, (2, 16, 32, 3)).astype(np.float16)
    offsets[..., 2] = rng.random((2, 16, 32)) < 0.2
    centres = np.zeros((2, 8, 16, 3), np.float16)
    centres[:, 4, 7] = 1, 0.5, 1
    return {"ink": ink, "offsets": offsets, "centres": centres}


def perfect(of: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What an eye would say that sees just this."""
    heat = np.where(of["centres"][..., 0] == 1, 12, -12)
    return {
        "ink": np.where(of["ink"][..., :2] == 1, 12, -12).astype(np.float32),
        "offsets": of["offsets"][..., :2].astype(np.float32),
        "centres": np.stack([heat, of["centres"][..., 1]], -1).astype(np.float32),
    }


@pytest.mark.parametrize("name", eye_network.LOSSES)
def test_losses_are_least_where_all_is_seen(name):
    rng = np.random.default_rng(2)
    expected = truth(rng)
    seen = perfect(expected)[name]
    loss = eye_network.LOSSES[name]
    least = float(loss(expected[name], seen))
    assert 0 <= least < 0.02
    worse = [float(loss(expected[name], seen + away * rng.normal(0, 1, seen.shape).astype(np.float32)))
             for away in (0.5, 4, 16)]  # fmt: skip
    assert least < worse[0] < worse[1] < worse[2]


def test_an_error_of_ink_counts_as_much_as_its_weight_says():
    expected = truth(np.random.default_rng(2))["ink"]
    light, heavy = (np.flatnonzero(expected[0, :, :, 2] == weight)[0] for weight in (1, 10))
    losses = []
    for at in (light, heavy):
        seen = perfect({**truth(np.random.default_rng(2)), "ink": expected})["ink"]
        seen.reshape(2, -1, 2)[0, at] *= -1
        losses.append(float(eye_network.LOSSES["ink"](expected, seen)))
    assert losses[1] > 2 * losses[0] > 0


def test_offsets_count_where_there_is_ink_of_a_digit_alone():
    expected = truth(np.random.default_rng(2))["offsets"]
    seen = expected[..., :2].astype(np.float32)
    seen[expected[..., 2] == 0] = 99
    assert float(eye_network.LOSSES["offsets"](expected, seen)) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("shape", [(32, 32), (64, 96), (32, 448)])
def test_what_the_network_says_of_views(network, shape):
    height, width = shape
    views = np.random.default_rng(0).integers(0, 256, (2, height, width, 3), np.uint8)
    said = {name: np.asarray(of) for name, of in network(views, training=False).items()}
    assert {name: of.shape for name, of in said.items()} == {
        "ink": (2, height, width, 2),
        "offsets": (2, height // 2, width // 2, 2),
        "centres": (2, height // 4, width // 4, 2),
    }
    assert all(np.isfinite(of).all() for of in said.values())


def test_it_is_small(network):
    assert network.count_params() < 400_000


@pytest.mark.slow
@pytest.mark.long
def test_what_is_exported_is_what_was_trained(network, tmp_path):
    import keras

    files = export_eye(network, tmp_path)
    assert files == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in (store.EYE_KERAS_FILE, store.EYE)
    }
    again = keras.saving.load_model(tmp_path / store.EYE_KERAS_FILE, safe_mode=True)
    sight = Eye((tmp_path / store.EYE).read_bytes())
    for height, width in ((32, 64), (96, 160)):
        view = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        said = np.asarray(again(view[None], training=False)["ink"])[0]
        seen = sight.look(view)
        assert seen.digit == pytest.approx(1 / (1 + np.exp(-said[..., 0])), abs=1e-4)
        assert seen.writing == pytest.approx(1 / (1 + np.exp(-said[..., 1])), abs=1e-4)


def test_the_eye_that_ships_is_the_keras_file_beside_it(stored):
    import keras

    network = keras.saving.load_model(stored.folder / store.EYE_KERAS_FILE, safe_mode=True)
    assert network.count_params() == stored.card.eye.parameters == eye_network.build().count_params()
    view = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    said = np.asarray(network(view[None], training=False)["ink"])[0, ..., 0]
    assert stored.recogniser.eye.look(view).digit == pytest.approx(1 / (1 + np.exp(-said)), abs=1e-3)


@pytest.mark.slow
@pytest.mark.long
def test_a_batch_depends_on_seed_part_and_number_alone(digits):
    """However many processes render."""
    found = []
    for processes in (1, 2):
        with eye_training.rendering(digits, dataclasses.replace(TINY, processes=processes), 7) as batches:
            found.append(list(batches.of(3)))
    assert len(found[0]) == len(found[1]) == TINY.steps_a_part
    for index in range(TINY.steps_a_part):
        (views, true), (same_views, same_true) = found[0][index], found[1][index]
        np.testing.assert_array_equal(views, same_views)
        assert views.shape[0] == TINY.batch_size
        for name in true:
            np.testing.assert_array_equal(true[name], same_true[name])
    assert found[0][0][0].tobytes() != found[0][1][0].tobytes()


def test_quick_settings_take_the_eye_that_ships(stored, digits, tmp_path):
    folder = tmp_path / eye_training.FOLDER
    run = eye_training.get_eye(digits, QUICK, folder, False, QUIET)
    assert run == stored.card.eye
    assert (folder / store.EYE).read_bytes() == (stored.folder / store.EYE).read_bytes()
    view = np.full((32, 32, 3), 255, np.uint8)
    np.testing.assert_array_equal(
        eye_training.open_eye(folder).look(view).digit, stored.recogniser.eye.look(view).digit
    )


def test_an_eye_that_is_there_is_kept_when_resumed_and_else_replaced(stored, digits, tmp_path):
    folder = tmp_path / eye_training.FOLDER
    eye_training.get_eye(digits, QUICK, folder, False, QUIET)
    mine = dataclasses.replace(stored.card.eye, seconds=1234.5)
    (folder / eye_training.RUN).write_text(json.dumps(dataclasses.asdict(mine)))
    (folder / "left over").write_text("")
    assert eye_training.get_eye(digits, QUICK, folder, True, QUIET) == mine
    assert eye_training.get_eye(digits, QUICK, folder, False, QUIET) == stored.card.eye
    assert not (folder / "left over").exists()


@pytest.mark.parametrize(
    "chosen", [QUICK, Settings(), dataclasses.replace(QUICK, eye=TINY)], ids=["quick", "all", "tiny"]
)
def test_settings_are_kept_until_there_is_a_checkpoint(chosen, tmp_path):
    settings.begin(chosen, tmp_path / "new")
    assert settings.begun(tmp_path / "new") == chosen
    assert settings_of(json.loads(json.dumps(dataclasses.asdict(chosen)))) == chosen


def test_without_settings_there_is_nothing_to_go_on_with(tmp_path):
    with pytest.raises(DigitsError) as caught:
        settings.begun(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: there is no training to go on with. Start without --resume, or name its folder with --out."
    )
    (tmp_path / settings.FILE).write_text("{")
    with pytest.raises(DigitsError, match=r"settings\.json: is damaged \(.+\)\. Start without --resume\.$"):
        settings.begun(tmp_path)
    (tmp_path / settings.FILE).write_text(json.dumps({**dataclasses.asdict(QUICK), "eye": {"steps": 5}}))
    with pytest.raises(DigitsError, match=r"^Those settings are of another version of this program.*Train anew\.$"):
        settings.begun(tmp_path)


@pytest.fixture(scope="module")
def resumed(splits, tmp_path_factory):
    """Training of a small eye, cut off by Ctrl-C and gone on with to the stored model.

    What the first said, its status, what the second said, the card, and the stored model's folder.
    """
    home, out = tmp_path_factory.mktemp("bentoml"), tmp_path_factory.mktemp("train")
    part = mnist.Split(splits.train.images[:1200], splits.train.labels[:1200])
    test = mnist.Split(splits.train.images[1200:1500], splits.train.labels[1200:1500])
    data = write_folder(tmp_path_factory.mktemp("data") / "small", part, test)
    line = CommandLine(home)
    settings.begin(dataclasses.replace(QUICK, epochs=1, batch_size=32, seed=3, eye=TINY), out)
    process = line.start("train", "--resume", "--data", data, "--out", out)
    assert process.stderr
    first = next((text for text in process.stderr if text.startswith("eye  2/")), "")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    done = line.run("train", "--resume", "--force", "--json", "--data", data, "--out", out)
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    return first + errors, process.returncode, done.stderr, card, line.folder(card)


@pytest.mark.slow
@pytest.mark.long
def test_an_interrupted_eye_says_how_to_go_on(resumed):
    said, status, *_ = resumed
    assert status == 1
    assert last_line(said) == "error: Interrupted while the eye was trained. --resume goes on with it."


@pytest.mark.slow
@pytest.mark.long
def test_seconds_and_losses_are_of_the_whole_training_however_often_it_was_cut_off(digits, tmp_path):
    told = {"losses": {"loss": 1.5}, "seconds": 1000.0}
    short = dataclasses.replace(TINY, steps=5, steps_a_part=5)
    network, losses, seconds = eye_training.train_eye(digits, short, 1, tmp_path, QUIET)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.json", "1.weights.h5"]
    assert json.loads((tmp_path / "1.json").read_text()) == {"losses": losses, "seconds": seconds}
    (tmp_path / "1.json").write_text(json.dumps(told))
    again, losses, seconds = eye_training.train_eye(digits, short, 1, tmp_path, QUIET)
    assert (losses, seconds) == (told["losses"], 1000.0)
    for one, other in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    _, _, seconds = eye_training.train_eye(digits, dataclasses.replace(short, steps=10), 1, tmp_path, QUIET)
    assert seconds > 1000


def parts_told(said: str) -> list[int]:
    """The numbers of the parts that were told of, in order."""
    return [int(text.split("/")[0].removeprefix("eye")) for text in said.splitlines() if text.startswith("eye ")]


@pytest.mark.slow
@pytest.mark.long
def test_a_resumed_eye_goes_on_where_it_stopped_with_the_settings_it_had(resumed):
    before, _, after, card, _ = resumed
    done, rest = parts_told(before), parts_told(after)
    assert rest[-1] == 12
    assert rest == list(range(rest[0], 13))
    assert done[-1] <= rest[0] <= done[-1] + 2  # the last may have been kept and not yet told of
    assert card["eye"]["settings"] == dataclasses.asdict(TINY)
    assert (card["eye"]["seed"], card["settings"]["eye"]) == (3, dataclasses.asdict(TINY))
    assert set(card["eye"]["losses"]) == {"loss", "ink_loss", "offsets_loss", "centres_loss"}
    assert card["eye"]["seconds"] > 0


@pytest.mark.slow
@pytest.mark.long
def test_the_stored_model_has_the_eye_that_was_trained(resumed, stored):
    *_, card, folder = resumed
    found = store.load_folder(folder, card["model"])
    assert set(found.card.eye.files) == {store.EYE, store.EYE_KERAS_FILE}
    assert found.card.eye.files != stored.card.eye.files
    assert found.card.eye.files.items() <= found.card.files.items()
    assert found.recogniser.eye.look(np.zeros((32, 32, 3), np.uint8)).digit.shape == (32, 32)
