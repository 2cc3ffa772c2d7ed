"""`make fuzz`: malformed requests to a real service, Schemathesis on its description, a guided fuzzer on the decoder.

    PYTHONPATH=.:tests python tests/fuzz/run.py [--seconds 1200] [--seed 0]

Ends with a table, and exit status 1 where there was an answer of 5xx, none at all or one after over 2 seconds, a wrong
one to the valid requests in between, a worker that ended or kept its memory, or a finding of one of the two others.
"""

import argparse
import os
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from malformed import mutants
from servers import Server, bentoml_command
from under_fire import KEPT, UnderFire

WARM_UP, REQUESTS, SCHEMATHESIS, DECODER = 0.3, 0.6, 0.1, 0.3  # of the time; the first is part of the second
MOST_KIB = 64  # of a file that the guided fuzzer makes
DECODER_SECONDS, DECODER_MB = 20, 3000  # for one file, five times over and all traced
# Then a new process: atheris keeps what stood on the stack at each exception, some 40 MB a second, whole pictures too.
# The same pictures decoded without it leave nothing (test_no_picture_is_kept_when_its_answer_is_out).
ROUND_SECONDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz a real service and the decoder.")
    parser.add_argument("--seconds", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="digits-fuzz-") as folder:
        return fuzz(arguments.seconds, arguments.seed, Path(folder))


def fuzz(seconds: int, seed: int, folder: Path) -> int:
    (folder / "home").mkdir()
    environment = {"BENTOML_HOME": str(folder / "home"), "BENTOML_DO_NOT_TRACK": "True"}
    server = Server(bentoml_command("serve", "service:DigitService"), "/readyz", folder / "log", environment)
    server.start()
    try:
        run = UnderFire(server)
        start = time.monotonic()
        run.send(seed, start + WARM_UP * seconds)
        run.warmed_up()
        until = start + REQUESTS * seconds
        for number in count(seed + 1):
            if time.monotonic() > until:
                break
            run.send(number, until)
        run.other("Schemathesis", schemathesis(server.url, int(SCHEMATHESIS * seconds), seed), folder)
        run.end()
    finally:
        server.stop()
    corpus = first_pictures(seed, folder)
    for number in range(max(1, round(DECODER * seconds / ROUND_SECONDS))):
        run.other(f"Decoder, round {number + 1}", decoder(corpus, seed + number + 1), folder)
    return run.report()


def schemathesis(url: str, seconds: int, seed: int) -> list[str]:
    checks = "not_a_server_error,status_code_conformance,response_schema_conformance"
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/docs.json", "--checks", checks]
    return [*command, "--phases", "examples,coverage,fuzzing", "--max-time", str(seconds), "--seed", str(seed)]


def first_pictures(seed: int, folder: Path) -> Path:
    """A folder of malformed pictures, for the guided fuzzer to start from; it adds to them what reaches new code."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, (_, content) in enumerate(mutants(seed, 1)):
        (corpus / str(number)).write_bytes(content)
    return corpus


def decoder(corpus: Path, seed: int) -> list[str]:
    """The command of one round of the guided fuzzer."""
    KEPT.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_len={MOST_KIB * 1024}", f"-timeout={DECODER_SECONDS}", f"-rss_limit_mb={DECODER_MB}"]
    options = [f"-max_total_time={ROUND_SECONDS}", f"-seed={seed}", f"-artifact_prefix={KEPT.resolve()}{os.sep}"]
    return [sys.executable, str(Path(__file__).with_name("fuzz_decoder.py")), str(corpus), *options, *limits]


if __name__ == "__main__":
    sys.exit(main())
