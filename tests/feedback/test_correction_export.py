"""Corrections as a file: what it holds, the same bytes each time, and what is wrong with one that is damaged."""

import json

import numpy as np
import pytest
from corrections import correction, keeper, soon

from pipeline.__main__ import main
from pipeline.errors import DataError
from pipeline.feedback import export

SEEN = bytes(range(256)) * 3 + bytes(16)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Three corrections in a database that the command line finds."""
    url = f"sqlite:///{tmp_path}/db"
    monkeypatch.setenv("DIGITS_FEEDBACK", url)
    every = [
        correction(b"first", 10, seen=SEEN),
        correction(b"second one", 4, endpoint="/read", box=(1, 2, 3, 4), seen=bytes(784)),
        correction(b"x", 0, digit=None, status="blank", confidence=0.0),
    ]
    with keeper(url) as database:
        for each in every:
            database.keep(each, soon())
    return every


def test_an_export_holds_everything_and_is_the_same_each_time(kept, tmp_path, capsys):
    path = tmp_path / "corrections.npz"
    assert main(["feedback", "export", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}: 3 corrections\n"
    first = path.read_bytes()
    assert main(["feedback", "export", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"corrections": 3, "file": str(path)}
    assert path.read_bytes() == first
    assert sorted(each.name for each in tmp_path.iterdir() if "corrections" in each.name) == ["corrections.npz"]
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["ids"].tolist() == [each.id for each in kept]
        assert arrays["times"].tolist() == [each.time.isoformat() for each in kept]
        assert arrays["digits"].tolist() == [1, 1, -1]
        assert arrays["boxes"].tolist() == [[-1] * 4, [1, 2, 3, 4], [-1] * 4]
        assert arrays["models"].tolist() == ["digits:test"] * 3
        assert arrays["confidences"].tolist() == [0.25, 0.25, 0.0]
    found = export.read(path)
    assert found.pictures == [b"first", b"second one", b"x"] and found.labels.tolist() == [10, 4, 0]
    assert found.seen[0].tobytes() == SEEN and not found.seen[1:].any()


def test_no_corrections_are_an_export_too(tmp_path):
    assert export.write([], tmp_path / "none.npz") == 0
    found = export.read(tmp_path / "none.npz")
    assert (found.pictures, found.seen.shape, found.labels.shape) == ([], (0, 28, 28), (0,))


def test_list_and_delete(kept, capsys):
    assert main(["feedback", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    time = f"{kept[0].time:%Y-%m-%d %H:%M:%S}"
    assert lines[0] == f"{kept[0].id}  {time}  digits:test  1 (25.0%) -> not_a_digit"
    assert lines[1].endswith("  digits:test  1 (25.0%) at 1,2,3,4 -> 4")
    assert lines[2].endswith("  digits:test  blank -> 0") and lines[3:] == ["3 corrections"]
    assert main(["feedback", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[1] == {
        "id": kept[1].id, "time": kept[1].time.isoformat(), "endpoint": "/read", "box": [1, 2, 3, 4],
        "status": "unsure", "digit": 1, "confidence": 0.25, "label": "4", "model": "digits:test",
    }  # fmt: skip
    assert main(["feedback", "delete", kept[1].id]) == 0
    assert capsys.readouterr().out == f"deleted {kept[1].id}\n"
    assert main(["feedback", "delete", kept[1].id, "--json"]) == 1
    assert capsys.readouterr().err == (
        "error: There is no correction with this id. It may have been withdrawn already.\n"
    )


def test_what_cannot_be_done_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DIGITS_FEEDBACK", "off")
    assert main(["feedback", "list"]) == 1
    assert capsys.readouterr().err == "error: No corrections are kept here. Name a database in DIGITS_FEEDBACK.\n"
    assert main(["feedback", "list", "--database", f"sqlite:///{tmp_path}"]) == 1
    assert "cannot be used (unable to open database file)." in capsys.readouterr().err
    assert main(["feedback", "export", str(tmp_path / "nosuch" / "x"), "--database", f"sqlite:///{tmp_path}/db"]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path}/nosuch/x.partial: No such file or directory\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda arrays: arrays.pop("seen"), "is no file of corrections ("),
        (lambda arrays: arrays.update(format=np.array(2)), "is no file of corrections (its format is 2, expected 1). "),
        (lambda arrays: arrays.update(seen=arrays["seen"][:1]), "seen is uint8 (1, 28, 28), expected 2 of shape"),
        (lambda arrays: arrays.update(labels=arrays["labels"][0]), "expected -1 of shape"),
        (lambda arrays: arrays.update(labels=arrays["labels"] + np.uint8(9)), "labels from 0 to 10."),
        (lambda arrays: arrays.update(seen=arrays["seen"].astype(np.uint16)), "expected seen and labels in uint8"),
        (lambda arrays: arrays.update(ids=np.array([None] * 2)), "is no file of corrections ("),
        (lambda arrays: arrays.update(ends=arrays["ends"] + 1), "the pictures do not end where `ends` says."),
        (lambda arrays: arrays.update(ends=arrays["ends"][::-1]), "the pictures do not end where `ends` says."),
    ],
)
def test_a_damaged_file_says_what_is_wrong(change, said, tmp_path):
    path = tmp_path / "corrections.npz"
    export.write([correction(b"one", 3), correction(b"two", 4)], path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    np.savez(path, **arrays)
    with pytest.raises(DataError) as refused:
        export.read(path)
    assert str(refused.value).startswith(f"{path}: ") and said in str(refused.value)


def test_what_is_no_archive_says_so(tmp_path):
    path = tmp_path / "corrections.npz"
    for content in (b"", b"PK\x03\x04", b"text"):
        path.write_bytes(content)
        with pytest.raises(DataError, match="Make one with 'python -m pipeline feedback export FILE'"):
            export.read(path)
    with pytest.raises(DataError, match="No such file"):
        export.read(tmp_path / "nosuch")
