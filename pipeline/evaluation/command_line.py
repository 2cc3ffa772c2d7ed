"""`python -m pipeline evaluate`: how good a stored model is, as a report and in words."""

import argparse
import json
import sys

from pipeline.arguments import whole_number


def add_to(evaluate: argparse.ArgumentParser) -> None:
    """The options."""
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


def run(options: argparse.Namespace) -> int:
    """Do what was parsed; 1 where what serves and raw arrays differ. Raises DigitsError."""
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
