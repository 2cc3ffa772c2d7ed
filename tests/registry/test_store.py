"""The store: choosing a version, loading it, and what is wrong with a damaged one."""

import hashlib
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


NETWORKS = pytest.mark.parametrize("name", [store.GRAPH, store.EYE])


@NETWORKS
def test_a_changed_network_is_not_loaded(folder, name):
    whole = (folder / name).read_bytes()
    changed = bytes([whole[0] ^ 1]) + whole[1:]
    (folder / name).write_bytes(changed)
    found, expected = (hashlib.sha256(content).hexdigest() for content in (changed, whole))
    assert refusal(folder) == (
        f"…/{name}: has SHA-256 {found}, its card says {expected}. The file is damaged or was changed: "
        "delete this version and import it again."
    )


@NETWORKS
def test_a_network_that_is_cut_off_or_empty_is_not_loaded(folder, name):
    content = (folder / name).read_bytes()
    for part in (content[:-1], b""):
        (folder / name).write_bytes(part)
        assert refusal(folder).startswith(f"…/{name}: has SHA-256 {hashlib.sha256(part).hexdigest()}, its card says")


@NETWORKS
def test_a_missing_network_is_not_loaded(folder, name):
    (folder / name).unlink()
    said = f"…/{name}: cannot be read ([Errno 2] No such file or directory: '…/{name}'). "
    assert refusal(folder) == said + "Delete this version and import it again."


def change(content: str, **fields) -> str:
    return json.dumps(json.loads(content) | fields)


@NETWORKS
def test_a_network_that_the_card_does_not_name_is_not_loaded(folder, name):
    path = folder / card.FILE
    named = json.loads(path.read_text())["files"]
    path.write_text(change(path.read_text(), files={other: named[other] for other in named if other != name}))
    said = refusal(folder)
    assert said.startswith(f"…/{name}: has SHA-256 {named[name]}, its card says nothing of it.")


def test_a_model_of_before_there_was_an_eye_is_one_readable_line(folder):
    path = folder / card.FILE
    old = json.loads(path.read_text())
    del old["eye"]
    path.write_text(json.dumps(old))
    assert (
        refusal(folder)
        == "…/card.json: no readable model card (eye: Field required). Choose or import another version."
    )


def test_the_card_tells_of_the_eyes_files(stored):
    eye = stored.card.eye
    assert set(eye.files) == {store.EYE, store.EYE_KERAS_FILE}
    assert eye.files.items() <= stored.card.files.items()
    for name, sha256 in stored.card.files.items():
        assert hashlib.sha256((stored.folder / name).read_bytes()).hexdigest() == sha256


def test_the_eye_that_ships_is_copied_whatever_is_in_the_store(stored, tmp_path):
    with bentoml_home(tmp_path / "home"):
        found = store.copy_shipped_eye(tmp_path)
        assert store.versions() == []
    assert found == stored.card.eye
    for name in found.files:
        assert (tmp_path / name).read_bytes() == (stored.folder / name).read_bytes()


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


def test_a_damaged_version_says_so_and_is_in_nobodys_way(stored, tmp_path):
    with bentoml_home(tmp_path) as home:
        shutil.copytree(stored.folder.parent, home / "models" / store.NAME)
        half = home / "models" / store.NAME / "half"
        half.mkdir()
        tags = sorted([stored.tag, "digits:half"])
        for content, why in (("", "malformed model.yaml"), ("{{ :", "while parsing a flow node expected")):
            (half / "model.yaml").write_text(content)
            assert (store.versions(), store.choose()) == (tags, stored.tag)
            with pytest.raises(ModelError) as caught:
                store.choose("half")
            assert str(caught.value).startswith(f"digits:half is damaged in the store ({why}")
            assert str(caught.value).endswith("). Delete this version and import it again, or choose another.")


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
