"""Models in the BentoML model store: find one by tag, load it, import the shipped one when the store is empty."""

import hashlib
import logging
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import bentoml
from bentoml.exceptions import BentoMLException, NotFound

from pipeline.errors import ModelError
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.recognition.trial import try_out
from pipeline.recognition.verifier import Verifier
from pipeline.registry import bentoml_adapter
from pipeline.registry import card as model_card
from pipeline.registry.card import PARTS, EyeTraining, ModelCard, ModelFacts

if TYPE_CHECKING:
    from pipeline.recognition.explain import Explainer

NAME = "digits"
GRAPH = "network.onnx"
EYE = "eye.onnx"
VERIFIER = "verifier.onnx"
EYE_KERAS_FILE = "eye.keras"
ENVIRONMENT_VARIABLE = "DIGITS_MODEL"
SHIPPED = Path(__file__).resolve().parents[2] / "models"

log = logging.getLogger("bentoml.digits")  # under "bentoml", so that `bentoml serve` shows it


@dataclass(frozen=True)
class StoredModel:
    """A version of the store: its folder, its card, and what reads with it."""

    folder: Path
    card: ModelCard
    recogniser: Recogniser

    @property
    def model(self) -> Model:
        return self.recogniser.model

    @property
    def tag(self) -> str:
        return self.model.tag

    @cached_property
    def explainer(self) -> "Explainer":
        """Explains answers; it and what it needs is loaded when it is first asked for. Raises ModelError."""
        from pipeline.recognition.explain import Explainer

        return Explainer(read_checked(self.folder / GRAPH, self.card.files[GRAPH]), self.model)

    @property
    def facts(self) -> ModelFacts:
        """What the service tells of the model that answers."""
        card, gate = self.card, self.card.quality_gate
        validation, test = (card.metrics[part].accuracy if part in card.metrics else None for part in PARTS)
        return ModelFacts(
            model=self.tag,
            date=card.date,
            unsure_below=card.unsure_below,
            unsure_target=card.unsure_target,
            no_digit_below=card.no_digit_below,
            no_digit_target=card.no_digit_target,
            temperature=card.temperature,
            validation_accuracy=validation,
            test_accuracy=test,
            forced=gate.forced if gate else None,
        )


class NotLoaded:
    """Stands where a StoredModel belongs that could not be loaded: all that is asked of it raises ModelError."""

    def __init__(self, why: str):
        self.why = why

    def __getattr__(self, name: str) -> NoReturn:
        raise ModelError(self.why)


def choose(wanted: str | None = None, default: str = "latest") -> str:
    """The full tag, `digits:<version>`, of the version asked for, else of $DIGITS_MODEL, else of the default.

    A version may be given with or without the name. Raises ModelError.
    """
    wanted = wanted or os.environ.get(ENVIRONMENT_VARIABLE) or default
    tag = wanted if ":" in wanted else f"{NAME}:{wanted}"
    try:
        return str(bentoml.models.get(tag).tag)
    except Exception as error:  # of many kinds, where BentoML's own file in a version is damaged
        if tag in (*versions(), f"{NAME}:latest") and not isinstance(error, NotFound):
            raise ModelError(
                f"{tag} is damaged in the store ({_one_line(error)}). Delete this version and import it again, "
                "or choose another."
            ) from error
        raise ModelError(
            f"No model {tag} in the store. It holds: {', '.join(versions()) or 'nothing'}. "
            "Choose one of these, or bring it with 'bentoml models import FILE'."
        ) from error


def versions() -> list[str]:
    """Tags of all stored models of this project, damaged ones too."""
    return sorted(f"{NAME}:{version}" for version in bentoml_adapter.stored_versions(NAME))


def ensure_not_empty() -> None:
    """Import the model that ships with the project where the store holds none. Raises ModelError."""
    if versions():
        return
    shipped = _shipped()
    try:
        tag = str(bentoml.models.import_model(str(shipped)).tag)
    except BentoMLException as error:
        raise ModelError(f"{shipped}: cannot be imported ({error}). Restore the file as it shipped.") from error
    except OSError as error:
        raise ModelError(
            f"The model store held no {NAME} model, and {shipped} cannot be imported ({error}). "
            "Set BENTOML_HOME to a folder that can be written."
        ) from error
    log.warning("The model store held no %s model: imported the shipped %s.", NAME, tag)


def _shipped() -> Path:
    files = sorted(SHIPPED.glob("*.bentomodel"))
    if not files:
        raise ModelError(
            f"The model store holds no {NAME} model and {SHIPPED} ships none. "
            "Train one with 'python -m pipeline train', or 'bentoml models import FILE'."
        )
    return files[-1]


def load(wanted: str | None = None, default: str = "latest") -> StoredModel:
    """The chosen model, hash-checked and ready to classify; see `choose`. Raises ModelError."""
    tag = choose(wanted, default)
    return load_folder(Path(bentoml.models.get(tag).path), tag)


def load_folder(folder: Path, tag: str) -> StoredModel:
    """The model in a folder that holds GRAPH, EYE, VERIFIER and its card. Raises ModelError."""
    card = model_card.read(folder / model_card.FILE)
    graph, eye, verifier = (
        read_checked(folder / name, card.files.get(name, "nothing of it")) for name in (GRAPH, EYE, VERIFIER)
    )
    options = DecisionOptions(card.unsure_below, card.no_digit_below)
    try:
        parts = Eye(eye), Model(graph, tag, card.temperature), Verifier(verifier)
        try_out(*parts)
    except Exception as error:  # ONNX Runtime's own have no other base
        raise ModelError(
            f"{folder}: holds no graphs that read digits ({_one_line(error)}). "
            "Delete this version and import it again, or choose another."
        ) from error
    return StoredModel(folder, card, Recogniser(*parts, options))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def copy_shipped_eye(folder: Path) -> EyeTraining:
    """Write the files of the eye that ships with the project into a folder. Raises ModelError."""
    with _unpacked() as (unpacked, card):
        for name in card.eye.files:
            (folder / name).write_bytes(read_checked(unpacked / name, card.files[name]))
    return card.eye


def shipped_file(name: str) -> bytes:
    """A file of the model that ships with the project. Raises ModelError."""
    with _unpacked() as (unpacked, card):
        return read_checked(unpacked / name, card.files.get(name, "nothing of it"))


@contextmanager
def _unpacked() -> Iterator[tuple[Path, ModelCard]]:
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(_shipped()) as file:
            for member in filter(tarfile.TarInfo.isfile, file):  # extractall's own filters came with Python 3.11.4
                content = file.extractfile(member)
                assert content is not None
                (Path(name) / Path(member.name).name).write_bytes(content.read())
        yield Path(name), model_card.read(Path(name) / model_card.FILE)


def read_checked(path: Path, expected: str) -> bytes:
    """The content of a file with that SHA-256. Raises ModelError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error}). Delete this version and import it again.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f"{path}: has SHA-256 {found}, its card says {expected}. The file is damaged or was changed: "
            "delete this version and import it again."
        )
    return content
