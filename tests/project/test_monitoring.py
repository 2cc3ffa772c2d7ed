"""The alerts and the dashboard ask for metrics that there are. `make monitoring-check` has promtool check the rest."""

import json
import re

import pytest
import yaml
from servers import ROOT

FOLDER = ROOT / "deploy" / "monitoring"
# What the service counts, with the labels of each; a histogram also has _bucket (with `le`), _sum and _count.
COUNTED = {
    "digits_requests_total": {"endpoint", "status"},
    "digits_answers_total": {"status"},
    "digits_corrections_total": {"outcome"},
}
GAUGES = {"digits_work_in_hand_seconds": set(), "digits_memory_bytes": set()}
HISTOGRAMS = {
    "digits_request_seconds": {"endpoint"},
    "digits_queue_seconds": set(),
    "digits_confidence": set(),
    "digits_ink_fraction": set(),
}
# Of Prometheus itself, its client libraries and the blackbox exporter.
STANDARD = {"up": set(), "probe_success": set()}
METRICS = {
    **COUNTED,
    **GAUGES,
    **STANDARD,
    **{f"{name}_bucket": labels | {"le"} for name, labels in HISTOGRAMS.items()},
    **{f"{name}_{part}": labels for name, labels in HISTOGRAMS.items() for part in ("sum", "count")},
}
ANSWERS = {"digit", "unsure", "blank", "not_a_digit", "number", "not_a_number"}
ENDPOINTS = {"/predict", "/read", "/predict_batch", "/explain", "/classify", "/feedback", "/model", "other"}
WORDS = {"and", "or", "unless", "on", "by", "offset"}

RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
ALERTS = [rule["alert"] for rule in RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in PANELS for target in panel.get("targets", [])
]


def without_labels(expression: str) -> str:
    """An expression less its selectors, groupings, durations and the dashboard's variables."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", expression)
    return re.sub(r"\b(by|on) *\([^)]*\)|\boffset \w+", "", bare)


def metrics(expression: str) -> set[str]:
    names = re.findall(r"\b([a-z_][a-z0-9_:]*)\b(?! *\()", without_labels(expression), re.IGNORECASE)
    return set(names) - WORDS


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_is_counted_recorded_or_standard(expression):
    assert metrics(expression)
    assert metrics(expression) <= METRICS.keys() | RECORDED


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_label_is_one_of_its_metric(expression):
    for name, selector in re.findall(r"([\w:]+)\{([^}]*)\}", expression):
        for label, asked in re.findall(r'(\w+)(?:=|!=|=~|!~)"([^"]*)"', selector):
            assert label in METRICS.get(name, set()) | {"job", "instance"}
            values = set(asked.split("|"))
            if label == "status":
                assert values <= ANSWERS if name == "digits_answers_total" else all(map(is_http_status, values))
            assert label != "endpoint" or values <= ENDPOINTS


def is_http_status(pattern: str) -> bool:
    return re.fullmatch(r"[1-5](\d\d|\.\.)", pattern) is not None


def test_all_that_is_counted_is_on_the_dashboard():
    shown = set().union(*(metrics(target["expr"]) for panel in PANELS for target in panel["targets"]))
    for rule in RULES:  # what is shown by way of a rule
        shown |= metrics(rule["expr"]) if rule.get("record") in shown else set()
    assert {*COUNTED, *GAUGES} <= shown
    assert {f"{name}_bucket" for name in HISTOGRAMS} <= shown


def test_every_alert_says_how_bad_it_is_and_what_to_do():
    for rule in (rule for rule in RULES if "alert" in rule):
        assert rule["labels"]["severity"] in ("page", "warn")
        assert list(rule["annotations"]) == ["summary", "action"]


def test_every_alert_is_tested_and_explained():
    tested = {
        asked["alertname"]
        for test in yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
        for asked in test.get("alert_rule_test", [])
        if asked["exp_alerts"]
    }
    assert tested == set(ALERTS)
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `(Digits\w+)` \|", readme, re.MULTILINE) == ALERTS


def test_the_config_reads_the_rules_and_names_the_jobs_that_they_ask_for():
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yml"]
    jobs = {each["job_name"] for each in config["scrape_configs"]}
    for job in re.findall(r'job="([^"]*)"', "".join(EXPRESSIONS)):
        assert job in jobs


def test_panels_do_not_overlap_and_have_ids_of_their_own():
    taken = set()
    for place in (panel["gridPos"] for panel in DASHBOARD["panels"]):
        cells = {(place["x"] + column, place["y"] + row) for column in range(place["w"]) for row in range(place["h"])}
        assert not taken & cells and place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
