"""What a small file may cost: three times its picture above idle, given back afterwards."""

import json
import os
import subprocess
import sys

import pytest
from bombs import bombs
from servers import ROOT

BASE = 20  # MB, of the file itself, and of the band that is converted at once, in all the forms that it takes
LASTING = 50  # MB, of over 2,000 that were taken
PYTHONPATH = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process's memory is read from /proc")
def test_what_asks_for_much_memory_gets_little(tmp_path):
    pixels = {}
    for name, content, count in bombs():
        pixels[name] = count
        (tmp_path / name).write_bytes(content)
    twice = [str(tmp_path / name) for name in pixels] * 2
    command = [sys.executable, "-W", "ignore", "tests/fuzz/measure.py", *twice]
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, *_ in measured] == [*pixels, *pixels]
    costly = [(name, round(peak)) for name, peak, _, _ in measured if peak > BASE + 3 * 3 * pixels[name] / 2**20]
    assert costly == []
    # The first time leaves holes in the heap, of which the second makes use.
    assert sum(left for _, _, left, _ in measured[len(pixels) :]) < LASTING
    assert [(name, seconds) for name, _, _, seconds in measured if seconds > 2] == []
