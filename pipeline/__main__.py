"""The command line: python -m pipeline predict | look | train | evaluate | promote | feedback | …; --help lists all."""

import argparse
import dataclasses
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.arguments import OneLineParser, http_url, one_word, whole_number
from pipeline.errors import DigitsError
from pipeline.feedback import command_line as feedback
from pipeline.version import version

if TYPE_CHECKING:
    from pipeline.data.mnist import Splits
    from pipeline.registry.card import ModelCard

CHOSEN = "epochs", "batch_size", "seed"  # settings that have an option


def main(arguments: list[str] | None = None) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: none of its start-up chatter
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"  # before BentoML is: no usage reports
    parser = command_line()
    options = parser.parse_args(arguments)
    chosen = any(getattr(options, name, None) is not None for name in CHOSEN) or getattr(options, "quick", False)
    if getattr(options, "resume", False) and chosen:
        parser.error("--resume goes on with the settings the training began with; leave --quick and others out")
    if getattr(options, "with_feedback", None) and (options.resume or options.tensorboard):
        parser.error("--with-feedback trains on from the model that serves; leave --resume and --tensorboard out")
    try:
        return options.run(options)
    except DigitsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # a folder that cannot be written, a full disk
        print(f"error: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was saved", file=sys.stderr)
        return 130


def command_line() -> OneLineParser:
    """All commands with their options; what is parsed has `run`, the command's function."""
    parser = OneLineParser(
        prog="python -m pipeline", description="Read digits; train, evaluate and promote what reads them."
    )
    parser.add_argument("--version", action="version", version=f"handwritten digits {version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    predict = command("predict", _predict, "Read the digit in each picture, here or by a service.")
    preprocess = command("preprocess", _preprocess, "Check the MNIST files, prepare the splits, draw a contact sheet.")
    look = command("look", _look, "Write what each stage of segmentation makes of a picture, as PNG files.")
    train = command("train", _train, "Train a model and save it to the BentoML model store.")
    evaluate = command("evaluate", _evaluate, "Evaluate a stored model on the test digits and write an HTML report.")
    promote = command("promote", _promote, "Make a stored model the one that serves, from now on and after a restart.")
    promote.add_argument("model", metavar="MODEL", help="tag or version; latest is the newest")
    command("rollback", _rollback, "Go back to the model that served before the one promoted last.")
    ship = command("ship", _ship, "Make a stored model the one that ships in models/.")
    feedback.add_to(command("feedback", _feedback, "List, export or delete the corrections that are kept."))
    key = command("key", _key, "Make a key for a client of the service, and its line for the file $DIGITS_API_KEYS.")
    key.add_argument("name", metavar="NAME", type=one_word, help="whose key it is")
    key.add_argument("--rate", metavar="N", type=whole_number(1, 1_000_000), default=50, help="requests a second (50)")
    for each in (preprocess, train, evaluate):
        each.add_argument(
            "--data", metavar="DIR", help="folder with the IDX files (default: $DIGITS_DATA or data/mnist)"
        )
        each.add_argument("--json", action="store_true", help="print the result as JSON")
    predict.add_argument("files", nargs="+", metavar="FILE", help="picture files; - is standard input")
    predict.add_argument("--number", action="store_true", help="read a number of several digits in each")
    predict.add_argument("--service", type=http_url, metavar="URL", help="ask this service (default: read here)")
    predict.add_argument("--json", action="store_true", help="print a line of JSON for each file")
    look.add_argument("--model", metavar="MODEL", help="tag or version ($DIGITS_MODEL, or the latest)")
    look.add_argument("pictures", nargs="+", metavar="PICTURE", type=Path, help="picture files")
    for each, folder in ((preprocess, "preprocess"), (look, "look"), (train, "train"), (evaluate, "evaluate")):
        each.add_argument(
            "--out", metavar="DIR", type=Path, default=Path("runs", folder), help="where files go (%(default)s)"
        )
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
    evaluate.add_argument(
        "--robustness",
        action="store_true",
        help="also read digits as photographs, scans, drawings and on pages of many kinds: about 25 minutes",
    )
    evaluate.add_argument(
        "--robustness-digits",
        type=whole_number(10, 10_000),
        metavar="N",
        help="so many digits under each condition and severity (500), half as many pages of each kind",
    )
    evaluate.add_argument("--against", metavar="MODEL", help="compare with this model on the same digits")
    ship.add_argument(
        "--evaluation", metavar="FILE", type=Path, help="metrics.json that evaluate wrote of it, to go into its card"
    )
    for each in (evaluate, ship):
        each.add_argument("model", nargs="?", metavar="MODEL", help="tag or version ($DIGITS_MODEL, or the latest)")
    return parser


def _predict(options: argparse.Namespace) -> int:
    from pipeline.predict import predict

    return predict(options.files, options.number, options.service, options.json)


def _preprocess(options: argparse.Namespace) -> int:
    from pipeline.data import mnist, preprocess

    summary = preprocess.preprocess(mnist.load(options.data), options.out)
    print(json.dumps(dataclasses.asdict(summary)) if options.json else preprocess.describe(summary))
    return 0


def _look(options: argparse.Namespace) -> int:
    from pipeline.recognition.stages import look
    from pipeline.registry import store

    store.ensure_not_empty()
    eye = store.load(options.model).recogniser.eye
    for picture in options.pictures:
        print(*look(picture, options.out, eye), sep="\n")
    return 0


def _train(options: argparse.Namespace) -> int:
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


def _evaluate(options: argparse.Namespace) -> int:
    from pipeline.data import mnist
    from pipeline.evaluation import robustness, served
    from pipeline.evaluation.evaluate import evaluate, write
    from pipeline.evaluation.report import summary
    from pipeline.recognition.recogniser import use_one_thread
    from pipeline.registry import store

    use_one_thread()
    digits = options.robustness_digits or (robustness.DIGITS if options.robustness else None)
    test = mnist.load(options.data).test
    store.ensure_not_empty()
    stored = store.load(options.model)
    against = store.load(options.against) if options.against else None
    found, evidence = evaluate(test, stored, digits, against)
    report = write(found, evidence, options.out)
    print(json.dumps(found.to_json()) if options.json else f"{summary.text(found)}\nwrote {report}")
    if found.served.agrees:
        return 0
    points = served.AGREEMENT_POINTS
    print(f"error: served pictures and raw arrays differ by more than {points} points", file=sys.stderr)
    return 1


def _promote(options: argparse.Namespace) -> int:
    from pipeline.registry import promotion, store

    store.ensure_not_empty()
    print(promotion.promote(options.model))
    return 0


def _rollback(options: argparse.Namespace) -> int:
    from pipeline.registry import promotion

    print(promotion.rollback())
    return 0


def _feedback(options: argparse.Namespace) -> int:
    from pipeline.feedback import settings
    from pipeline.registry import bentoml_adapter

    said = {settings.URL: options.database} if options.database else {}
    return feedback.run(options, settings.from_environment(bentoml_adapter.home(), {**os.environ, **said}))


def _key(options: argparse.Namespace) -> int:
    from pipeline.web.keys import new_key

    key, line = new_key(options.name, options.rate)
    print(f"The key of {options.name}, shown this once: {key}", file=sys.stderr)
    print(line)
    return 0


def _ship(options: argparse.Namespace) -> int:
    from pipeline.registry import store
    from pipeline.training import release

    store.ensure_not_empty()
    print(release.ship(options.model, options.evaluation))
    return 0


if __name__ == "__main__":
    sys.exit(main())
