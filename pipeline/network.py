"""The network that is trained: two convolution + max-pooling stages, two fully connected layers, an output layer."""

import keras
from keras import layers

from pipeline.data import SIDE

LABELS = 11  # the ten digits, and what is none
BATCH_MOMENTUM = 0.95  # Keras' 0.99 needs two epochs to settle


def build() -> keras.Model:
    """An untrained network: (n, 28, 28, 1) uint8 0-255, white ink on black -> (n, 11) probabilities.

    The last of them is of "no digit". Scaling to 0-1 is the first layer, so nobody outside the saved model scales.
    """
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), dtype="uint8", name="digits"),
            layers.Rescaling(1 / 255, name="scaling"),
            *_convolution_stage(1, filters=32, kernel_size=5),
            *_convolution_stage(2, filters=64, kernel_size=5),
            layers.Flatten(name="flatten"),
            *_fully_connected(1, units=256, dropout=0.2),
            *_fully_connected(2, units=128, dropout=0.2),
            layers.Dense(LABELS, activation="softmax", name="output"),
        ],
        name="digits",
    )


def _convolution_stage(number: int, filters: int, kernel_size: int) -> list[keras.Layer]:
    return [
        layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, name=f"convolution_{number}"),
        layers.MaxPooling2D(name=f"max_pooling_{number}"),  # first, so that what follows has a quarter of the work
        layers.BatchNormalization(momentum=BATCH_MOMENTUM, name=f"convolution_{number}_normalisation"),
        layers.ReLU(name=f"convolution_{number}_activation"),
    ]


def _fully_connected(number: int, units: int, dropout: float) -> list[keras.Layer]:
    return [
        layers.Dense(units, use_bias=False, name=f"fully_connected_{number}"),
        layers.BatchNormalization(momentum=BATCH_MOMENTUM, name=f"fully_connected_{number}_normalisation"),
        layers.ReLU(name=f"fully_connected_{number}_activation"),
        layers.Dropout(dropout, name=f"fully_connected_{number}_dropout"),
    ]
