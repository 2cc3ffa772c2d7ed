"""Train the verifier: boosted trees on the evidence of candidates of rendered pages, as an ONNX graph."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper
from rich.console import Console
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.data.examples import VALIDATION_GLYPH_EVERY
from pipeline.data.mnist import Split
from pipeline.data.page_examples import VerifierExamples, verifier_examples
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.verifier import METADATA, SEPARATOR
from pipeline.registry import store
from pipeline.training.settings import Settings, VerifierSettings

OPSETS = {"": 17, "ai.onnx.ml": 3}
IR_VERSION = 9  # of ONNX 1.14: what every ONNX Runtime reads that reads these operators
ALIKE = 1e-5  # probabilities of scikit-learn's trees and of the graph


def get_verifier(digits: Split, settings: Settings, eye: Eye, model: Model, console: Console) -> bytes:
    """The file of the verifier that ships, or of one that is trained on pages of these validation digits."""
    if settings.verifier is None:
        return store.shipped_file(store.VERIFIER)
    glyphs, pages = load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=True), settings.verifier.pages
    examples = verifier_examples(digits, glyphs, pages, settings.seed, eye, model, console)
    return train_verifier(examples, settings.verifier, settings.seed)


def train_verifier(examples: VerifierExamples, settings: VerifierSettings, seed: int) -> bytes:
    """The file that `recognition.verifier` reads. Same examples and seed, same file. Raises ModelError."""
    trees = HistGradientBoostingClassifier(
        max_iter=settings.trees, learning_rate=settings.learning_rate, max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.least_leaf, max_features=settings.features, l2_regularization=settings.l2,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    trees.fit(examples.evidence, examples.right)
    graph = _graph(trees)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    found = session.run(None, {"evidence": examples.evidence})[0][:, 0]
    if np.abs(found - trees.predict_proba(examples.evidence)[:, 1]).max() > ALIKE:
        raise ModelError("The verifier's graph answers other than its trees: scikit-learn keeps them in another way.")
    return graph


def _graph(trees: HistGradientBoostingClassifier) -> bytes:
    """The trees as one ONNX operator, from scikit-learn's own nodes: skl2onnx 1.20 fails on the ONNX that is pinned."""
    nodes = [predictor.nodes for (predictor,) in trees._predictors]
    every = np.concatenate(nodes)
    numbers = np.repeat(np.arange(len(nodes)), [len(each) for each in nodes])
    places = np.concatenate([np.arange(len(each)) for each in nodes])
    leaf = every["is_leaf"].astype(bool)
    inner: dict[str, Any] = {
        "nodes_treeids": numbers, "nodes_nodeids": places, "nodes_featureids": np.where(leaf, 0, every["feature_idx"]),
        "nodes_truenodeids": np.where(leaf, 0, every["left"]), "nodes_falsenodeids": np.where(leaf, 0, every["right"]),
        "target_treeids": numbers[leaf], "target_nodeids": places[leaf], "target_ids": np.zeros(leaf.sum(), np.int64),
    }  # fmt: skip
    attributes = {name: values.astype(np.int64).tolist() for name, values in inner.items()}
    attributes |= {
        "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        "nodes_values": _rounded_down(np.where(leaf, 0, every["num_threshold"])).tolist(),
        "target_weights": every["value"][leaf].astype(np.float32).tolist(),
        "base_values": np.ravel(trees._baseline_prediction).astype(np.float32).tolist(),
    }
    names = ["evidence"], ["log_odds"], ["likely"]
    graph = helper.make_graph(
        [
            helper.make_node("TreeEnsembleRegressor", *names[:2], domain="ai.onnx.ml", n_targets=1, **attributes),
            helper.make_node("Sigmoid", *names[1:]),
        ],
        "verifier",
        [helper.make_tensor_value_info("evidence", TensorProto.FLOAT, [None, len(COLUMNS)])],
        [helper.make_tensor_value_info("likely", TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    helper.set_model_props(model, {METADATA: SEPARATOR.join(COLUMNS)})
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """As float32, such that each float32 stays on its side."""
    found = np.clip(thresholds, *(np.finfo(np.float32).min, np.finfo(np.float32).max)).astype(np.float32)
    return np.where(found > thresholds, np.nextafter(found, np.float32(-np.inf)), found)
