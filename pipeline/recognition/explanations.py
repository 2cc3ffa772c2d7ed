"""How well ink that hangs together can be read: chains of candidates, from left to right, that share none of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Classified
from pipeline.recognition.selection import SHARED, groups, members_of

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


def explanations(classified: Sequence[Classified], shared: Matrix) -> list[dict[str, float]]:
    """For each candidate the columns of its evidence that say how well all of its ink can be read, with it or without.

    `shared` (n, n) is how much ink each two have in common.
    """
    ink = np.array([max(1, each.candidate.amount) for each in classified], np.float64)
    middle = np.array([each.component.box[0] + each.component.box[2] for each in classified])
    confidence = np.array([each.confidence for each in classified])
    rivals = shared > SHARED * np.minimum(ink[:, None], ink)
    found: list[dict[str, float]] = [{} for _ in classified]
    for group in groups([_bits(row) for row in rivals]):
        together = np.array(members_of(group), np.intp)
        members = together[np.argsort(middle[together], kind="stable")]
        apart = ~rivals[np.ix_(members, members)]
        value = ink[members] * confidence[members]
        with_it, least, count = _best_chains(value, confidence[members], apart)
        amount = float(_union([classified[k] for k in members]))
        for place, k in enumerate(members.tolist()):
            others = np.flatnonzero(~apart[place])
            best = int(others[with_it[others].argmax()]) if len(others) else None
            found[k] = {
                "explained": with_it[place] / amount, "explained_least": log_odds(float(least[place])),
                "explained_digits": float(count[place]),
                "rival_explained": 0.0 if best is None else with_it[best] / amount,
                "rival_explained_least": log_odds(0.0 if best is None else float(least[best])),
            }  # fmt: skip
    return found


def _bits(row: Flags) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def _best_chains(value: Matrix, confidence: Matrix, apart: Flags) -> tuple[Matrix, Matrix, Matrix]:
    """For each the best chain that it is in: its value, its least confidence, how many are in it.

    In a chain each shares no ink with the one before.
    """
    to_left = _best_ends(value, confidence, apart)
    to_right = [each[::-1] for each in _best_ends(value[::-1], confidence[::-1], apart[::-1, ::-1])]
    return to_left[0] + to_right[0] - value, np.minimum(to_left[1], to_right[1]), to_left[2] + to_right[2] - 1


def _best_ends(value: Matrix, confidence: Matrix, apart: Flags) -> tuple[Matrix, Matrix, Matrix]:
    """The same of the best chains that end with each."""
    total, least, count = value.copy(), confidence.copy(), np.ones(len(value))
    for k in range(1, len(value)):
        before = np.where(apart[k, :k], total[:k], 0.0)
        best = int(before.argmax())
        if before[best] > 0:
            total[k] += before[best]
            least[k], count[k] = min(confidence[k], least[best]), count[best] + 1
    return total, least, count


def _union(found: Sequence[Classified]) -> int:
    """Pixels of ink that any of them has."""
    boxes = np.array([each.component.box for each in found])
    (left, top), (right, bottom) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    ink = np.zeros((bottom - top, right - left), np.bool_)
    for each, (x0, y0, x1, y1) in zip(found, boxes, strict=True):
        ink[y0 - top : y1 - top, x0 - left : x1 - left] |= each.candidate.own
    return int(np.count_nonzero(ink))
