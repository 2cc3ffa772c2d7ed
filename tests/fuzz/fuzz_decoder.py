"""A fuzzer, guided by coverage, on the decoder: nothing but the two refusals, and the same bytes the same answer.

python tests/fuzz/fuzz_decoder.py FOLDER -max_total_time=60    # and any other option of libFuzzer
"""

import sys

import atheris

with atheris.instrument_imports(include=["PIL", "pipeline.recognition"]):
    from decoding import outcome

    from pipeline.recognition.decode import decode

from malformed import predecessors

FIRST, SECOND = predecessors()


def test_one(picture: bytes) -> None:
    decode(FIRST)
    first = outcome(picture)
    decode(SECOND)
    second = outcome(picture)
    if first != second:
        raise AssertionError(f"{first} after one picture, {second} after another")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one)
    atheris.Fuzz()
