"""The command line on real files: small trainings from start to stored model, interruptions, and bad input."""

import csv
import json
import signal

import numpy as np
import pytest
import yaml
from command_line import CommandLine, last_line, wait_for_epoch, weights_of
from datasets import write_folder
from PIL import Image

from pipeline.data import mnist
from pipeline.evaluation import metrics
from pipeline.recognition.model import Model
from pipeline.registry import store


@pytest.fixture(scope="module")
def small(tmp_path_factory, splits):
    """A data folder of 2,000 training and 300 test digits."""
    part = mnist.Split(splits.train.images[:2000], splits.train.labels[:2000])
    test = mnist.Split(splits.train.images[2000:2300], splits.train.labels[2000:2300])
    return write_folder(tmp_path_factory.mktemp("data") / "small", part, test)


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    return CommandLine(tmp_path_factory.mktemp("bentoml"))


@pytest.fixture(scope="module")
def trained(line, small, tmp_path_factory):
    """Card and output folder of a small training."""
    out = tmp_path_factory.mktemp("train")
    return line.train(small, out, "--seed", 5, "--tensorboard", out / "logs"), out


def test_training_saves_a_model_that_reads(trained, line, small):
    card, _ = trained
    assert card["metrics"]["test"]["accuracy"] > 0.8
    assert (card["seed"], card["training"]["epochs"], card["data"]["train"]) == (5, 2, 1834)
    stored = Model(line.folder(card), card["model"])
    test = mnist.load(small).test
    found = metrics.metrics(test.labels, stored.predict(test.images))
    assert found["accuracy"] == pytest.approx(card["metrics"]["test"]["accuracy"])


def test_training_curves_are_data_and_a_picture(trained):
    _, out = trained
    with (out / "curves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert float(rows[0]["learning_rate"]) > float(rows[1]["learning_rate"]) >= 0
    assert float(rows[0]["loss"]) > float(rows[1]["loss"]) > 0  # of digits and what is none, unlike the card's figures
    with Image.open(out / "curves.png") as picture:
        assert picture.width > 500
    assert list((out / "logs").rglob("events.out.tfevents.*"))


def test_the_stored_keras_file_is_the_exported_graph(trained, line, splits):
    import keras

    card, _ = trained
    folder = line.folder(card)
    network = keras.saving.load_model(folder / "network.keras", safe_mode=True)
    digits = splits.validation.images[:64]
    expected = network.predict(digits[..., None], verbose=0)
    np.testing.assert_allclose(Model(folder, "digits:test").glance(digits), expected, atol=1e-5)


def test_same_seed_same_model(trained, line, small, tmp_path):
    again = line.train(small, tmp_path, "--seed", 5)
    assert again["metrics"] == trained[0]["metrics"]
    assert again["version"] != trained[0]["version"]
    for weights, same in zip(*(weights_of(line.folder(card)) for card in (trained[0], again)), strict=True):
        np.testing.assert_array_equal(weights, same)


def test_ctrl_c_keeps_the_best_model_and_says_so(line, small, tmp_path):
    process = line.start("train", "--quick", "--data", small, "--out", tmp_path, "--epochs", 200, "--force")
    wait_for_epoch(process, 2)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "Interrupted: keeping the best model of 2 epochs." in errors
    tag = output.split()[1].rstrip(":")
    assert output.startswith(f"Saved {tag}: validation ")
    info = yaml.safe_load((line.models / tag.partition(":")[2] / "model.yaml").read_text())
    assert info["labels"]["training"] == "interrupted"


def test_a_killed_training_leaves_no_model(trained, line, small, tmp_path):
    before = line.versions()
    process = line.start("train", "--quick", "--data", small, "--out", tmp_path, "--epochs", 200)
    wait_for_epoch(process, 1)
    process.kill()
    process.communicate(timeout=60)
    assert line.versions() == before


def test_ctrl_c_before_the_first_epoch_has_nothing_to_keep(splits, monkeypatch):
    from pipeline.errors import DigitsError
    from pipeline.training import train

    def interrupt(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(train.Curves, "on_train_batch_end", interrupt)
    part = mnist.Split(splits.train.images[:256], splits.train.labels[:256])
    with pytest.raises(DigitsError, match=r"Stopped before the first epoch was over: there is no model to keep\."):
        train.train(part, part, train.QUICK)


def test_evaluate_writes_a_report_with_its_pictures(trained, line, small, tmp_path):
    card, _ = trained
    done = line.run("evaluate", card["model"], "--data", small, "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result == json.loads((tmp_path / "metrics.json").read_text())
    assert result["accuracy"] == pytest.approx(card["metrics"]["test"]["accuracy"])
    assert sum(map(sum, result["confusion_matrix"])) == 300
    assert len(result["mistakes"]) == 300 - sum(row[i] for i, row in enumerate(result["confusion_matrix"]))
    assert result["served"]["agrees"] is True
    report = (tmp_path / "report.html").read_text("utf-8")
    assert report.count('<figure class="mistake') == min(60, len(result["mistakes"]))
    assert "://" not in report


def test_evaluate_prints_precision_recall_and_f1(trained, line, small, tmp_path):
    done = line.run("evaluate", trained[0]["model"], "--data", small, "--out", tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["digit", "precision", "recall", "F1", "support", "recall", "between"]
    assert [line.split()[0] for line in lines[1:13]] == [*"0123456789", "macro", "weighted"]
    assert lines[-1] == f"wrote {tmp_path / 'report.html'}"


def test_preprocess_checks_prepares_and_draws(line, small, tmp_path):
    done = line.run("preprocess", "--data", small, "--out", tmp_path)
    first_line = " ".join(done.stdout.splitlines()[0].split())
    assert first_line.startswith(
        "train 1,834×28×28×1 uint8 0-255, normalised by the network's first layer to 0.0-1.0 (mean 0.1"
    )
    with np.load(tmp_path / "mnist.npz") as arrays:
        assert arrays["train_images"].shape == (1834, 28, 28, 1)
        assert arrays["validation_labels"].shape == (166,)
    with Image.open(tmp_path / "contact_sheet.png") as sheet:
        assert sheet.size == (20 * 28 * 2, 10 * 28 * 2)
        assert np.asarray(sheet).mean() > 200  # dark ink on white


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ["train", "--epochs", "0"],
            2,
            "argument --epochs: expected a whole number from 1 to 1000000, received '0'. Try --help.",
        ),
        (
            ["train", "--seed", "x"],
            2,
            "argument --seed: expected a whole number from 0 to 4294967295, received 'x'. Try --help.",
        ),
        (
            ["evaluate", "--robustness-digits", "5"],
            2,
            "argument --robustness-digits: expected a whole number from 10 to 10000, received '5'. Try --help.",
        ),
        (["train", "--data", "nowhere"], 1, "error: nowhere: no such folder."),
        (["preprocess", "--data", "tests"], 1, "error: tests/train-images-idx3-ubyte: missing"),
        (["preprocess", "--out", "README.md"], 1, "error: README.md: File exists"),
        (["evaluate", "nosuch"], 1, "error: No model digits:nosuch in the store."),
        (["ship", "nosuch"], 1, "error: No model digits:nosuch in the store."),
        (["fly"], 2, "invalid choice: 'fly'"),
        ([], 2, "the following arguments are required: COMMAND"),
    ],
)
def test_bad_input_is_one_readable_line(line, arguments, status, said):
    done = line.run(*arguments)
    assert done.returncode == status
    assert said in last_line(done.stderr)
    assert "Traceback" not in done.stderr


def test_a_model_is_stored_whole_or_not_at_all(model, monkeypatch, splits):
    """The disk fills up, say, while the files of a new model are written."""
    import shutil

    from pipeline.training import release, train

    part = mnist.Split(splits.train.images[:500], splits.train.labels[:500])
    tiny = mnist.Splits(part, part, part, "0" * 64)
    trained = train.train(part, part, train.Settings(epochs=1))
    before = store.versions()

    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full_disk)
    with pytest.raises(OSError, match="No space left on device"):
        release.save(trained, tiny, train.Settings(epochs=1), [], force=True)
    assert store.versions() == before


def test_help_states_what_train_does_unless_told(tmp_path):
    from pipeline.training import train

    text = " ".join(CommandLine(tmp_path).run("train", "--help").stdout.split())
    default, quick = train.Settings(), train.QUICK
    for stated in (f"({default.epochs}; {quick.epochs} with --quick)", f"({default.batch_size})", f"({default.seed})"):
        assert stated in text


def test_quick_is_gentler_and_shorter():
    from pipeline.training import train

    assert train.QUICK.epochs < train.Settings().epochs
    assert train.QUICK.augmentation.rotation_degrees < train.Settings().augmentation.rotation_degrees


def test_time_does_not_matter_to_a_batch(splits):
    """Batches are made in a thread ahead of time; asking in another order gives the same ones."""
    from pipeline.training import train

    part = mnist.Split(splits.train.images[:512], splits.train.labels[:512])
    forward, backward = (train.AugmentedBatches(part, train.Settings()) for _ in range(2))
    ahead = [forward[i] for i in range(4)]
    behind = [backward[i] for i in reversed(range(4))][::-1]
    for (images, labels), (other_images, other_labels) in zip(ahead, behind, strict=True):
        np.testing.assert_array_equal(images, other_images)
        np.testing.assert_array_equal(labels, other_labels)
