"""How often one may ask: token buckets, for a key and for an address."""

import math
import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from pipeline.errors import Busy

MOST_SENDERS = 10_000  # that are remembered; whoever asked least recently is forgotten
IPV6_NETWORK = 64  # bits that one customer has the rest of


class TooOften(Busy):
    """More requests than are allowed (429, with Retry-After)."""

    code, status = "too_often", 429


class Bucket:
    """How many requests may be made now: `rate` a second, of which at most `most` are saved up."""

    def __init__(self, rate: float, most: float):
        self.rate, self.most = rate, most
        self._saved, self._counted = most, time.monotonic()

    def wait(self) -> float:
        """Seconds until one more request is allowed; 0 allows, and counts, one now."""
        now = time.monotonic()
        self._saved, self._counted = min(self.most, self._saved + (now - self._counted) * self.rate), now
        if self._saved < 1:
            return (1 - self._saved) / self.rate
        self._saved -= 1
        return 0.0


class Rates:
    """A bucket for each sender: so many requests a minute, all of which may be made at once."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def check(self, sender: str, what: str) -> None:
        """Count one request of `sender`, which `what` calls by its kind. Raises TooOften."""
        bucket = self._buckets.setdefault(sender, Bucket(self.per_minute / 60, self.per_minute))
        self._buckets.move_to_end(sender)
        if len(self._buckets) > MOST_SENDERS:
            self._buckets.popitem(last=False)
        wait = math.ceil(bucket.wait())
        if wait:
            raise TooOften(f"{what} allows {self.per_minute:,} corrections a minute. Wait {wait} s.", wait)


def network(address: str) -> str:
    """Whose address it is: an IPv4 address, or the part of an IPv6 address that its owner cannot choose."""
    try:
        parsed = ip_address(address)
    except ValueError:  # of a Unix socket, or what a proxy made up
        return ""
    return str(int(parsed) >> (128 - IPV6_NETWORK)) if isinstance(parsed, IPv6Address) else address
