"""A trained network becomes a stored model: exported for serving, judged, described in a card, saved as a whole."""

import hashlib
import json
import platform
import shutil
import tempfile
import warnings
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import bentoml
import keras
from rich.console import Console

from pipeline import evaluate, network, store
from pipeline.calibrate import best_temperature
from pipeline.data import SIDE, Split, Splits
from pipeline.examples import judged_digits, validation_set
from pipeline.model import CARD, GRAPH, Model
from pipeline.train import Settings, Trained

KERAS_FILE = "network.keras"
VERSIONS_OF = ("keras", "numpy", "onnxruntime", "bentoml")


def save(trained: Trained, splits: Splits, settings: Settings, extra_files: list[Path]) -> str:
    """Export, judge and store a trained network, with `extra_files` beside it; returns its tag.

    The test set is looked at here, once, after all choices are made on the validation set.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _export(trained.network, folder)
        card = _card(trained, splits, settings, folder)
        for file in extra_files:
            shutil.copy(file, folder)
        with bentoml.models.create(store.NAME, labels=_labels(card), metadata=_summary(card)) as stored:
            card["version"] = stored.tag.version
            _write_card(card, folder)
            shutil.copytree(folder, stored.path, dirs_exist_ok=True)
    return str(stored.tag)


def ship(wanted: str | None, folder: Path = store.SHIPPED) -> Path:
    """Make a stored model the one that ships with the project: one importable file and its card."""
    tag = store.choose(wanted)
    folder.mkdir(exist_ok=True)
    path = folder / f"{tag.replace(':', '-')}.bentomodel"
    with tempfile.TemporaryDirectory() as name:  # the old one goes only once the new one is whole
        exported = bentoml.models.export_model(tag, str(Path(name) / path.name))
        for old in [*folder.glob("*.bentomodel"), *folder.glob("*.json")]:
            old.unlink()
        shutil.move(exported, path)
    shutil.copy(Path(bentoml.models.get(tag).path) / CARD, path.with_suffix(".json"))
    return path


def _export(trained: keras.Model, folder: Path) -> None:
    bare = network.build()  # without the optimizer, which would triple the file
    bare.set_weights(trained.get_weights())
    bare.save(folder / KERAS_FILE)
    bare(keras.ops.zeros((1, SIDE, SIDE, 1), "uint8"))  # Keras exports only what has been called
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tf2onnx, about NumPy 2; the exported graph is judged below
        bare.export(folder / GRAPH, format="onnx", verbose=False)


def _card(trained: Trained, splits: Splits, settings: Settings, folder: Path) -> dict[str, Any]:
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (KERAS_FILE, GRAPH)}
    _write_card({"files": files}, folder)
    console = Console(stderr=True)
    exported = Model(folder, f"{store.NAME}:candidate")
    everything = validation_set(splits.validation, console)
    exported.temperature = best_temperature(everything.labels, exported.classify(everything.images))
    _, of_all = exported.judge(everything.images)
    plain = splits.validation
    probabilities, digitness = exported.judge(plain.images)
    _, of_digits = exported.judge(judged_digits(plain, settings.examples, console).images)
    no_digit_below = evaluate.no_digit_threshold(of_digits)
    return {
        "name": store.NAME,
        "version": None,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": settings.seed,
        "settings": asdict(settings),
        "training": {
            "epochs": len(trained.history),
            "seconds": round(trained.seconds, 1),
            "interrupted": trained.interrupted,
            "parameters": trained.network.count_params(),
            "precision": trained.network.layers[1].dtype_policy.name,
        },
        "data": {
            "sha256": splits.sha256,
            **{part: len(getattr(splits, part)) for part in ("train", "validation", "test")},
        },
        "versions": _versions(),
        "labels": evaluate.DIGITS,
        "temperature": exported.temperature,
        "unsure_below": evaluate.unsure_threshold(plain.labels, probabilities * digitness[:, None]),
        "unsure_target": f"wrong at most {evaluate.WRONG_AT_MOST:.4f} of the answers given, on the validation set",
        "no_digit_below": no_digit_below,
        "no_digit_target": f"at most {evaluate.LOST_AT_MOST:.4f} of the digits taken for none, on the validation set, "
        "plain and as people send it",
        "no_digit": evaluate.separation(everything.labels, of_all, no_digit_below),
        "metrics": {
            part: evaluate.metrics(*_judged(exported, getattr(splits, part))) for part in ("validation", "test")
        },
        "files": files,
    }


def _judged(model: Model, split: Split):
    return split.labels, model.predict(split.images)


def _versions() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in VERSIONS_OF}
    backend = keras.backend.backend()
    versions[backend] = __import__(backend).__version__
    return {"python": platform.python_version(), **versions}


def _labels(card: dict[str, Any]) -> dict[str, str]:
    """What `bentoml models list` and `get` show beside the tag."""
    return {
        "task": "handwritten-digits",
        "test-accuracy": f"{card['metrics']['test']['accuracy']:.4f}",
        "training": "interrupted" if card["training"]["interrupted"] else "complete",
        "seed": str(card["seed"]),
    }


def _summary(card: dict[str, Any]) -> dict[str, Any]:
    parts = card["metrics"].items()
    return {
        "classes": card["labels"],
        "data_sha256": card["data"]["sha256"],
        "epochs": card["training"]["epochs"],
        **{f"{part}_accuracy": metrics["accuracy"] for part, metrics in parts},
        **{
            f"{part}_{name}": metrics["averages"]["macro"][name]
            for part, metrics in parts
            for name in ("precision", "recall", "f1")
        },
    }


def _write_card(card: dict[str, Any], folder: Path) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
