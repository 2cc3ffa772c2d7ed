"""MNIST: the hashes, the split, and every way in which a data folder can be wrong."""

import gzip
import hashlib
import shutil

import numpy as np
import pytest
from datasets import write_folder

from pipeline.data import mnist
from pipeline.errors import DataError

FILES = list(mnist.MNIST_SHA256)


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped files that a test may damage."""
    shutil.copytree(mnist.SHIPPED, tmp_path / "mnist")
    return tmp_path / "mnist"


def refusal(folder) -> str:
    with pytest.raises(DataError) as caught:
        mnist.load(folder)
    return str(caught.value)


def test_the_split_is_stratified_and_always_the_same(splits):
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [55_000, 5_000, 10_000]
    both = np.concatenate([splits.train.labels, splits.validation.labels])
    assert np.abs(np.bincount(splits.validation.labels) - np.bincount(both) / 12).max() < 1
    assert hashlib.sha256(splits.validation.labels.tobytes()).hexdigest().startswith("3e78f3053531f53f")
    assert hashlib.sha256(splits.validation.images.tobytes()).hexdigest().startswith("6e70e26a04a3f6dc")


def test_the_shipped_files_have_the_published_hashes():
    for name, expected in mnist.MNIST_SHA256.items():
        assert hashlib.sha256(gzip.decompress((mnist.SHIPPED / f"{name}.gz").read_bytes())).hexdigest() == expected


def test_an_uncompressed_folder_from_the_environment(copy, monkeypatch, splits):
    for name in FILES:
        (copy / name).write_bytes(gzip.decompress((copy / f"{name}.gz").read_bytes()))
        (copy / f"{name}.gz").unlink()
    monkeypatch.setenv("DIGITS_DATA", str(copy))
    assert mnist.load().sha256 == splits.sha256


def test_no_such_folder():
    assert refusal("nowhere") == (
        "nowhere: no such folder. Expected one that holds the four MNIST files; name it with --data."
    )


def test_missing_file(copy):
    (copy / "t10k-labels-idx1-ubyte.gz").unlink()
    name = copy / "t10k-labels-idx1-ubyte"
    assert refusal(copy) == (
        f"{name}: missing, and t10k-labels-idx1-ubyte.gz as well. Put one of the two into that folder."
    )


@pytest.mark.parametrize("kept", [0, 10, 1_000_000])
def test_truncated_gzip(copy, kept):
    path = copy / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:kept])
    message = refusal(copy)
    assert message.startswith(f"{path}: ")
    assert "fetch" in message


def test_truncated_content(copy):
    raw = gzip.decompress((copy / "t10k-labels-idx1-ubyte.gz").read_bytes())
    (copy / "t10k-labels-idx1-ubyte").write_bytes(raw[:5000])
    assert refusal(copy) == (
        f"{copy / 't10k-labels-idx1-ubyte'}: holds 5,000 bytes, expected 10,008 for the 10,000 items its header "
        "announces. It is truncated: fetch the file again."
    )


def test_wrong_magic(copy):
    shutil.copy(copy / "t10k-images-idx3-ubyte.gz", copy / "t10k-labels-idx1-ubyte.gz")
    assert refusal(copy) == (
        f"{copy / 't10k-labels-idx1-ubyte.gz'}: starts with 00000803, expected the IDX magic 00000801. "
        "This is not an MNIST file of that name: fetch it again."
    )


def test_wrong_hash(copy):
    raw = bytearray(gzip.decompress((copy / "t10k-labels-idx1-ubyte.gz").read_bytes()))
    raw[-1] ^= 1
    (copy / "t10k-labels-idx1-ubyte").write_bytes(raw)
    found = hashlib.sha256(raw).hexdigest()
    assert refusal(copy).startswith(
        f"{copy / 't10k-labels-idx1-ubyte'}: its content has SHA-256 {found}, "
        f"expected {mnist.MNIST_SHA256['t10k-labels-idx1-ubyte']}. Fetch the file again"
    )


def test_wrong_count(tmp_path, splits):
    some = mnist.Split(splits.test.images[:300], splits.test.labels[:299])
    folder = write_folder(tmp_path / "odd", some, splits.test)
    assert refusal(folder) == f"{folder}: train has 300 images but 299 labels. Use files that belong together."


def test_other_data_needs_its_own_hashes(tmp_path, splits):
    folder = write_folder(tmp_path / "own", splits.validation, splits.test)
    loaded = mnist.load(folder)
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [4584, 416, 10_000]
    (folder / "SHA256SUMS").unlink()
    assert "put a SHA256SUMS file (hashes of the raw content) into the folder" in refusal(folder)


def test_labels_that_are_no_digits(tmp_path, splits):
    letters = mnist.Split(splits.test.images, splits.test.labels + np.uint8(10))
    folder = write_folder(tmp_path / "letters", letters, splits.test)
    assert refusal(folder) == (
        f"{folder}: train has a label 19, expected labels from 0 to 9. This is not a set of digits."
    )


def test_too_few_digits_to_split(tmp_path, splits):
    few = mnist.Split(splits.test.images[:20], splits.test.labels[:20])
    folder = write_folder(tmp_path / "few", few, splits.test)
    assert refusal(folder).startswith(f"{folder}: 20 training digits cannot be split")
