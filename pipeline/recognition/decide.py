"""From classified candidates to an Answer or a Number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """From where on a model may answer, 0-1; both settled on validation digits and kept in its card."""

    unsure_below: float  # confidence; an answer with less is "unsure"
    no_digit_below: float  # P(digit); what has less is "not_a_digit"
