"""The store: choosing a version, loading it, and what is wrong with a damaged one."""

import json
import shutil
from pathlib import Path

import bentoml
import pytest
from homes import bentoml_home

from pipeline.errors import ModelError
from pipeline.registry import card, store


@pytest.fixture
def folder(stored, tmp_path) -> Path:
    """A copy of the model's files that a test may damage."""
    shutil.copytree(stored.folder, tmp_path / "model")
    return tmp_path / "model"


def refusal(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        store.load_folder(folder, "digits:copy")
    return str(caught.value).replace(str(folder), "…")


def test_a_changed_graph_is_not_loaded(folder):
    content = bytearray((folder / store.GRAPH).read_bytes())
    content[1000] ^= 1
    (folder / store.GRAPH).write_bytes(content)
    said = refusal(folder)
    assert said.startswith("…/network.onnx: has SHA-256 ")
    assert said.endswith("The file is damaged or was changed: delete this version and import it again.")


def test_a_missing_graph_is_not_loaded(folder):
    (folder / store.GRAPH).unlink()
    said = "…/network.onnx: cannot be read ([Errno 2] No such file or directory: '…/network.onnx'). "
    assert refusal(folder) == said + "Delete this version and import it again."


def change(content: str, **fields) -> str:
    return json.dumps(json.loads(content) | fields)


def test_a_graph_that_the_card_does_not_name_is_not_loaded(folder):
    path = folder / card.FILE
    path.write_text(change(path.read_text(), files={}))
    assert "its card says nothing of it" in refusal(folder)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[:100], "the file: Invalid JSON"),
        (lambda text: "[]", "the file: Input should be an object"),
        (lambda text: change(text, temperature="hot"), "temperature: Input should be a valid number"),
        (lambda text: change(text, files=None), "files: Input should be an object"),
        (lambda text: change(text, metrics={"test": {}}), "metrics.test.count: Field required"),
    ],
    ids=["cut off", "no object", "a wrong type", "no files", "a part missing"],
)
def test_a_damaged_card_is_one_readable_line(folder, damage, why):
    (folder / card.FILE).write_text(damage((folder / card.FILE).read_text()))
    assert refusal(folder).startswith(f"…/card.json: no readable model card ({why}")
    assert refusal(folder).endswith("Choose or import another version.")


def test_a_missing_card_is_one_readable_line(folder):
    (folder / card.FILE).unlink()
    assert refusal(folder).startswith("…/card.json: no readable model card ([Errno 2] No such file or directory")


def test_a_card_is_written_as_it_was_read(stored, tmp_path):
    stored.card.write(tmp_path / card.FILE)
    assert card.read(tmp_path / card.FILE) == stored.card
    assert (tmp_path / card.FILE).read_bytes() == (stored.folder / card.FILE).read_bytes()


def test_choosing_a_version(stored, monkeypatch):
    version = stored.card.version
    assert store.choose() == store.choose(version) == store.choose(stored.tag) == stored.tag
    monkeypatch.setenv("DIGITS_MODEL", "nosuch")
    with pytest.raises(ModelError) as caught:
        store.choose()
    assert str(caught.value) == (
        f"No model digits:nosuch in the store. It holds: {stored.tag}. "
        "Choose one of these, or bring it with 'bentoml models import FILE'."
    )


def test_export_and_import(stored, tmp_path):
    path = bentoml.models.export_model(stored.tag, str(tmp_path / "copy.bentomodel"))
    with bentoml_home(tmp_path / "home"):
        assert str(bentoml.models.import_model(path).tag) == stored.tag
        assert store.load().card == stored.card


def test_an_empty_store_is_filled_by_what_ensures_it_and_by_nothing_else(stored, tmp_path):
    with bentoml_home(tmp_path / "home"):
        with pytest.raises(ModelError, match=r"^No model digits:latest in the store\. It holds: nothing\."):
            store.load()
        store.ensure_not_empty()
        assert store.versions() == [stored.tag]
        store.ensure_not_empty()
        assert store.versions() == [stored.tag]
