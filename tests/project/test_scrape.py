"""A real Prometheus scrapes the service itself: its rules load, and what the dashboard asks for is there."""

import json
import shutil
import time

import httpx
import pytest
import yaml
from servers import ROOT, Server, free_port

FOLDER = ROOT / "deploy" / "monitoring"
# What needs more than a service and its clients.
CONDITIONAL = {"Ready": "the blackbox exporter, which asks /readyz"}
SECOND = "1s"  # in place of 15, so that two scrapes take no half a minute
VARIABLES = {"$instance": ".*", "$__rate_interval": "10s"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="no Prometheus here (Debian: prometheus)"),
]


@pytest.fixture
def prometheus(service, tmp_path):
    """With the scrape config of the repository, but for the port and the pace."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": SECOND, "evaluation_interval": SECOND}
    config["rule_files"] = [str(FOLDER / name) for name in config["rule_files"]]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [service.url.removeprefix("http://")]}]
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    listens = f"127.0.0.1:{free_port()}"
    server = Server(
        ["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data"],
        "", tmp_path / "log",
    )  # fmt: skip
    server.arguments = [*server.arguments[:-2], f"--web.listen-address={listens}"]
    server.url, server.ready = f"http://{listens}", f"http://{listens}/-/ready"
    server.start()
    yield server
    server.stop()


def asked(server, path: str, **parameters) -> dict:
    return (
        httpx.get(f"{server.url}/api/v1/{path}", params=parameters, trust_env=False).raise_for_status().json()["data"]
    )


def queries() -> list[tuple[str, str]]:
    """The title of each panel of the dashboard, and what it asks for."""
    panels = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))["panels"]
    found = [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", [])]
    for variable, value in VARIABLES.items():
        found = [(title, expression.replace(variable, value)) for title, expression in found]
    return found


def test_the_service_is_scraped_and_the_dashboard_is_not_empty(service, prometheus, test_digit_png):
    deadline, lacking = time.monotonic() + 60, {"all"}
    while lacking != CONDITIONAL.keys() and time.monotonic() < deadline:
        for path in ("predict", "read"):
            files = {"image": test_digit_png(4)}
            assert httpx.post(f"{service.url}/{path}", files=files, trust_env=False).status_code == 200
        assert httpx.get(f"{service.url}/livez", trust_env=False).status_code == 200
        time.sleep(1)  # for a scrape
        answers = [(title, asked(prometheus, "query", query=expression)["result"]) for title, expression in queries()]
        lacking = {title for title, result in answers if not result or result[0]["value"][1] == "NaN"}
    assert lacking == CONDITIONAL.keys()

    scraped = {each["labels"]["job"]: each for each in asked(prometheus, "targets")["activeTargets"]}
    assert (scraped["digits"]["health"], scraped["digits"]["lastError"]) == ("up", "")

    (group,) = asked(prometheus, "rules")["groups"]
    written = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
    assert [rule["name"] for rule in group["rules"]] == [rule.get("record") or rule["alert"] for rule in written]
    assert {rule["health"] for rule in group["rules"]} == {"ok"}
    firing = {rule["name"] for rule in group["rules"] if rule.get("state") == "firing"}
    assert firing <= {"DigitsDown", "DigitsNotReady"}  # of the blackbox exporter, which does not run here
