"""All models that were trained alike but for the seed: what one recipe gives, and how far chance moves it."""

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import bentoml

from pipeline.recognition.model import CARD
from pipeline.registry import store


def same_recipe(card: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each whole training with the card's settings, apart from the seed, and data; sorted by seed.

    Rows: version, seed, validation_accuracy, test_accuracy, seconds. They come from the model store, from the shipped
    card, whose "seeds" remember models that are gone, and from the card itself.
    """
    recipe = _recipe(card)
    rows: dict[str, dict[str, Any]] = {}
    for each in [card, *_stored(), *_shipped()]:
        if _recipe(each) == recipe:
            for row in [*_row(each), *each.get("seeds", [])]:
                rows.setdefault(row["version"], row)
    return sorted(rows.values(), key=lambda row: (row["seed"], row["version"]))


def spread(rows: list[dict[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Mean, standard deviation (None of a single one) and worst of validation and test accuracy."""
    found: dict[str, dict[str, float | None]] = {}
    for name in ("validation_accuracy", "test_accuracy") if rows else ():
        values = [row[name] for row in rows]
        deviation = stdev(values) if len(values) > 1 else None
        found[name] = {"mean": mean(values), "standard_deviation": deviation, "worst": min(values)}
    return found


def _recipe(card: dict[str, Any]) -> str | None:
    """Settings and data as text; None of a card that has none."""
    if not {"settings", "data"} <= set(card):
        return None
    settings = {name: value for name, value in card["settings"].items() if name != "seed"}
    return json.dumps([settings, card["data"]["sha256"]], sort_keys=True)  # in which a tuple and a list are the same


def _row(card: dict[str, Any]) -> list[dict[str, Any]]:
    """The card's own row; none of a training that was stopped, which is of another length."""
    if not card.get("version") or card["training"].get("interrupted"):
        return []
    accuracy = {f"{part}_accuracy": card["metrics"][part]["accuracy"] for part in ("validation", "test")}
    return [{"version": card["version"], "seed": card["seed"], **accuracy, "seconds": card["training"]["seconds"]}]


def _stored() -> list[dict[str, Any]]:
    return _read([Path(bentoml.models.get(tag).path) / CARD for tag in store.versions()])


def _shipped() -> list[dict[str, Any]]:
    return _read(sorted(store.SHIPPED.glob("*.json")))


def _read(paths: list[Path]) -> list[dict[str, Any]]:
    """The cards that can be read: a damaged model of the store says so when it is loaded, not here."""
    cards = []
    for path in paths:
        try:
            cards.append(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError):
            continue
    return cards
