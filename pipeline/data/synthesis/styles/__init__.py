"""Digits in the many ways that people of other countries, ages and centuries write them, drawn from strokes.

MNIST's writers were Americans of one decade with pencils: hardly a flagged 1, a crossed 7, a mouse or a quill.
"""

import numpy as np

from pipeline.data.synthesis.styles import four_to_six, seven_to_nine, zero_to_three
from pipeline.data.synthesis.styles.handwriting import written
from pipeline.recognition.fit import fit

FORMS = zero_to_three.FORMS | four_to_six.FORMS | seven_to_nine.FORMS  # label -> how often, and strokes, of each form
SHARES = np.array([0.09, 0.16, 0.09, 0.09, 0.09, 0.09, 0.09, 0.12, 0.09, 0.09])  # of the labels 0-9


def variants(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """n digits (n, 28, 28) uint8 framed as `fit` frames them, and their labels (n,) uint8."""
    labels = rng.choice(10, n, p=SHARES).astype(np.uint8)
    images = np.empty((n, 28, 28), np.uint8)
    for i, label in enumerate(labels):
        weights, forms = zip(*FORMS[int(label)], strict=True)
        edges = np.cumsum(weights)
        images[i] = fit(written(forms[np.searchsorted(edges, rng.random() * edges[-1], "right")](rng), rng))
    return images, labels
