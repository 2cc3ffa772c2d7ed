"""Zip files at the upload page, without its script: pictures come out, bombs, paths and damage do not."""

import io
import struct
import zipfile

import pytest
from upload_page import PNG, of_bytes, recognise, summary, texts, upload

from flask_app import create_app
from flask_app.archives import LARGEST, MOST_DIRECTORY, MOST_UNPACKED, REFUSALS
from pipeline.recognition.decode import MAX_BYTES


@pytest.fixture
def client():
    return create_app(of_bytes(recognise), model=lambda: "digits:test").test_client()


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def refusal(client, content):
    (text,) = texts(upload(client, ("a.zip", content)).text)
    assert text.startswith("! a.zip This picture was not read ")
    return text.removeprefix("! a.zip This picture was not read ")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_each_picture_in_a_zip_is_read_beside_others(client, method):
    content = zipped(("scans/a.png", PNG), ("scans\\b.png", PNG + b" unsure"), ("scans/", b""), method=method)
    response = upload(client, ("first.png", PNG), ("a.zip", content), ("last.png", PNG + b"broken"))
    assert summary(response) == "2 read, 1 unsure, 1 refused"
    assert [text.split()[1] for text in texts(response.text)] == ["last.png", "b.png", "first.png", "a.png"]


def test_what_systems_write_beside_the_pictures_is_left_out_and_paths_are_names_alone(client):
    content = zipped(("__MACOSX/._a.png", b"x"), (".DS_Store", b"x"), ("Thumbs.db", b"x"), ("../../etc/a.png", PNG))
    assert texts(upload(client, ("a.zip", content)).text)[0].startswith("7 a.png Confidence")
    assert refusal(client, zipped((".DS_Store", b"x"))) == str(REFUSALS["zip_empty"])


def test_what_a_zip_may_hold_is_bounded_before_it_is_unpacked(client):
    assert LARGEST == MAX_BYTES
    assert refusal(client, zipped(*[(f"{n}.png", PNG) for n in range(51)])) == str(REFUSALS["zip_too_many"])
    assert len(texts(upload(client, ("a.zip", zipped(*[(f"{n}.png", PNG) for n in range(50)]))).text)) == 50
    bomb = zipped(*[(f"{n}.png", bytes(MOST_UNPACKED // 4)) for n in range(5)])
    assert len(bomb) < 2**19 and refusal(client, bomb) == str(REFUSALS["zip_too_large"])
    content = zipped(("a.png", PNG))
    place = content.index(b"PK\5\6") + 12  # how long the list of entries is
    long_list = content[:place] + struct.pack("<I", MOST_DIRECTORY + 1) + content[place + 4 :]
    assert refusal(client, long_list) == str(REFUSALS["zip_damaged"])


def test_one_bad_entry_does_not_stop_the_rest(client):
    huge = ("huge.png", bytes(LARGEST + 1))
    locked = zipped(("locked.png", PNG), ("good.png", PNG), ("in.zip", zipped(("a.png", PNG))), huge)
    place = locked.index(b"PK\1\2") + 8  # the flags of the first entry in the list
    locked = locked[:place] + struct.pack("<H", 1) + locked[place + 2 :]
    found = texts(upload(client, ("a.zip", locked)).text)
    assert found[:3] == [
        f"! locked.png This picture was not read {REFUSALS['zip_locked']}",
        f"! in.zip This picture was not read {REFUSALS['zip_in_zip']}",
        "! huge.png This picture is too large At most 20 MiB and 64 megapixels are read. "
        "Make it smaller, or cut out the part with the digits.",
    ]
    assert found[3].startswith("7 good.png Confidence")


def test_other_ways_to_pack_are_refused_because_they_unpack_without_a_bound(client):
    (text,) = texts(upload(client, ("a.zip", zipped(("a.png", PNG), method=zipfile.ZIP_LZMA))).text)
    assert text == f"! a.png This picture was not read {REFUSALS['zip_damaged']}"


def test_office_documents_go_to_the_service_which_calls_them_by_name():
    came = []
    client = create_app(lambda file: came.append(file.read()) or recognise(b""), model=lambda: "x").test_client()
    document = zipped(("word/document.xml", b"x"))
    upload(client, ("a.docx", document))
    assert came == [document]


def test_a_damaged_zip_is_never_an_error_of_ours(client):
    whole = zipped(("a.png", PNG + bytes(range(200))), ("b.png", PNG))
    for place in range(0, len(whole), 9):
        flipped = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        for damaged in (flipped, whole[:place]):
            response = upload(client, ("a.zip", damaged))
            assert response.status_code in (200, 400) and texts(response.text)
