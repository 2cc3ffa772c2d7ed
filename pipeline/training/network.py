"""The network that is trained: two convolution + max-pooling stages, two fully connected layers, an output layer."""

import keras
from keras import layers

from pipeline.recognition.fit import SIDE

LABELS = 11  # the ten digits, and what is none
BATCH_MOMENTUM = 0.95  # Keras' 0.99 needs two epochs to settle


def build(precision: str = "float32") -> keras.Model:
    """An untrained network: (n, 28, 28, 1) uint8 0-255, white ink on black -> (n, 11) probabilities.

    The last of them is of "no digit". Scaling to 0-1 is the first layer, so nobody outside the saved model scales.
    `precision` is a Keras dtype policy for what the layers compute in; weights and probabilities are float32 always.
    """
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), dtype="uint8", name="digits"),
            layers.Rescaling(1 / 255, dtype=precision, name="scaling"),
            *_convolution_stage(1, precision, filters=32, kernel_size=5),
            *_convolution_stage(2, precision, filters=64, kernel_size=5),
            layers.Flatten(dtype=precision, name="flatten"),
            *_fully_connected(1, precision, units=256, dropout=0.2),
            *_fully_connected(2, precision, units=128, dropout=0.2),
            layers.Dense(LABELS, activation="softmax", dtype="float32", name="output"),
        ],
        name="digits",
    )


def _convolution_stage(number: int, precision: str, filters: int, kernel_size: int) -> list[keras.Layer]:
    name = f"convolution_{number}"
    return [
        layers.Conv2D(filters, kernel_size, use_bias=False, dtype=precision, name=name),  # no padding: 0.35 of the work
        # First, so that what follows has a quarter of the work.
        layers.MaxPooling2D(dtype=precision, name=f"max_pooling_{number}"),
        layers.BatchNormalization(momentum=BATCH_MOMENTUM, dtype=precision, name=f"{name}_normalisation"),
        layers.ReLU(dtype=precision, name=f"{name}_activation"),
    ]


def _fully_connected(number: int, precision: str, units: int, dropout: float) -> list[keras.Layer]:
    name = f"fully_connected_{number}"
    return [
        layers.Dense(units, use_bias=False, dtype=precision, name=name),
        layers.BatchNormalization(momentum=BATCH_MOMENTUM, dtype=precision, name=f"{name}_normalisation"),
        layers.ReLU(dtype=precision, name=f"{name}_activation"),
        layers.Dropout(dropout, dtype=precision, name=f"{name}_dropout"),
    ]
