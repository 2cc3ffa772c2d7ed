"""What `evaluate` finds of a model, and what the report shows beside it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.data.mnist import Split
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.cost import Cost
from pipeline.evaluation.coverage import Coverage
from pipeline.evaluation.intervals import Correct, Intervals, Reliability
from pipeline.evaluation.label_errors import LabelErrors
from pipeline.evaluation.metrics import Mistake, Probabilities
from pipeline.evaluation.rejection import Detection, NondigitRejection
from pipeline.evaluation.robustness import Robustness
from pipeline.evaluation.seeds import Seeds
from pipeline.evaluation.served import Served
from pipeline.registry.measures import Metrics
from pipeline.registry.store import StoredModel

OPTIONAL = "robustness", "against"


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """All that is measured of the model with that tag, on test digits; each part says its own units."""

    model: str
    metrics: Metrics
    intervals: Intervals
    served: Served
    seeds: Seeds
    calibration: Reliability
    coverage: Coverage
    rejection: NondigitRejection
    label_errors: LabelErrors
    mistakes: list[Mistake]
    cost: Cost
    robustness: Robustness | None = None
    against: Comparison | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON-ready: the metrics beside the other parts, without those of OPTIONAL that were not asked for."""
        fields = dataclasses.asdict(self)
        absent = {name for name in OPTIONAL if fields[name] is None}
        flat = {"model": self.model, **fields.pop("metrics"), **fields}
        return {name: value for name, value in flat.items() if name not in absent}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The arrays behind an Evaluation: of n test digits (n, 10) probabilities and (n,) confidence 0-1 as served.

    `read_by_other` are the (n,) digits that the model reads with which it is compared.
    """

    stored: StoredModel
    test: Split
    probabilities: Probabilities
    confidence: np.ndarray
    detection: Detection
    read_by_other: NDArray[np.integer] | None = None

    @property
    def read(self) -> NDArray[np.integer]:
        """(n,) digits that the model reads."""
        return self.probabilities.argmax(axis=1)

    @property
    def correct(self) -> Correct:
        """(n,) whether they are correct."""
        return self.read == self.test.labels
