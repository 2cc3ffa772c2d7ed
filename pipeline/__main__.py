"""The command line: python -m pipeline predict | look | train | evaluate | promote | feedback | …; --help lists all."""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from pipeline.arguments import OneLineParser, http_url, one_word, whole_number
from pipeline.errors import DigitsError
from pipeline.evaluation import command_line as evaluation
from pipeline.feedback import command_line as feedback
from pipeline.training import command_line as training
from pipeline.version import version


def main(arguments: list[str] | None = None) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: none of its start-up chatter
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"  # before BentoML is: no usage reports
    parser = command_line()
    options = parser.parse_args(arguments)
    if options.run == training.run:
        training.check(parser, options)
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
    train = command("train", training.run, "Train a model and save it to the BentoML model store.")
    evaluate = command(
        "evaluate", evaluation.run, "Evaluate a stored model on the test digits and write an HTML report."
    )
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
    training.add_to(train)
    evaluation.add_to(evaluate)
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
