"""Durations are measured on clocks that never jump: the wall clock dates things, and nothing waits for it."""

import ast

from servers import ROOT

WALL = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "datetime.now", "datetime.utcnow", "date.today"}
# Who asks what day it is, and for what.
DATED = {
    "pipeline/feedback/correction.py": ["datetime.now"],  # a correction's
    "pipeline/training/release.py": ["datetime.now"],  # the card's
}


def test_only_dates_come_from_the_wall_clock():
    found = {}
    for top in ("pipeline", "ui", "flask_app", "deploy", "bench", "service.py"):
        for path in [ROOT / top] if top.endswith(".py") else sorted((ROOT / top).rglob("*.py")):
            asked = [name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in wall_clocks(node)]
            if asked:
                found[str(path.relative_to(ROOT))] = asked
    assert found == DATED


def wall_clocks(node: ast.AST) -> list[str]:
    """What a node asks of the wall clock, by attribute or by an import of the bare name."""
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return sorted({f"time.{each.name}" for each in node.names} & WALL)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return sorted({f"{node.value.id}.{node.attr}"} & WALL)
    return []
