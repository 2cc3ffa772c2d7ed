"""`python -m pipeline train`: a model from nothing, one that was cut off, or the one that serves with corrections."""

import argparse
import dataclasses
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.arguments import OneLineParser, whole_number

if TYPE_CHECKING:
    from pipeline.data.mnist import Splits
    from pipeline.registry.card import ModelCard

CHOSEN = "epochs", "batch_size", "seed"  # settings that have an option


def add_to(train: argparse.ArgumentParser) -> None:
    """The options."""
    train.add_argument(
        "--epochs", type=whole_number(1, 1_000_000), help="passes over the training digits (20; 2 with --quick)"
    )
    train.add_argument("--batch-size", type=whole_number(1, 1_000_000), help="digits in one step (128)")
    train.add_argument("--seed", type=whole_number(0, 2**32 - 1), help="same seed, same machine: same model (1)")
    train.add_argument("--quick", action="store_true", help="a good model in under two minutes")
    train.add_argument(
        "--resume", action="store_true", help="go on with a training that was cut off, with the settings it had"
    )
    train.add_argument("--force", action="store_true", help="store the model even if it does not pass the quality gate")
    train.add_argument(
        "--with-feedback", metavar="EXPORT", type=Path,
        help="train on from the model that serves, with the corrections that `feedback export` wrote",
    )  # fmt: skip
    train.add_argument("--tensorboard", metavar="DIR", type=Path, help="write TensorBoard logs there")


def check(parser: OneLineParser, options: argparse.Namespace) -> None:
    """End the program where options contradict each other."""
    if options.resume and (_given(options) or options.quick):
        parser.error("--resume goes on with the settings the training began with; leave --quick and others out")
    if options.with_feedback and (options.resume or options.tensorboard):
        parser.error("--with-feedback trains on from the model that serves; leave --resume and --tensorboard out")


def run(options: argparse.Namespace) -> int:
    """Do what was parsed. Raises DigitsError."""
    from pipeline.data import mnist

    splits = mnist.load(options.data)  # what is wrong with it is said before TensorFlow takes its seconds
    if options.with_feedback:
        return _train_on(options, splits)

    from rich.console import Console

    from pipeline.recognition.recogniser import use_one_thread
    from pipeline.training import checkpoint, eye, history, train
    from pipeline.training.settings import FILE as SETTINGS_FILE
    from pipeline.training.settings import begin, begun, settings_of

    use_one_thread()
    console = Console(stderr=True)
    path, eye_folder = options.out / checkpoint.FILE, options.out / eye.FOLDER
    resumed = checkpoint.load(path) if options.resume and path.exists() else None
    if resumed:
        settings = settings_of(resumed.settings)
    else:
        settings = begun(options.out) if options.resume else _settings(options)
    if not options.resume and (options.out / SETTINGS_FILE).exists():
        print(
            f"{options.out} holds a training that is not stored. --resume would have gone on with it; "
            "this one replaces it.",
            file=sys.stderr,
        )
    begin(settings, options.out)
    eye.get_eye(splits.train, settings, eye_folder, options.resume, console)
    trained = train.train(
        splits.train, splits.validation, settings, path, resumed, options.tensorboard, eye=eye.open_eye(eye_folder)
    )
    if trained.interrupted:
        print(f"Interrupted: keeping the best model of {len(trained.history)} epochs.", file=sys.stderr)
    curves = history.save_history(trained.history, options.out)

    from pipeline.registry import store
    from pipeline.training import release

    tag = release.save(trained, eye_folder, splits, settings, curves, options.force)
    if not trained.interrupted:
        path.unlink(missing_ok=True)
        (options.out / SETTINGS_FILE).unlink(missing_ok=True)  # there is nothing left to go on with
    card = store.load(tag).card
    print(json.dumps({"model": tag, **card.to_json()}) if options.json else _saved(options, tag, card))
    return 0


def _train_on(options: argparse.Namespace, splits: "Splits") -> int:
    from pipeline.feedback import export
    from pipeline.registry import promotion, store

    exported = export.read(options.with_feedback)
    store.ensure_not_empty()
    serving = store.load(promotion.serving())

    from rich.console import Console

    from pipeline.recognition.recogniser import use_one_thread
    from pipeline.training import corrections, eye, history, release

    parts = corrections.parts_of(exported)
    recipe = corrections.BRIEF if options.quick else corrections.FULL
    recipe = dataclasses.replace(recipe, settings=dataclasses.replace(recipe.settings, **_given(options)))
    use_one_thread()
    trained = corrections.train_on(serving, parts.learned, splits, recipe, Console(stderr=True))
    curves = history.save_history(trained.history, options.out)
    sha256 = hashlib.sha256(options.with_feedback.read_bytes()).hexdigest()
    successor = corrections.Successor(serving, parts, splits, recipe, sha256)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, eye.FOLDER)
        corrections.keep_eye(serving, folder)
        tag = release.save(trained, folder, splits, recipe.settings, curves, options.force, successor)
    card = store.load(tag).card
    if options.json:
        print(json.dumps({"model": tag, **card.to_json()}))
        return 0
    for each in card.corrected.compared if card.corrected else ():
        print(f"{each.name} ({each.pictures:,}): {each.before:.2%} before, {each.after:.2%} now")
    print(f"{_saved(options, tag, card)}\n'python -m pipeline promote {tag}' makes it serve in place of {serving.tag}.")
    return 0


def _saved(options: argparse.Namespace, tag: str, card: "ModelCard") -> str:
    accuracy = {part: found.accuracy for part, found in card.metrics.items()}
    return (
        f"Saved {tag}: validation {accuracy['validation']:.2%}, test {accuracy['test']:.2%}, "
        f"trained {card.training.seconds / 60:.1f} min. Curves: {options.out / 'curves.png'}"
    )


def _settings(options: argparse.Namespace):
    from pipeline.training.settings import QUICK, Settings

    return dataclasses.replace(QUICK if options.quick else Settings(), **_given(options))


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in CHOSEN if getattr(options, name) is not None}
