"""The command line on real files: trainings from start to stored model, cut off and gone on with, and bad input."""

import contextlib
import csv
import dataclasses
import hashlib
import io
import json
import shutil
import signal
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from command_line import CommandLine, last_line, wait_for_epoch, weights_of
from datasets import write_folder
from homes import bentoml_home
from load import Load
from PIL import Image
from rich.console import Console

from pipeline.__main__ import main
from pipeline.data import mnist
from pipeline.evaluation import metrics
from pipeline.registry import store
from pipeline.training import checkpoint, release, train
from pipeline.training.eye import FOLDER
from pipeline.training.settings import FILE as SETTINGS_FILE
from pipeline.training.settings import QUICK, Settings

SETTINGS = dataclasses.replace(QUICK, epochs=4, batch_size=32, seed=5)


@pytest.fixture(scope="module")
def small(tmp_path_factory, splits):
    """A data folder of 1,200 training and 300 test digits."""
    part = mnist.Split(splits.train.images[:1200], splits.train.labels[:1200])
    test = mnist.Split(splits.train.images[1200:1500], splits.train.labels[1200:1500])
    return write_folder(tmp_path_factory.mktemp("data") / "small", part, test)


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    return CommandLine(tmp_path_factory.mktemp("bentoml"))


@pytest.fixture(scope="module")
def trained(line, small, tmp_path_factory, service, test_digit_png):
    """A training that replaces an old one, is killed by -9, gone on with, refused by the gate, stored by force.

    What it said until it was killed, what the refusal said, the card, the output folder; and who answered meanwhile.
    """
    with Load(service, test_digit_png(4)) as load:
        found = _trained(line, small, tmp_path_factory)
    return SimpleNamespace(**vars(found), answered={*load.models})


def _trained(line, small, tmp_path_factory):
    out = tmp_path_factory.mktemp("train")
    path = out / checkpoint.FILE
    (out / SETTINGS_FILE).write_text("of another training")
    how = "--quick", "--epochs", 4, "--batch-size", 32, "--seed", 5
    process = line.start("train", *how, "--data", small, "--out", out)
    assert process.stderr
    replaced = next(text for text in process.stderr if text.startswith(str(out)))
    wait_for_epoch(process, 2, of=4)
    process.kill()
    process.communicate(timeout=60)
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        status = main(
            ["train", "--resume", "--data", str(small), "--out", str(out), "--tensorboard", str(out / "logs")]
        )
    assert status == 1, errors.getvalue()
    assert not line.models.exists()
    with (
        bentoml_home(line.home),
        contextlib.redirect_stdout(io.StringIO()) as printed,
        contextlib.redirect_stderr(io.StringIO()) as said,
    ):
        status = main(["train", "--resume", "--force", "--json", "--data", str(small), "--out", str(out)])
    assert status == 0, said.getvalue()
    assert "epoch" not in said.getvalue()  # it trains nothing again
    card = json.loads(printed.getvalue())
    return SimpleNamespace(replaced=replaced, refused=errors.getvalue(), card=card, out=out, path=path)


@pytest.fixture(scope="module")
def at_once(small) -> train.Trained:
    """The same training without an interruption, in another process."""
    splits = mnist.load(small)
    return train.train(splits.train, splits.validation, SETTINGS, console=Console(quiet=True))


def test_a_new_training_says_that_it_replaces_another(trained):
    assert trained.replaced.strip() == (
        f"{trained.path.parent} holds a training that is not stored. --resume would have gone on with it; this one "
        "replaces it."
    )


def test_a_service_answers_while_a_training_is_killed_and_gone_on_with(trained, model):
    assert trained.answered == {model.tag}


def test_what_is_below_the_thresholds_is_not_stored(trained):
    said = last_line(trained.refused)
    assert said.startswith("error: The model is not stored: accuracy 0.")
    assert "(at least 0.99); " in said  # and what else is below
    assert said.endswith("or store it all the same with --resume --force, which trains nothing again.")


def test_force_stores_and_marks_it(trained, line):
    gate = trained.card["quality_gate"]
    assert (gate["passed"], gate["forced"], trained.card["training"]["epochs"]) == (False, True, 4)
    labels = yaml.safe_load((line.folder(trained.card) / "model.yaml").read_text("utf-8"))["labels"]
    assert (labels["gate"], labels["training"], labels["seed"]) == ("forced", "complete", "5")
    assert not trained.path.exists()


def test_killed_and_resumed_it_has_the_weights_of_one_training(trained, line, at_once):
    for weights, same in zip(weights_of(line.folder(trained.card)), at_once.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, same)


def test_the_stored_model_reads_and_its_card_says_how_well(trained, line, small):
    card = trained.card
    assert card["metrics"]["test"]["accuracy"] > 0.8
    assert (card["seed"], card["data"]["train"]) == (5, 1100)
    stored = store.load_folder(line.folder(card), card["model"])
    test = mnist.load(small).test
    found = metrics.metrics(test.labels, stored.model.classify(test.images).probabilities)
    assert found.accuracy == pytest.approx(card["metrics"]["test"]["accuracy"])


def test_quick_takes_the_eye_that_ships(trained, line, stored):
    eye = dataclasses.asdict(stored.card.eye)
    assert trained.card["eye"] == eye
    for name, sha256 in eye["files"].items():
        content = (line.folder(trained.card) / name).read_bytes()
        assert content == (stored.folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256 == trained.card["files"][name]


def test_the_learning_curves_are_data_and_a_picture(trained):
    with (trained.out / "curves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]  # those before the resumption as well
    rates = [float(row["learning_rate"]) for row in rows]
    assert rates == sorted(rates, reverse=True)
    assert float(rows[0]["loss"]) > float(rows[-1]["loss"]) > 0  # of digits and non-digits, unlike the card's metrics
    with Image.open(trained.out / "curves.png") as picture:
        assert picture.width > 500
    assert list((trained.out / "logs").rglob("events.out.tfevents.*"))


def test_the_stored_keras_file_is_the_exported_graph(trained, line, splits):
    import keras

    folder = line.folder(trained.card)
    network = keras.saving.load_model(folder / "network.keras", safe_mode=True)
    digits = splits.validation.images[:64]
    stored = store.load_folder(folder, "digits:test")
    expected = network.predict(digits[..., None], verbose=0)
    np.testing.assert_allclose(stored.model.forward(digits), expected, atol=1e-5)


@pytest.mark.slow
@pytest.mark.long
def test_a_model_is_stored_whole_or_not_at_all(at_once, trained, small, stored, monkeypatch):
    """The disk fills up, say, while the files of a new model are written."""
    before = store.versions()

    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full_disk)
    with pytest.raises(OSError, match="No space left on device"):
        release.save(at_once, trained.out / FOLDER, mnist.load(small), SETTINGS, [], force=True)
    assert store.versions() == before


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


@pytest.mark.slow
@pytest.mark.long
def test_the_same_code_trains_on_jax(small, tmp_path):
    """In batches of 33, a divisor of the 1,287 examples: JAX compiles a step for each size of batch, 7 seconds each."""
    jax = CommandLine(tmp_path)
    jax.how["env"] = {**jax.how["env"], "KERAS_BACKEND": "jax"}
    done = jax.run(
        "train", "--quick", "--data", small, "--epochs", 2, "--batch-size", 33, "--force", "--json", "--out", tmp_path
    )
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert {"jax", "keras"} < set(card["versions"])
    assert card["metrics"]["test"]["accuracy"] > 0.6


@pytest.mark.slow
@pytest.mark.long
def test_evaluate_writes_a_report_and_prints_json_or_a_table(stored, small, tmp_path, capsys):
    arguments = ["evaluate", stored.tag, "--data", str(small), "--out", str(tmp_path)]
    assert main([*arguments, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == json.loads((tmp_path / "metrics.json").read_text())
    assert result["accuracy"] > 0.97
    assert sum(map(sum, result["confusion_matrix"])) == 300
    assert "://" not in (tmp_path / "report.html").read_text("utf-8")
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["digit", "precision", "recall", "F1", "support", "recall", "between"]
    assert [line.split()[0] for line in lines[1:13]] == [*"0123456789", "macro", "weighted"]
    assert lines[-1] == f"wrote {tmp_path / 'report.html'}"


def test_preprocess_checks_prepares_and_draws(small, tmp_path, capsys):
    assert main(["preprocess", "--data", str(small), "--out", str(tmp_path)]) == 0
    first_line = " ".join(capsys.readouterr().out.splitlines()[0].split())
    assert first_line.startswith(
        "train 1,100×28×28×1 uint8 0-255, normalised by the network's first layer to 0.0-1.0 (mean 0.1"
    )
    with np.load(tmp_path / "mnist.npz") as arrays:
        assert arrays["train_images"].shape == (1100, 28, 28, 1)
        assert arrays["validation_labels"].shape == (100,)
    with Image.open(tmp_path / "contact_sheet.png") as sheet:
        assert sheet.size == (20 * 28 * 2, 10 * 28 * 2)
        assert np.asarray(sheet).mean() > 200  # dark ink on white
    assert main(["preprocess", "--data", str(small), "--out", str(tmp_path), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert list(summary) == ["sha256", "files", "splits"]
    assert summary["splits"]["validation"] | {"normalised_mean": 0, "normalised_deviation": 0, "digits": []} == {
        "shape": [100, 28, 28, 1], "dtype": "uint8", "pixel_range": [0, 255], "normalised_range": [0.0, 1.0],
        "normalised_mean": 0, "normalised_deviation": 0, "digits": [],
    }  # fmt: skip
    assert sum(summary["splits"]["validation"]["digits"]) == 100


NOT_WITH_RESUME = (
    "--resume goes on with the settings the training began with; leave --quick and others out. Try --help."
)


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
        (["train", "--resume", "--quick"], 2, NOT_WITH_RESUME),
        (["train", "--resume", "--seed", "0"], 2, NOT_WITH_RESUME),
        (["train", "--data", "nowhere"], 1, "error: nowhere: no such folder."),
        (["preprocess", "--data", "tests"], 1, "error: tests/train-images-idx3-ubyte: missing"),
        (["preprocess", "--out", "README.md"], 1, "error: README.md: File exists"),
        (["evaluate", "nosuch"], 1, "error: No model digits:nosuch in the store."),
        (["ship", "nosuch"], 1, "error: No model digits:nosuch in the store."),
        (["fly"], 2, "invalid choice: 'fly'"),
        ([], 2, "the following arguments are required: COMMAND"),
    ],
)
def test_bad_input_is_one_readable_line(arguments, status, said, stored, capsys):
    try:
        found = main(arguments)
    except SystemExit as exit:
        found = exit.code
    errors = capsys.readouterr().err
    assert (found, len(errors.strip().splitlines())) == (status, 1)
    assert said in errors


@pytest.mark.slow
@pytest.mark.long
def test_a_process_ends_with_the_status_and_the_line(line):
    done = line.run("train", "--data", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done.stderr).startswith("error: nowhere: no such folder.")


def test_help_states_what_train_does_unless_told(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    default = Settings()
    for stated in (f"({default.epochs}; {QUICK.epochs} with --quick)", f"({default.batch_size})", f"({default.seed})"):
        assert stated in text
