"""API keys: a file holds a name, the SHA-256 hash of a key and a rate for each; who reads it has no key.

A key is 256 random bits, which nobody finds by trying: a slow hash, as passwords need, would only cost time.
"""

import hashlib
import hmac
import math
import secrets
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.web.rates import Bucket

KEY_BYTES = 32
BURST_SECONDS = 2.0  # of its rate that a client may save up


class Key:
    """One client's key, and how many requests it may make now; `rate` is per second and worker."""

    def __init__(self, name: str, digest: str, rate: float):
        self.name, self.digest, self.rate = name, digest, rate
        self.wait = Bucket(rate, max(1.0, rate * BURST_SECONDS)).wait


def new_key(name: str, rate: float) -> tuple[str, str]:
    """A new key, and its line in the file."""
    key = secrets.token_urlsafe(KEY_BYTES)
    return key, f"{name} {_digest(key)} {rate:g}"


def read_keys(file: Path) -> tuple[Key, ...]:
    """The keys of a file; empty lines and those that begin with # are none. Raises ModelError."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ModelError(f"The file of API keys, {file}, cannot be read ({error}).") from error
    kept = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if not kept:
        raise ModelError(f"The file of API keys, {file}, holds none. `python -m pipeline key NAME` makes a line of it.")
    return tuple(_key(file, *each) for each in kept)


def _key(file: Path, number: int, line: str) -> Key:
    try:
        name, digest, rate = line.split()
        if len(bytes.fromhex(digest)) == hashlib.sha256().digest_size and 0 < float(rate) < math.inf:
            return Key(name, digest.lower(), float(rate))
    except ValueError:
        pass
    raise ModelError(f"{file}, line {number}: expected a name, 64 hexadecimal digits and requests per second.")


def find(keys: Sequence[Key], key: str) -> Key | None:
    """Whose key it is; takes as long for any key."""
    digest = _digest(key)
    found = [each for each in keys if hmac.compare_digest(each.digest, digest)]
    return found[0] if found else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
