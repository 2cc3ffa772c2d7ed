"""What `make audit` says, and its exit status: pip-audit itself calls packages that it could not look up no failure."""

import json
import subprocess
import sys

import pytest
from servers import ROOT

SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
BAD = {"name": "jinja2", "version": "2.4", "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"], "aliases": []}]}
UNMENDED = {"name": "flask", "version": "3.1", "vulns": [{"id": "GHSA-x", "fix_versions": [], "aliases": []}]}
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found on PyPI and could not be audited: yarl (1.25.1)"}
NOT_LOOKED_UP = (
    "error: 1 of {} packages could not be looked up, yarl for one: the package index cannot be reached from "
    "here, or does not know them. Run it where it answers.\n"
)


def audit(tmp_path, says: str) -> tuple[int, str]:
    """Exit status and output where pip-audit says that."""
    pip_audit = tmp_path / "pip-audit"
    pip_audit.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\n")
    pip_audit.chmod(0o755)
    command = [sys.executable, "deploy/audit.py", str(pip_audit), "requirements.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ([SOUND], (0, "1 packages, no known vulnerability.\n")),
        (
            [SOUND, BAD, UNMENDED],
            (1, "jinja2 2.4: PYSEC-2014-8, mended in 2.7.2\nflask 3.1: GHSA-x, mended in no version yet\n"),
        ),
        ([SOUND, SKIPPED], (2, NOT_LOOKED_UP.format(2))),
        ([BAD, SKIPPED], (1, "jinja2 2.4: PYSEC-2014-8, mended in 2.7.2\n" + NOT_LOOKED_UP.format(2))),
    ],
)
def test_the_exit_status_tells_vulnerable_from_not_looked_up(tmp_path, packages, expected):
    assert audit(tmp_path, json.dumps({"dependencies": packages, "fixes": []})) == expected


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path):
    said = "error: the package index cannot be asked for vulnerabilities: it said nothing\n"
    assert audit(tmp_path, "no report") == (2, said)
