"""All models that were trained alike but for the seed: what one recipe gives, and how far chance moves it."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

import bentoml

from pipeline.errors import ModelError
from pipeline.registry import card as model_card
from pipeline.registry import store
from pipeline.registry.card import ModelCard, SeedResult


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation (None of a single one) and worst of some accuracies 0-1."""

    mean: float
    standard_deviation: float | None
    worst: float


@dataclass(frozen=True)
class Seeds:
    """One model for each whole training of a recipe, and the spread of `validation_accuracy` and `test_accuracy`."""

    models: list[SeedResult]
    spread: dict[str, Spread]  # empty where there are no models


def seeds(card: ModelCard) -> Seeds:
    """Those of the card's recipe; see `same_recipe`."""
    models = same_recipe(card)
    return Seeds(models, spread(models))


def same_recipe(card: ModelCard, shipped: Path = store.SHIPPED) -> list[SeedResult]:
    """One for each whole training with the card's settings, apart from the seed, and data; sorted by seed.

    They come from the model store, from the card in the folder of what ships, whose `seeds` remember models that are
    gone, and from the card itself.
    """
    recipe = _recipe(card)
    found: dict[str, SeedResult] = {}
    for each in [card, *_stored(), *_read(sorted(shipped.glob("*.json")))]:
        if _recipe(each) == recipe:
            for result in [*_own(each), *each.seeds]:
                found.setdefault(result.version, result)
    return sorted(found.values(), key=lambda result: (result.seed, result.version))


def spread(results: list[SeedResult]) -> dict[str, Spread]:
    """Of `validation_accuracy` and `test_accuracy`; empty where there are no results."""
    names = ("validation_accuracy", "test_accuracy") if results else ()
    return {name: _spread([getattr(result, name) for result in results]) for name in names}


def _spread(values: list[float]) -> Spread:
    return Spread(mean(values), stdev(values) if len(values) > 1 else None, min(values))


def _recipe(card: ModelCard) -> str:
    """Settings and data as text, in which a tuple and a list are the same."""
    settings = {name: value for name, value in card.settings.items() if name != "seed"}
    return json.dumps([settings, card.data.sha256], sort_keys=True)


def _own(card: ModelCard) -> list[SeedResult]:
    """The card's own result; none of a training that was stopped, which is of another length."""
    if not card.version or card.training.interrupted:
        return []
    validation, test = card.metrics["validation"].accuracy, card.metrics["test"].accuracy
    return [SeedResult(card.version, card.seed, validation, test, card.training.seconds)]


def _stored() -> list[ModelCard]:
    return _read([Path(bentoml.models.get(tag).path) / model_card.FILE for tag in store.versions()])


def _read(paths: list[Path]) -> list[ModelCard]:
    """The cards that can be read: a damaged model of the store says so when it is loaded, not here."""
    cards = []
    for path in paths:
        with contextlib.suppress(ModelError):
            cards.append(model_card.read(path))
    return cards
