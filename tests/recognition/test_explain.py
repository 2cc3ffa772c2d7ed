"""What the layers say, against the same network in NumPy; what hiding parts changes, against one part at a time."""

import base64
import subprocess
import sys

import numpy as np
import onnx
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import TypeAdapter
from servers import ROOT

from pipeline.explanation import Layer
from pipeline.recognition.encode import pixels, png
from pipeline.recognition.occlusion import CORNERS, PATCH, hide
from pipeline.registry.store import GRAPH

SHAPES = {
    "input": (1, 28, 28),
    "convolution_1": (32, 12, 12),
    "convolution_2": (64, 4, 4),
    "fully_connected_1": (256,),
    "fully_connected_2": (128,),
    "output": (11,),
}


def values(layer: Layer, kind: type = np.uint8) -> np.ndarray:
    return np.frombuffer(base64.b64decode(layer.data), kind).reshape(layer.shape) * layer.scale


@pytest.fixture(scope="module")
def weights(stored):
    """Part of a name -> the one weight whose name holds it."""
    found = {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load(stored.folder / GRAPH).graph.initializer}

    def named(part):
        (name,) = (name for name in found if part in name)
        return found[name].astype(np.float64)

    return named


def forward(image: np.ndarray, weights) -> dict[str, np.ndarray]:
    """(28, 28) uint8 -> what each layer says, as pipeline/training/network.py describes the network."""
    found = {"input": image[None] / 255}
    x = found["input"]
    for number, shift in ((1, "const_fold_opt__62"), (2, "const_fold_opt__65")):  # the exporter's names for them
        windows = sliding_window_view(x, (5, 5), axis=(1, 2))
        x = np.einsum("irckl,oikl->orc", windows, weights(f"/convolution_{number}_1/"))
        x = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2).max(axis=(2, 4))
        x = x * weights(f"convolution_{number}_normalisation_1/batchnorm/mul")[0] + weights(shift)[0]
        x = found[f"convolution_{number}"] = np.maximum(x, 0)
    x = x.transpose(1, 2, 0).ravel()
    for number in (1, 2):
        x = x @ weights(f"/fully_connected_{number}_1/")
        x = x * weights(f"connected_{number}_normalisation_1/batchnorm/mul")
        x = found[f"fully_connected_{number}"] = np.maximum(
            x + weights(f"connected_{number}_normalisation_1/batchnorm/sub"), 0
        )
    x = np.exp(x @ weights("output_1/Cast") + weights("output_1/BiasAdd"))
    return {**found, "output": x / x.sum()}


@pytest.fixture(scope="module")
def seven(recogniser, test_digit_png):
    return recogniser.recognise(test_digit_png(7))


def test_the_layers_say_what_numpy_computes(stored, seven, weights):
    explained = stored.explainer.explain(seven)
    assert vars(explained).items() >= vars(seven).items()
    assert (explained.filters, explained.occlusion) == (None, None)
    assert {layer.name: layer.shape for layer in explained.layers} == SHAPES
    expected = forward(pixels(seven.seen), weights)
    for layer in explained.layers:
        assert layer.scale == pytest.approx(expected[layer.name].max() / 255, rel=1e-4)
        assert np.abs(values(layer) - expected[layer.name]).max() <= 0.5001 * layer.scale + 1e-5
    assert values(explained.layers[-1]).argmax() == 7


def test_the_filters_are_the_weights_of_the_convolutions(stored, seven, weights):
    first, second = stored.explainer.explain(seven, filters=True).filters
    assert (first.name, first.shape) == ("convolution_1", (32, 1, 5, 5))
    assert (second.name, second.shape) == ("convolution_2", (64, 32, 5, 5))
    for number, each in ((1, first), (2, second)):
        difference = values(each, np.int8) - weights(f"/convolution_{number}_1/")
        assert np.abs(difference).max() <= 0.5001 * each.scale


def test_a_blank_page_has_no_layers_and_what_is_no_digit_no_parts(stored, recogniser, seven):
    blank = stored.explainer.explain(recogniser.recognise(png(np.full((60, 60), 255, np.uint8))), hide=True)
    assert (blank.status, blank.layers, blank.occlusion) == ("blank", (), None)
    nothing = type(seven)("not_a_digit", None, 0.0, seven.probabilities, seven.seen, seven.model, "None.")
    explained = stored.explainer.explain(nothing, hide=True)
    assert (len(explained.layers), explained.occlusion) == (6, None)


def test_hiding_parts_of_a_digit_changes_what_the_network_reads(stored, recogniser, test_digit_png):
    """A 7 without its bar is a 1: the parts that hold the bar speak for it, those of bare paper for nothing."""
    answer = recogniser.recognise(test_digit_png(7))
    image, found = pixels(answer.seen), stored.explainer.explain(answer, hide=True).occlusion
    assert (found.side, len(found.parts)) == (PATCH, 49)
    hidden = hide(image, CORNERS, PATCH)
    for part, picture in zip(found.parts, hidden, strict=True):
        alone = stored.model.classify(picture[None])
        likely = alone.probabilities[0] * alone.p_digit[0]
        none = 1 - alone.p_digit[0]
        assert part.digit == (None if none > likely.max() else likely.argmax())
        assert part.probability == pytest.approx(max(none, likely.max()), abs=1e-5)
        assert part.change == pytest.approx(likely[7] - answer.probabilities[7], abs=0.02)
        if np.array_equal(picture, image):
            assert part.change == 0
    assert min(part.change for part in found.parts) < -0.1


def test_patches_over_the_edge_hide_what_is_on_the_page():
    image = np.full((28, 28), 255, np.uint8)
    first, *_, last = hide(image, CORNERS, PATCH)
    assert (first[:6, :6].max(), first.sum() // 255, last[22:, 22:].max(), last.sum() // 255) == (0, 748, 0, 748)


def test_a_layer_is_as_long_as_its_shape():
    with pytest.raises(ValueError, match="The data has another length than its shape"):
        TypeAdapter(Layer).validate_python({"name": "output", "shape": (11,), "scale": 1.0, "data": "AAAA"})


def test_reading_loads_nothing_of_it(stored):
    code = (
        "from pathlib import Path; from pipeline.registry import store; "
        f"found = store.load_folder(Path({str(stored.folder)!r}), 'digits:test'); "
        f"found.recogniser.recognise(Path({str(ROOT / 'tests/pictures/four.png')!r}).read_bytes()); "
        "import sys; print([name for name in sys.modules if name.startswith('google.') or name.endswith('.layers')])"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
