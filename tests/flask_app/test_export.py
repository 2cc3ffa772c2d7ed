"""What the upload page gives for spreadsheets and programs, and its examples."""

import base64
import csv
import io
import json
import re
from html import unescape

from upload_page import FORTY, PNG, SEEN, answer, problem, texts, upload

from flask_app.export import COLUMNS, copied_line
from flask_app.readings import Reading
from pipeline.faces import STATIC


def download(html, kind):
    url = unescape(re.search(rf'<a id="{kind}"[^>]* href="([^"]*)"', html)[1])
    return base64.b64decode(url.partition(",")[2]).decode("utf-8")


def test_the_results_as_csv_without_a_script(client):
    html = upload(client, ("seven.png", PNG), ("=HYPERLINK(1).png", PNG + b" unsure"), ("c.png", b"broken")).text
    table = download(html, "csv")
    assert table.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(table.removeprefix("\ufeff")))
    assert tuple(head) == COLUMNS
    seven = next(row for row in rows if row[0] == "seven.png")
    assert seven[1:5] == ["digit", "7", "7", "0.99991"]
    assert [float(cell) for cell in seven[5:15]] == list(answer().probabilities)
    assert seven[15:] == ["digits:test", ""]
    assert ["'=HYPERLINK(1).png", "unsure", "3", "3", "0.62"] in [row[:5] for row in rows]  # no formula
    refused = next(row for row in rows if row[0] == "c.png")
    assert refused[1:15] == ["refused", *[""] * 13]
    assert refused[-1] == "This picture was not read. These bytes are not a picture. Send a PNG."


def test_the_results_as_json_without_a_script(client):
    html = upload(client, ("a.png", PNG), ("b.png", b"broken")).text
    seven, refused = json.loads(download(html, "json"))
    expected = {"file": "a.png", **answer().to_json(), "probabilities": list(answer().probabilities)}
    assert seven == {key: value for key, value in expected.items() if key != "seen"}
    assert refused["status"] == "refused" and refused["file"] == "b.png"


def test_a_number_has_its_text_and_its_lowest_confidence(client):
    html = upload(client, ("forty.png", PNG), mode="number").text
    row = list(csv.reader(io.StringIO(download(html, "csv"))))[1]
    assert row == ["forty.png", "unsure", "40", "", "0.61", *[""] * 10, "digits:test", "1 of 2 digits is unsure."]
    (number,) = json.loads(download(html, "json"))
    assert number["text"] == "40" and [digit["box"] for digit in number["digits"]] == [
        [10, 20, 110, 220],
        [150, 5, 250, 220],
    ]
    assert SEEN not in download(html, "json")
    assert copied_line(Reading("+forty.png", found=FORTY)) == "'+forty.png\t40?\t61.0 %\r\n"


def test_the_script_gets_the_parts_of_both_with_each_row(client):
    html = upload(client, ("a.png", PNG), headers={"X-Requested-With": "fetch"}).text
    line, record = (unescape(re.search(rf'data-{kind}="([^"]*)"', html)[1]) for kind in ("csv", "json"))
    assert next(csv.reader([line]))[:3] == ["a.png", "digit", "7"]
    assert json.loads(record)["digit"] == 7
    assert ' href="data:' not in html


def test_an_example_is_read_without_a_script(client):
    html = client.get("/").text
    links = re.findall(r'<a href="(/\?example=[^"]*)" data-file="/faces/([^"]*)"', html)
    assert len(links) == 6 and all((STATIC / file).is_file() for _, file in links)
    assert texts(client.get("/?example=four.png").text)[0].startswith("7 four.png Confidence")
    number = client.get("/?example=field.png").text
    assert '<input type="radio" name="mode" value="number" checked>' in number
    assert texts(number)[0].startswith("4 0? 4 0 field.png Not sure of this number")
    unknown = client.get("/?example=<b>")
    assert (unknown.status_code, problem(unknown)) == (404, "There is no example '<b>'. Choose one on this page.")
