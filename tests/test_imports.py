"""Imports point one way; the table is the design, read with `ast` so that nothing needs to be imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each module and the project's own modules that it may import. A package stands for all its modules.
ALLOWED = {
    "pipeline": set(),
    "pipeline.errors": set(),
    "pipeline.answer": set(),
    "pipeline.data": {"pipeline.errors"},
    "pipeline.preprocess": {"pipeline.errors", "pipeline.preprocess"},
    "pipeline.calibrate": set(),
    "pipeline.model": {"pipeline.calibrate", "pipeline.errors"},
    "pipeline.augment": {"pipeline.data", "pipeline.distortion"},
    "pipeline.distortion": set(),
    "pipeline.network": {"pipeline.data"},
    "pipeline.curves": set(),
    "pipeline.scribbles": {"pipeline.curves"},
    "pipeline.nondigits": {"pipeline.distortion", "pipeline.preprocess", "pipeline.scribbles"},
    "pipeline.variants": {"pipeline.curves", "pipeline.preprocess", "pipeline.variants"},
    "pipeline.reading": {"pipeline.model", "pipeline.preprocess"},
    "pipeline.recognise": {"pipeline.answer", "pipeline.model", "pipeline.preprocess", "pipeline.reading"},
    "pipeline.render": {"pipeline.render"},
    "pipeline.client": {"pipeline.answer", "pipeline.errors"},
    "pipeline.arguments": {"pipeline.client"},
    "pipeline.store": {"pipeline.errors", "pipeline.model"},
    "pipeline.promotion": {"pipeline.errors", "pipeline.store"},
    "pipeline.web": {
        "pipeline.answer",
        "pipeline.errors",
        "pipeline.preprocess",
        "pipeline.recognise",
        "pipeline.web",
    },
    "pipeline.look": {"pipeline.preprocess"},
    "pipeline.examples": {
        "pipeline.data",
        "pipeline.nondigits",
        "pipeline.preprocess",
        "pipeline.render",
        "pipeline.variants",
    },
    "pipeline.history": set(),
    "pipeline.checkpoint": {"pipeline.errors", "pipeline.history"},
    "pipeline.train": {
        "pipeline.augment",
        "pipeline.checkpoint",
        "pipeline.data",
        "pipeline.errors",
        "pipeline.examples",
        "pipeline.history",
        "pipeline.network",
    },
    "pipeline.export": {"pipeline.data", "pipeline.errors", "pipeline.model", "pipeline.network"},
    "pipeline.versions": set(),
    "pipeline.thresholds": {
        "pipeline.calibrate",
        "pipeline.data",
        "pipeline.evaluate",
        "pipeline.examples",
        "pipeline.model",
    },
    "pipeline.gate": {
        "pipeline.calibrate",
        "pipeline.data",
        "pipeline.evaluate",
        "pipeline.recognise",
        "pipeline.robustness",
    },
    "pipeline.seeds": {"pipeline.model", "pipeline.store"},
    "pipeline.statistics": {"pipeline.calibrate"},
    "pipeline.conditions": {"pipeline.render"},
    "pipeline.corruptions": {"pipeline.data"},
    "pipeline.robustness": {
        "pipeline.answer",
        "pipeline.calibrate",
        "pipeline.conditions",
        "pipeline.corruptions",
        "pipeline.data",
        "pipeline.recognise",
        "pipeline.render",
        "pipeline.statistics",
    },
    "pipeline.evaluate": {"pipeline.calibrate", "pipeline.data", "pipeline.model", "pipeline.recognise"},
    "pipeline.release": {
        "pipeline.data",
        "pipeline.errors",
        "pipeline.evaluate",
        "pipeline.export",
        "pipeline.gate",
        "pipeline.model",
        "pipeline.recognise",
        "pipeline.seeds",
        "pipeline.store",
        "pipeline.thresholds",
        "pipeline.train",
        "pipeline.versions",
    },
    "pipeline.prepare": {"pipeline.data"},
    "pipeline.report": {
        "pipeline.calibrate",
        "pipeline.conditions",
        "pipeline.corruptions",
        "pipeline.data",
        "pipeline.evaluate",
        "pipeline.examples",
        "pipeline.model",
        "pipeline.nondigits",
        "pipeline.recognise",
        "pipeline.render",
        "pipeline.report",
        "pipeline.robustness",
        "pipeline.seeds",
        "pipeline.statistics",
        "pipeline.store",
    },
    "pipeline.__main__": {
        "pipeline.arguments",
        "pipeline.checkpoint",
        "pipeline.data",
        "pipeline.errors",
        "pipeline.history",
        "pipeline.look",
        "pipeline.prepare",
        "pipeline.promotion",
        "pipeline.release",
        "pipeline.report",
        "pipeline.robustness",
        "pipeline.store",
        "pipeline.train",
    },
    "service": {"pipeline.errors", "pipeline.promotion", "pipeline.recognise", "pipeline.store", "pipeline.web"},
    "ui": {"pipeline.answer", "pipeline.arguments", "pipeline.client", "pipeline.errors", "ui"},
    "flask_app": {"pipeline.answer", "pipeline.arguments", "pipeline.client", "pipeline.errors", "flask_app"},
}
SOURCES = sorted(
    [ROOT / "service.py", *(p for top in ("pipeline", "ui", "flask_app") for p in (ROOT / top).rglob("*.py"))]
)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path) for path in SOURCES}


def entry(module: str) -> str:
    """The row of ALLOWED that speaks for a module: its own, else that of the package it is in."""
    while module not in ALLOWED:
        module = module.rpartition(".")[0]
    return module


def imported(path: Path) -> set[str]:
    """The project's own modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; name the module in full"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else node.module or "")
    return {name for name in found if name.partition(".")[0] in ("pipeline", "service", "ui", "flask_app")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_table(path):
    row = entry(module_name(path))
    assert {entry(module) for module in imported(path)} <= ALLOWED[row]


def test_the_table_has_no_row_too_many():
    assert set(ALLOWED) == {entry(module) for module in MODULES}


def frameworks_after(statement: str) -> set[str]:
    """Which heavy packages are loaded once a fresh Python has run the statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return set(output.split()) & {"tensorflow", "keras", "sklearn", "scipy", "matplotlib", "gradio", "flask", "bentoml"}


def test_serving_does_not_import_tensorflow(model):
    assert frameworks_after("import service; service.DigitService.to_asgi(); service.DigitService()") == {"bentoml"}


def test_serving_does_not_draw_pictures(model):
    code = "import sys, service; service.DigitService(); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    drawing = (
        "pipeline.render",
        "pipeline.conditions",
        "pipeline.corruptions",
        "pipeline.robustness",
        "pipeline.report",
    )
    assert not [name for name in run.stdout.split() if name.startswith(drawing)]


def test_the_client_imports_no_framework():
    assert frameworks_after("import pipeline.client") == set()
