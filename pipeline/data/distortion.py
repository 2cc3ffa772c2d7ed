"""Smooth distortions of whole batches: an affine map each, plus an elastic one (Simard, Steinkraus and Platt 2003).

Both are one product with a fixed basis, so that they cost a few microseconds a picture.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Basis = NDArray[np.float32]

KNOTS = 6  # the elastic displacement is drawn on 6×6 knots and interpolated between them


def basis(side: int) -> Basis:
    """(KNOTS² + 3, side²) float32: knots interpolated smoothly (cosine); column and row from the middle; 1."""
    position = np.linspace(0, KNOTS - 1, side)
    distance = np.clip(np.abs(position[:, None] - np.arange(KNOTS)), 0, 1)
    axis = (1 + np.cos(np.pi * distance)) / 2
    row, column = np.mgrid[:side, :side].reshape(2, 1, -1) - (side - 1) / 2
    return np.concatenate([np.kron(axis, axis).T, column, row, np.ones_like(row)]).astype(np.float32)


def affine(radians: Floats, shear: Floats, scale: Floats) -> Floats:
    """n angles, n shears and (n, 2) scales -> (n, 2, 2): from a place in the result to where it comes from."""
    n = len(radians)
    cosine, sine = np.cos(radians), np.sin(radians)
    rotate = np.stack([cosine, -sine, sine, cosine], -1).reshape(n, 2, 2)
    slant = np.stack([np.ones(n), shear, np.zeros(n), np.ones(n)], -1).reshape(n, 2, 2)
    return (rotate @ slant) / scale[:, None, :]


def sources(knots: NDArray, matrix: Floats, centre: Floats, of_side: Basis) -> NDArray[np.float32]:
    """Where each pixel comes from, (n, 2, side²) float32: columns, rows.

    `knots` (n, 2, KNOTS²) are displacements in pixels, `matrix` (n, 2, 2) as from `affine`, `centre` (n, 2, 1) is where
    the middle comes from, `of_side` the basis.
    """
    weights = np.concatenate([knots, matrix, centre], 2, dtype=np.float32)
    return (weights.reshape(2 * len(weights), -1) @ of_side).reshape(len(weights), 2, -1)
