"""Which candidates are the digits of a page: the likeliest set of which no two share ink. Pure."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Classified

SHARED = 0.2  # of the smaller one's ink: candidates that share more are not two digits
MOST_STATES = 20_000  # looked at for one group of rivals; a group that needs more is taken the surest first
CERTAIN = 1e-6  # probabilities nearer to 0 or 1 say no more than this


def select(verified: Sequence[Classified]) -> list[int]:
    """Indices of the candidates that are likeliest to be exactly the digits, all others being none.

    Each counts by its log odds, so that only what is likelier one digit than not is chosen.
    """
    kept = [k for k, each in enumerate(verified) if each.p_one > 0.5]
    kept.sort(key=lambda k: verified[k].component.box)
    weights = [log_odds(verified[k].p_one, CERTAIN) for k in kept]
    rivals = _rivals([verified[k] for k in kept])
    chosen = [k for group in groups(rivals) for k in members_of(_best(group, weights, rivals))]
    return sorted(kept[k] for k in chosen)


def share_ink(one: Classified, other: Classified, least: float = SHARED) -> bool:
    """Whether two candidates have more than that much of the smaller one's ink in common."""
    common = one.candidate.shared(other.candidate)
    return common > 0 and common > least * min(one.candidate.amount, other.candidate.amount)


def _rivals(found: Sequence[Classified]) -> list[int]:
    """For each the set of others it shares ink with, as bits."""
    rivals = [0] * len(found)
    for i, j in overlapping(found):
        if share_ink(found[i], found[j]):
            rivals[i] |= 1 << j
            rivals[j] |= 1 << i
    return rivals


def overlapping(found: Sequence[Classified]) -> list[tuple[int, int]]:
    """The pairs whose boxes overlap, each once, the lower index first."""
    x0, y0, x1, y1 = np.array([each.component.box for each in found]).reshape(-1, 4).T
    across = np.minimum(x1[:, None], x1) > np.maximum(x0[:, None], x0)
    down = np.minimum(y1[:, None], y1) > np.maximum(y0[:, None], y0)
    return [(int(i), int(j)) for i, j in np.argwhere(np.triu(across & down, 1))]


def groups(rivals: Sequence[int]) -> list[int]:
    """Those that are rivals, if only by way of others; each a set of bits."""
    left, found_groups = (1 << len(rivals)) - 1, []
    while left:
        group, reached = 0, left & -left
        while reached:
            group |= reached
            found = 0
            for k in members_of(reached):
                found |= rivals[k]
            reached = found & ~group
        found_groups.append(group)
        left &= ~group
    return found_groups


def members_of(bits: int) -> list[int]:
    return [k for k in range(bits.bit_length()) if bits >> k & 1]


class _TooMany(Exception):
    pass


def _best(group: int, weights: Sequence[float], rivals: Sequence[int]) -> int:
    """The members of a group with the highest sum of weights of which no two are rivals.

    From left to right each is taken or left out; what then remains is seldom new, so that few sets are looked at.
    """

    @cache
    def best(left: int) -> tuple[float, int]:
        if best.cache_info().currsize >= MOST_STATES:
            raise _TooMany
        if not left:
            return 0.0, 0
        first = left & -left
        k = first.bit_length() - 1
        weight, members = best(left & ~first & ~rivals[k])
        taken = weight + weights[k], members | first
        return max(taken, best(left & ~first)) if rivals[k] & left else taken

    try:
        return best(group)[1]
    except (_TooMany, RecursionError):
        members = 0
        for k in sorted(members_of(group), key=lambda k: -weights[k]):
            members |= 0 if rivals[k] & members else 1 << k
        return members
