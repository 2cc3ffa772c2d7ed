"""What requests leave behind: ids, headers, counts and lines in the log; nothing that a stranger makes up."""

import json
import logging
import re

import pytest
from servers import ROOT

from pipeline.web import metrics
from pipeline.web.logs import FloodGate, JsonLines
from pipeline.web.observed import SECURITY_HEADERS

MONITORING = ROOT / "deploy" / "monitoring"


@pytest.mark.parametrize(
    "path", ["/livez", "/metrics", "/docs.json", "/model", "/", "/nosuch", "/predict", "/predict/"]
)
def test_every_answer_has_an_id_and_the_security_headers(client, path):
    headers = client.get(path, headers={"host": "localhost"}).headers
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    for name in SECURITY_HEADERS:
        assert headers[name], name
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "location" not in headers


def test_the_id_a_client_sends_comes_back_where_it_is_harmless(client):
    assert client.get("/livez", headers={"x-request-id": "a-1:b.c_d"}).headers["x-request-id"] == "a-1:b.c_d"
    for harmful in ("a b", "x" * 65, '"}', "é".encode()):
        assert re.fullmatch(
            "[0-9a-f]{32}", client.get("/livez", headers={"x-request-id": harmful}).headers["x-request-id"]
        )


def test_one_line_for_each_request_and_none_for_the_watchdogs(client, caplog, test_digit_png):
    caplog.set_level(logging.INFO, "bentoml.digits.requests")
    client.post("/predict", files={"image": test_digit_png(3)}, headers={"x-request-id": "mine"})
    client.get("/secret/../path?key=1")
    client.get("/livez")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if "requests" in record.name]
    assert [(line["message"], line["status"]) for line in lines] == [("POST /predict", 200), ("? other", 404)]
    assert lines[0]["request"] == "mine" and 0 < lines[0]["ms"] < 10_000
    assert "secret" not in caplog.text


def test_paths_that_strangers_make_up_are_no_labels(client):
    client.get("/first")
    before = client.get("/metrics").text
    for number in range(300):
        client.get(f"/made-up-{number}")
    after = client.get("/metrics").text
    assert "made-up" not in after
    assert after.count("\n") <= before.count("\n") + 30 and len(after) < 50_000


def test_answers_are_counted_with_their_confidence_and_ink(client, test_digit_png, value_of):
    before = [value_of(name) for name in ("digits_confidence_count", "digits_ink_fraction_sum")]
    answers = value_of("digits_answers_total", status="digit")
    assert client.post("/predict", files={"image": test_digit_png(0)}).json()["status"] == "digit"
    assert value_of("digits_answers_total", status="digit") == answers + 1
    assert value_of("digits_confidence_count") == before[0] + 1
    assert 0.05 < value_of("digits_ink_fraction_sum") - before[1] < 0.4
    assert value_of("digits_work_in_hand_seconds") == pytest.approx(0, abs=1e-9)


def test_ids_of_corrections_are_in_no_log_and_no_label(client, caplog):
    caplog.set_level(logging.INFO, "bentoml.digits.requests")
    assert client.delete("/feedback/5f0c1e0b7a3d4e6f8a9b0c1d2e3f4a5b").status_code == 404
    assert caplog.messages == ["DELETE /feedback"]
    assert "5f0c1e0b" not in caplog.text + client.get("/metrics").text


@pytest.fixture
def value_of():
    return lambda name, **labels: metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_metric_that_alerts_and_dashboard_ask_for_is_there(client, test_digit_png):
    client.post("/predict", files={"image": test_digit_png(3)})
    client.get("/livez")
    shown = client.get("/metrics").text
    asked = {name for file in MONITORING.glob("*.*") for name in re.findall(r"\bdigits_\w+", file.read_text("utf-8"))}
    assert len(asked) > 8
    assert {name for name in asked if name not in shown and not name.endswith("_drift")} == set()
    assert 50e6 < metrics.REGISTRY.get_sample_value("digits_memory_bytes") < 5e9


def record(level, message, *arguments, **more) -> logging.LogRecord:
    made = logging.LogRecord("bentoml.digits", level, __file__, 1, message, arguments, None)
    vars(made).update(more)
    return made


def test_lines_are_json_whatever_is_in_them():
    line = JsonLines().format(record(logging.INFO, "a\n%s", '"}\x00é', facts={"status": 200}))
    assert "\n" not in line
    assert json.loads(line)["message"] == 'a\n"}\x00é' and json.loads(line)["status"] == 200


def test_a_flood_of_errors_is_cut_off_and_says_so():
    gate = FloodGate(most=3)
    records = [record(logging.ERROR, "failed") for _ in range(9)]
    assert [each.getMessage() for each in records if gate.filter(each)] == [
        "failed", "failed", "failed (more errors of this minute are left out)",
    ]  # fmt: skip
    assert gate.filter(record(logging.INFO, "fine"))
