"""Digits in the many ways that people of other countries, ages and centuries write them, drawn from strokes.

MNIST's writers were Americans of one decade with pencils: hardly a flagged 1, a crossed 7, a mouse or a quill.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.styles import eight_and_nine, four_and_five, six_and_seven, two_and_three, zero_and_one
from pipeline.data.synthesis.styles.handwriting import written
from pipeline.recognition.fit import fit

TEMPLATES = (
    zero_and_one.TEMPLATES
    | two_and_three.TEMPLATES
    | four_and_five.TEMPLATES
    | six_and_seven.TEMPLATES
    | eight_and_nine.TEMPLATES
)
FRACTIONS = np.array([0.09, 0.16, 0.09, 0.09, 0.09, 0.09, 0.09, 0.12, 0.09, 0.09])  # of the labels 0-9


def draw_styles(n: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """n digits in random handwriting styles, (n, 28, 28) uint8 framed as `fit` frames them, and their labels (n,) 0-9.

    The same rng gives the same digits.
    """
    labels = rng.choice(10, n, p=FRACTIONS).astype(np.uint8)
    images = np.empty((n, 28, 28), np.uint8)
    for i, label in enumerate(labels):
        weights, templates = zip(*TEMPLATES[int(label)], strict=True)
        edges = np.cumsum(weights)
        draw = templates[np.searchsorted(edges, rng.random() * edges[-1], "right")]
        images[i] = fit(written(draw(rng), rng))
    return images, labels
