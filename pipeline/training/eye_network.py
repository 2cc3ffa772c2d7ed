"""The eye that is trained: a small fully convolutional network that says where ink of digits is, and their centres."""

import keras
from keras import KerasTensor, layers, ops

WIDTHS = 16, 24, 40, 56, 56  # channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of a view's side
LEAST_SIDE = 2 ** len(WIDTHS)  # pixels; a view's sides are multiples of it
BATCH_MOMENTUM = 0.95
RARE = -3.0  # first logit of ink and centres, which are a few per cent of a page


def build() -> keras.Model:
    """An untrained eye: (n, h, w, 3) uint8 views, sides multiples of 32 ->

    `ink` (n, h, w, 2): logits of a digit's ink and of other writing; `offsets` (n, h/2, w/2, 2): x and y to the centre
    of the digit that the ink belongs to; `centres` (n, h/4, w/4, 2): logit of a centre, logarithm of the digit's size.
    Offsets and sizes in units of 16 view pixels.
    """
    rare = keras.initializers.Constant(RARE)
    views = keras.Input((None, None, 3), dtype="uint8", name="views")
    x = layers.Rescaling(1 / 255, name="scaling")(views)
    levels = []
    for number, width in enumerate(WIDTHS):
        x = _convolution(x, width, strides=2)
        x = _residual(x) if number else _convolution(x, width)
        levels.append(x)
    for number in range(len(WIDTHS) - 2, -1, -1):
        width = WIDTHS[number]
        above = layers.UpSampling2D(2)(_convolution(x, width, kernel_size=1))
        x = _convolution(layers.Add()([levels[number], above]), width)
        if number == 1:
            near = _convolution(x, width)
            heat = layers.Conv2D(1, 1, bias_initializer=rare, name="heat")(near)
            centres = layers.Concatenate(name="centres")([heat, layers.Conv2D(1, 1, name="sizes")(near)])
    offsets = layers.Conv2D(2, 1, name="offsets")(x)
    ink = layers.Conv2DTranspose(2, 2, strides=2, bias_initializer=rare, name="ink")(x)
    return keras.Model(views, {"ink": ink, "offsets": offsets, "centres": centres}, name="eye")


def _convolution(
    x: KerasTensor, filters: int, kernel_size: int = 3, strides: int = 1, relu: bool = True
) -> KerasTensor:
    x = layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=BATCH_MOMENTUM)(x)
    return layers.ReLU()(x) if relu else x


def _residual(x: KerasTensor) -> KerasTensor:
    filters = x.shape[-1]
    return layers.ReLU()(layers.Add()([x, _convolution(_convolution(x, filters), filters, relu=False)]))


def ink_loss(truth: KerasTensor, logits: KerasTensor) -> KerasTensor:
    """Cross-entropy, weighted by the truth's last channel, and Dice of both kinds of ink."""
    truth = ops.cast(truth, "float32")
    truth, weight = truth[..., :2], truth[..., 2:]
    entropy = ops.relu(logits) - logits * truth + ops.softplus(-ops.abs(logits))
    weighted = ops.sum(entropy * weight) / ops.sum(weight)
    p = ops.sigmoid(logits)
    both = ops.sum(p * truth, (0, 1, 2))
    dice = 1 - (2 * both + 1) / (ops.sum(p, (0, 1, 2)) + ops.sum(truth, (0, 1, 2)) + 1)
    return 3 * weighted + ops.mean(dice)


def offset_loss(truth: KerasTensor, found: KerasTensor) -> KerasTensor:
    """Mean distance to the true centre, in sizes of the digit, over the ink of digits."""
    truth = ops.cast(truth, "float32")
    weight = truth[..., 2]
    error = ops.sum(ops.abs(truth[..., :2] - found), -1)
    return 2 * ops.sum(error * weight) / (ops.sum(ops.cast(weight > 0, "float32")) + 1)


def centre_loss(truth: KerasTensor, found: KerasTensor) -> KerasTensor:
    """CenterNet's focal loss of the centres (Zhou et al. 2019), and the mean error of the sizes near them."""
    truth = ops.cast(truth, "float32")
    heat, size, sized = truth[..., 0], truth[..., 1], truth[..., 2]
    p = ops.clip(ops.sigmoid(found[..., 0]), 1e-4, 1 - 1e-4)
    peak = ops.cast(heat >= 0.999, "float32")
    focal = peak * (1 - p) ** 2 * ops.log(p) + (1 - peak) * (1 - heat) ** 4 * p**2 * ops.log(1 - p)
    error = ops.sum(ops.abs(found[..., 1] - size) * sized) / (ops.sum(sized) + 1)
    return -ops.sum(focal) / (ops.sum(peak) + 1) + 0.3 * error


LOSSES = {"ink": ink_loss, "offsets": offset_loss, "centres": centre_loss}
