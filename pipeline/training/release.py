"""A trained network becomes a stored model: exported, calibrated, past the quality gate, described in a card."""

import dataclasses
import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bentoml
from rich.console import Console

from pipeline.data.mnist import Splits
from pipeline.errors import BelowThresholds, ModelError
from pipeline.evaluation import metrics, seeds
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.recognition.verifier import Verifier
from pipeline.registry import card as model_card
from pipeline.registry import store
from pipeline.registry.card import PARTS, Corrected, DataUsed, EyeTraining, ModelCard, QualityGate, TrainingRun
from pipeline.training import provenance, quality_gate
from pipeline.training.corrections import Successor
from pipeline.training.export import export
from pipeline.training.eye import RUN, open_eye
from pipeline.training.settings import Settings
from pipeline.training.thresholds import calibrate
from pipeline.training.train import Trained
from pipeline.training.verifier import get_verifier


def save(
    trained: Trained,
    eye: Path,
    splits: Splits,
    settings: Settings,
    extra_files: list[Path],
    force: bool = False,
    successor: Successor | None = None,
) -> str:
    """Export, evaluate and store a trained network with the eye in a folder and `extra_files`; returns its tag.

    One that was trained on with corrections is a `successor`.

    Raises BelowThresholds where the model does not pass the quality gate; with `force` it is stored all the same, and
    marked. The test set is looked at here, once, after all choices are made on the validation set.
    """
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = EyeTraining(**json.loads((eye / RUN).read_text("utf-8")))
        card = _new_card(trained, run, splits, settings, export(trained.network, folder))
        model = Model((folder / store.GRAPH).read_bytes(), f"{store.NAME}:candidate")
        card = dataclasses.replace(card, **vars(calibrate(model, splits.validation, settings.examples, console)))
        if successor:
            verifier = successor.verifier
        else:
            verifier = get_verifier(splits.validation, settings, open_eye(eye), model, console)
        (folder / store.VERIFIER).write_bytes(verifier)
        card.files[store.VERIFIER] = hashlib.sha256(verifier).hexdigest()
        options = DecisionOptions(card.unsure_below, card.no_digit_below)
        card = _judged(card, Recogniser(open_eye(eye), model, Verifier(verifier), options), splits, force, successor)
        for file in [*(eye / name for name in run.files), *extra_files]:
            shutil.copy(file, folder)
        with bentoml.models.create(store.NAME, labels=_labels(card), metadata=_summary(card)) as stored:
            dataclasses.replace(card, version=stored.tag.version).write(folder / model_card.FILE)
            shutil.copytree(folder, stored.path, dirs_exist_ok=True)
    return str(stored.tag)


def ship(wanted: str | None, evaluation: Path | None = None, folder: Path = store.SHIPPED) -> Path:
    """Make a stored model the one that ships with the project: one importable file and its card.

    The card has, beside what the file's own one has, `seeds`: the same recipe with other seeds, as far as in the store;
    and `evaluation`, where the metrics.json that `evaluate` wrote is given. Raises ModelError.
    """
    stored = store.load(wanted)
    tag = stored.tag
    folder.mkdir(exist_ok=True)
    path = folder / f"{tag.replace(':', '-')}.bentomodel"
    found = _evaluation(evaluation, tag) if evaluation else None
    card = dataclasses.replace(stored.card, seeds=seeds.same_recipe(stored.card), evaluation=found)
    with tempfile.TemporaryDirectory() as name:  # the old one goes only once the new one is whole
        exported = bentoml.models.export_model(tag, str(Path(name) / path.name))
        for old in [*folder.glob("*.bentomodel"), *folder.glob("*.json")]:
            old.unlink()
        shutil.move(exported, path)
    card.write(path.with_suffix(".json"))
    return path


def _evaluation(path: Path, tag: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: is no JSON ({error}). Name the metrics.json that 'evaluate' wrote.") from error
    if found.get("model") != tag:
        raise ModelError(f"{path}: is of {found.get('model')}, expected {tag}. Evaluate that one first.")
    return found


def _new_card(
    trained: Trained, eye: EyeTraining, splits: Splits, settings: Settings, files: dict[str, str]
) -> ModelCard:
    """What is known of a network before anything is measured."""
    return ModelCard(
        name=store.NAME,
        version=None,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=settings.seed,
        settings=asdict(settings),
        training=TrainingRun(
            epochs=len(trained.history),
            seconds=round(trained.seconds, 1),
            interrupted=trained.interrupted,
            parameters=trained.network.count_params(),
            precision=trained.network.layers[1].dtype_policy.name,
        ),
        eye=eye,
        data=DataUsed(splits.sha256, len(splits.train), len(splits.validation), len(splits.test)),
        versions=provenance.packages(),
        code=provenance.code(),
        labels=metrics.DIGITS,
        files=files | eye.files,
    )


def _judged(
    card: ModelCard, recogniser: Recogniser, splits: Splits, force: bool, successor: Successor | None
) -> ModelCard:
    """The card with what is measured: the gate, at last the metrics. Raises BelowThresholds."""
    gate, corrected = _past_the_gate(recogniser, splits, force, successor)  # before the test set is looked at
    found = {}
    for part in PARTS:
        split = getattr(splits, part)
        found[part] = metrics.metrics(split.labels, recogniser.model.classify(split.images).probabilities)
    return dataclasses.replace(card, quality_gate=gate, metrics=found, corrected=corrected)


def _past_the_gate(
    recogniser: Recogniser, splits: Splits, force: bool, successor: Successor | None
) -> tuple[QualityGate, Corrected | None]:
    found = quality_gate.measure(recogniser, splits.validation)
    corrected = successor.judged(recogniser, found, Console(stderr=True)) if successor else None
    below = quality_gate.failures(found) + quality_gate.worse(corrected.compared if corrected else ())
    if below and not force:
        remedy = (
            "Look at the corrections ('python -m pipeline feedback list'), or store it all the same with --force."
            if successor
            else "Train with more digits or epochs, or store it all the same with --resume --force, which trains "
            "nothing again."
        )
        raise BelowThresholds(f"The model is not stored: {'; '.join(below)}. {remedy}")
    return QualityGate(found, quality_gate.THRESHOLDS, passed=not below, forced=bool(below)), corrected


def _labels(card: ModelCard) -> dict[str, str]:
    """What `bentoml models list` and `get` show beside the tag."""
    gate = card.quality_gate
    return {
        "task": "handwritten-digits",
        "test-accuracy": f"{card.metrics['test'].accuracy:.4f}",
        "training": "interrupted" if card.training.interrupted else "complete",
        "gate": "passed" if gate and gate.passed else "forced",
        "seed": str(card.seed),
    }


def _summary(card: ModelCard) -> dict[str, Any]:
    macro = {part: asdict(found.averages["macro"]) for part, found in card.metrics.items()}
    return {
        "classes": card.labels,
        "data_sha256": card.data.sha256,
        "epochs": card.training.epochs,
        **{f"{part}_accuracy": found.accuracy for part, found in card.metrics.items()},
        **{f"{part}_{name}": score for part, scores in macro.items() for name, score in scores.items()},
    }
