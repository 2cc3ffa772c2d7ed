"""Models in the BentoML model store: find one by tag, load it, import the shipped one when the store is empty."""

import logging
import os
from pathlib import Path

import bentoml
from bentoml._internal.utils.analytics import usage_stats
from bentoml.exceptions import BentoMLException, NotFound

from pipeline.errors import ModelError
from pipeline.recognition.model import Model

NAME = "digits"
ENVIRONMENT_VARIABLE = "DIGITS_MODEL"
SHIPPED = Path(__file__).resolve().parents[2] / "models"

# No usage reports, whatever starts BentoML: its command line has read the setting by now, so make it read it again.
os.environ["BENTOML_DO_NOT_TRACK"] = "True"
usage_stats.do_not_track.cache_clear()

log = logging.getLogger("bentoml.digits")  # under "bentoml", so that `bentoml serve` shows it


def choose(wanted: str | None = None, default: str = "latest") -> str:
    """The full tag, `digits:<version>`, of the version asked for, else of $DIGITS_MODEL, else of the default.

    A version may be given with or without the name. An empty store gets the shipped model first. Raises ModelError.
    """
    wanted = wanted or os.environ.get(ENVIRONMENT_VARIABLE) or default
    tag = wanted if ":" in wanted else f"{NAME}:{wanted}"
    if not versions():
        import_shipped()
    try:
        return str(bentoml.models.get(tag).tag)
    except (NotFound, BentoMLException, ValueError) as error:
        raise ModelError(
            f"No model {tag} in the store. It holds: {', '.join(versions())}. "
            "Choose one of these, or bring it with 'bentoml models import FILE'."
        ) from error


def versions() -> list[str]:
    """Tags of all stored models of this project."""
    try:
        return sorted(str(model.tag) for model in bentoml.models.list(NAME))
    except NotFound:
        return []


def import_shipped() -> str:
    """Import the model that ships with the project and return its tag. Raises ModelError."""
    files = sorted(SHIPPED.glob("*.bentomodel"))
    if not files:
        raise ModelError(
            f"The model store holds no {NAME} model and {SHIPPED} ships none. "
            "Train one with 'python -m pipeline train', or 'bentoml models import FILE'."
        )
    try:
        tag = str(bentoml.models.import_model(str(files[-1])).tag)
    except BentoMLException as error:
        raise ModelError(f"{files[-1]}: cannot be imported ({error}). Restore the file as it shipped.") from error
    log.warning("The model store held no %s model: imported the shipped %s.", NAME, tag)
    return tag


def load(wanted: str | None = None, default: str = "latest") -> Model:
    """The chosen model, hash-checked and ready to predict; see `choose`. Raises ModelError."""
    tag = choose(wanted, default)
    return Model(bentoml.models.get(tag).path, tag)
