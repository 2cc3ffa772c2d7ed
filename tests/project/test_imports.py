"""Which room of the house may know which: the table is the design, read with `ast` so that nothing is imported."""

import ast
import subprocess
import sys

from servers import ROOT

# From low to high: each room, and all rooms that it may import from besides itself. A room is a package or a module.
MAY_IMPORT = {
    "pipeline.errors": "",
    "pipeline.answer": "",
    "pipeline.explanation": "answer",
    "pipeline.version": "",
    "pipeline.hosts": "errors",
    "pipeline.connections": "",
    "pipeline.calls": "answer errors explanation",
    "pipeline.client": "answer calls errors explanation",
    "pipeline.faces": "answer calls errors hosts version",
    "pipeline.recognition": "answer errors explanation",
    "pipeline.registry": "errors recognition",
    "pipeline.feedback": "answer errors",
    "pipeline.web": "answer errors explanation faces feedback hosts recognition registry version",
    "pipeline.arguments": "client",
    "pipeline.data": "errors recognition",
    "pipeline.evaluation": "answer arguments data errors recognition registry",
    "pipeline.training": "arguments data errors evaluation feedback recognition registry",
    "pipeline.predict": "answer client errors faces registry",
    "pipeline.__main__": "arguments data errors evaluation feedback predict recognition registry training version web",
    "service": "connections errors feedback recognition registry web",
    "ui": "answer arguments client connections errors faces hosts",
    "flask_app": "answer arguments client errors faces hosts",
}


def test_every_room_imports_only_what_lies_below_it():
    found = {room: set() for room in MAY_IMPORT}
    for top in ("pipeline", "ui", "flask_app", "service.py"):
        for path in [ROOT / top] if top.endswith(".py") else (ROOT / top).rglob("*.py"):
            room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
            if room:
                found[room] |= imported_rooms(path) - {room}
    names = {room: sorted(name.removeprefix("pipeline.") for name in rooms) for room, rooms in found.items()}
    assert names == {room: rooms.split() for room, rooms in MAY_IMPORT.items()}


def room_of(module: str) -> str | None:
    """The row of MAY_IMPORT that speaks for a module; None for `pipeline` itself and what is not ours."""
    return next((room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")), None)


def imported_rooms(path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; name the module in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {room for room in map(room_of, names) if room}


def loaded_after(statement: str) -> set[str]:
    """The modules that are loaded once a fresh Python has run the statement."""
    command = [sys.executable, "-W", "ignore", "-c", f"{statement}; import sys; print(*sys.modules)"]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


FRAMEWORKS = {"tensorflow", "keras", "sklearn", "scipy", "matplotlib", "gradio", "flask", "bentoml"}
FRAMEWORKS |= {"sqlalchemy", "alembic", "psycopg"}  # which the service imports when the first correction comes


def test_serving_imports_neither_tensorflow_nor_the_rooms_of_training(stored):
    loaded = loaded_after("import service; service.DigitService.to_asgi(); service.DigitService()")
    assert loaded & FRAMEWORKS == {"bentoml"}
    assert not [
        name for name in loaded if name.startswith(("pipeline.data", "pipeline.training", "pipeline.evaluation"))
    ]


def test_recognition_and_what_the_pages_share_import_no_framework():
    rooms = "pipeline.recognition.recogniser, pipeline.client, pipeline.faces.words, pipeline.faces.frame"
    assert not loaded_after(f"import {rooms}") & FRAMEWORKS
