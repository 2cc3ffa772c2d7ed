"""Asks the Python package index which locked packages have known vulnerabilities, by way of pip-audit.

    python deploy/audit.py PIP_AUDIT requirements.lock …

Exit status 0: none is known. 1: some are, and they are listed. 2: not all packages could be looked up.
"""

import json
import subprocess
import sys
from typing import Any

NONE_KNOWN, SOME_KNOWN, NOT_LOOKED_UP = range(3)


def judge(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Exit status and lines for the `dependencies` of a report of pip-audit, which itself passes what it skips."""
    lines = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for package in packages
        for vulnerability in package.get("vulns", [])
    ]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    status = SOME_KNOWN if lines else NOT_LOOKED_UP if skipped else NONE_KNOWN
    if skipped:
        lines.append(
            f"error: {len(skipped)} of {len(packages)} packages could not be looked up, {skipped[0]} for one: the "
            "package index cannot be reached from here, or does not know them. Run it where it answers."
        )
    return status, lines or [f"{len(packages)} packages, no known vulnerability."]


def main() -> int:
    pip_audit, *locks = sys.argv[1:]
    files = [word for lock in locks for word in ("--requirement", lock)]
    # The lock files name all that is needed: nothing is resolved, nothing downloaded.
    options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run([pip_audit, *options, *files], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        status, lines = NOT_LOOKED_UP, [f"error: the package index cannot be asked for vulnerabilities: {reason}"]
    else:
        status, lines = judge(packages)
    print(*lines, sep="\n", file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
