"""How pages with something beside, around or against the digits are read, on digits of MNIST's validation part.

    python -m bench.pages [--model digits:latest] [--pages 60] [--kinds frame comb …] [--out DIR] [--all] [--json]

With --out the pages that are misread are written there, as KIND-INDEX-EXPECTED-GOT.png; with --all too the others.
The test digits stay out of it: what is changed to read these pages better is judged by `evaluate --robustness`.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from pipeline.arguments import whole_number
from pipeline.data import mnist
from pipeline.data.mnist import Split
from pipeline.evaluation.pages.kinds import KINDS, page
from pipeline.evaluation.pages.outcomes import PageReader, page_outcomes, read
from pipeline.recognition.recogniser import use_one_thread
from pipeline.registry import store


def measure(reader: PageReader, name: str, digits: Split, count: int, out: Path | None, keep: bool) -> dict[str, Any]:
    """Fractions 0-1 of the pages of a kind, and the mean milliseconds that reading one takes."""
    pages = [page(name, index, digits) for index in range(count)]
    start = time.perf_counter()
    found = [read(reader, each) for each in pages]
    taken = time.perf_counter() - start
    for index, (each, got) in enumerate(zip(pages, found, strict=True)):
        if out and (keep or got.text != each.expected):
            file = f"{name.replace(' ', '_')}-{index:03}-{each.expected}-{got.text or 'none'}.png"
            (out / file).write_bytes(each.file)
    outcomes = page_outcomes(name, pages, found)
    return {
        "right": float(outcomes.correct.mean()),
        "unsure": float((~outcomes.sure).mean()),
        "sure_and_wrong": float((outcomes.sure & ~outcomes.correct).mean()),
        "ms": 1000 * taken / count,
    }


def describe(name: str, row: dict[str, Any]) -> str:
    rates = "".join(f"{row[field]:>16.1%}" for field in ("right", "unsure", "sure_and_wrong"))
    return f"{name:<28}{rates}{row['ms']:>10.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Read pages with something beside, around or against the digits.")
    parser.add_argument("--model", help="tag or version ($DIGITS_MODEL, or the latest)")
    parser.add_argument("--pages", type=whole_number(1, 10_000), default=60, help="of each kind (%(default)s)")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), metavar="KIND", default=list(KINDS), help="all")
    parser.add_argument("--data", metavar="DIR", help="folder with the IDX files (default: $DIGITS_DATA or data/mnist)")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where pages that are misread are written")
    parser.add_argument("--all", action="store_true", help="with --out: the pages that are read correctly too")
    parser.add_argument("--json", action="store_true", help="print the rates as JSON")
    options = parser.parse_args()
    use_one_thread()
    store.ensure_not_empty()
    recogniser, digits = store.load(options.model).recogniser, mnist.load(options.data).validation
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    found = {}
    if not options.json:
        print(f"{'kind':<28}{'right':>16}{'unsure':>16}{'sure and wrong':>16}{'ms':>10}")
    for name in options.kinds:
        found[name] = measure(recogniser, name, digits, options.pages, options.out, options.all)
        if not options.json:
            print(describe(name, found[name]), flush=True)
    mean = {field: sum(row[field] for row in found.values()) / len(found) for field in found[options.kinds[0]]}
    print(json.dumps({**found, "mean": mean}) if options.json else describe("mean of all kinds", mean))
    return 0


if __name__ == "__main__":
    sys.exit(main())
