"""Small inputs that once failed, each for a whole kind, under tests/pictures/cases; index.csv says what they show."""

from pathlib import Path

CASES = Path(__file__).with_name("pictures") / "cases"


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()
