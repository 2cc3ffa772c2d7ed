"""A BentoML home of its own for a test."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bentoml._internal.configuration.containers import BentoMLContainer
from bentoml._internal.models.model import ModelStore


@contextlib.contextmanager
def bentoml_home(home: Path) -> Iterator[Path]:
    """For this process and those that it starts: BentoML reads where its stores are once, when it is imported."""
    (home / "models").mkdir(parents=True, exist_ok=True)
    models = ModelStore(home / "models")
    with (
        pytest.MonkeyPatch.context() as patch,
        BentoMLContainer.bentoml_home.patch(str(home)),
        BentoMLContainer.model_store.patch(models),
    ):
        patch.setitem(os.environ, "BENTOML_HOME", str(home))
        yield home
