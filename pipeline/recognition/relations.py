"""How each candidate stands to those that it has ink in common with: what contains it, what it contains, its rivals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Classified
from pipeline.recognition.explanations import explanations
from pipeline.recognition.selection import SHARED, overlapping

CONTAINED = 0.9  # of a candidate's ink that another has too: it is a part of that one, or both are the same
NONE = -7.0  # log odds of the surest among none: less than of any probability


def relations(classified: Sequence[Classified]) -> list[dict[str, float]]:
    """For each candidate the columns of its evidence that others decide."""
    ink = np.array([max(1, each.candidate.amount) for each in classified], np.float64)
    shared = _shared(classified)
    sure = np.array([log_odds(each.confidence) for each in classified])
    mine, its = shared / ink[:, None] >= CONTAINED, shared / ink[None, :] >= CONTAINED
    same, more = mine & its, mine & ~its
    part = its & ~mine & (ink[None, :] >= SHARED * ink[:, None])
    rival = (shared > SHARED * np.minimum(ink[:, None], ink[None, :])) & ~mine & ~its
    every = explanations(classified, shared)
    found = []
    for k in range(len(classified)):
        known = every[k] | {
            "same_confidence": float(sure[same[k]].max(initial=NONE)),
            "rival_confidence": float(sure[rival[k]].max(initial=NONE)),
            "more_confidence": NONE, "more_p_digit": NONE, "part_confidence": NONE, "other_part_confidence": NONE,
        }  # fmt: skip
        if more[k].any():
            best = _surest(more[k], sure)
            known |= {
                "in_more": 1.0, "more_confidence": float(sure[best]),
                "more_p_digit": log_odds(classified[best].p_digit), "more_size": float(np.log(ink[best] / ink[k])),
            }  # fmt: skip
        if part[k].any():
            best = _surest(part[k], sure)
            apart = part[k] & (shared[best] <= SHARED * np.minimum(ink[best], ink))
            apart[best] = False
            known |= {
                "part_confidence": float(sure[best]), "part_size": float(ink[best] / ink[k]),
                "other_part_confidence": float(sure[apart].max(initial=NONE)),
            }  # fmt: skip
        found.append(known)
    return found


def _surest(among: NDArray[np.bool_], sure: NDArray[np.float64]) -> int:
    places = np.flatnonzero(among)
    return int(places[sure[places].argmax()])


def _shared(classified: Sequence[Classified]) -> NDArray[np.float64]:
    """(n, n) pixels of ink that each two have in common; 0 for each with itself."""
    shared = np.zeros((len(classified), len(classified)))
    for i, j in overlapping(classified):
        shared[i, j] = shared[j, i] = classified[i].candidate.shared(classified[j].candidate)
    return shared
