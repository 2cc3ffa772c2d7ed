"""A trained network becomes a stored model: exported, settled, past the gate, described in a card, saved as a whole."""

import json
import shutil
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bentoml
from rich.console import Console

from pipeline.data.mnist import Split, Splits
from pipeline.errors import BelowFloors, ModelError
from pipeline.evaluation import metrics, seeds
from pipeline.recognition.model import CARD, Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import store
from pipeline.training import provenance, quality_gate, thresholds
from pipeline.training.export import export
from pipeline.training.train import Settings, Trained


def save(trained: Trained, splits: Splits, settings: Settings, extra_files: list[Path], force: bool = False) -> str:
    """Export, judge and store a trained network, with `extra_files` beside it; returns its tag.

    Raises BelowFloors where the model does not pass pipeline.training.quality_gate; with `force` it is stored all the same, and marked.
    The test set is looked at here, once, after all choices are made on the validation set.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        card = _card(trained, splits, settings, folder, force)
        for file in extra_files:
            shutil.copy(file, folder)
        with bentoml.models.create(store.NAME, labels=_labels(card), metadata=_summary(card)) as stored:
            card["version"] = stored.tag.version
            _write_card(card, folder / CARD)
            shutil.copytree(folder, stored.path, dirs_exist_ok=True)
    return str(stored.tag)


def ship(wanted: str | None, evaluation: Path | None = None, folder: Path = store.SHIPPED) -> Path:
    """Make a stored model the one that ships with the project: one importable file and its card.

    The card has, beside what the file's own one has, `seeds`: the same recipe with other seeds, as far as in the store;
    and `evaluation`, where the metrics.json that `evaluate` wrote is given. Raises ModelError.
    """
    tag = store.choose(wanted)
    folder.mkdir(exist_ok=True)
    path = folder / f"{tag.replace(':', '-')}.bentomodel"
    card = json.loads((Path(bentoml.models.get(tag).path) / CARD).read_text("utf-8"))
    card["seeds"] = seeds.same_recipe(card)
    if evaluation:
        card["evaluation"] = _evaluation(evaluation, tag)
    with tempfile.TemporaryDirectory() as name:  # the old one goes only once the new one is whole
        exported = bentoml.models.export_model(tag, str(Path(name) / path.name))
        for old in [*folder.glob("*.bentomodel"), *folder.glob("*.json")]:
            old.unlink()
        shutil.move(exported, path)
    _write_card(card, path.with_suffix(".json"))
    return path


def _evaluation(path: Path, tag: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: is no JSON ({error}). Name the metrics.json that 'evaluate' wrote.") from error
    if found.get("model") != tag:
        raise ModelError(f"{path}: is of {found.get('model')}, expected {tag}. Evaluate that one first.")
    return found


def _card(trained: Trained, splits: Splits, settings: Settings, folder: Path, force: bool) -> dict[str, Any]:
    console = Console(stderr=True)
    card: dict[str, Any] = {"files": export(trained.network, folder)}
    _write_card(card, folder / CARD)
    exported = Model(folder, f"{store.NAME}:candidate")
    card |= thresholds.settle(exported, splits.validation, settings.examples, console)
    exported.card = card
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
        "versions": provenance.packages(),
        "code": provenance.code(),
        "labels": metrics.DIGITS,
        **card,
        "gate": _past_the_gate(exported, splits.validation, force),  # before the test set is looked at
        "metrics": {
            part: metrics.metrics(*_judged(exported, getattr(splits, part))) for part in ("validation", "test")
        },
    }


def _past_the_gate(model: Model, validation: Split, force: bool) -> dict[str, Any]:
    found = quality_gate.measure(Recogniser(model), validation)
    below = quality_gate.failures(found)
    if below and not force:
        raise BelowFloors(
            f"The model is not stored: {'; '.join(below)}. Train with more digits or epochs, or store it all the same "
            "with --resume --force, which trains nothing again."
        )
    return {"figures": asdict(found), "floors": asdict(quality_gate.FLOORS), "passed": not below, "forced": bool(below)}


def _judged(model: Model, split: Split):
    return split.labels, model.predict(split.images)


def _labels(card: dict[str, Any]) -> dict[str, str]:
    """What `bentoml models list` and `get` show beside the tag."""
    return {
        "task": "handwritten-digits",
        "test-accuracy": f"{card['metrics']['test']['accuracy']:.4f}",
        "training": "interrupted" if card["training"]["interrupted"] else "complete",
        "gate": "passed" if card["gate"]["passed"] else "forced",
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


def _write_card(card: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(card, indent=1) + "\n", "utf-8")
