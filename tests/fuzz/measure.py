"""Decodes the files it is given, and prints for each peak and lasting memory (MB above idle) and seconds, as JSON."""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from drawings import save
from PIL import Image

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.decode import decode


def memory(line: str) -> float:
    """MB of this process, as Linux tells them: VmRSS now, VmHWM at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def main(paths: list[str]) -> None:
    for form in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF"):  # what is loaded once is idle
        decode(save(Image.new("RGB", (60, 60)), form))
    for path in paths:
        content = Path(path).read_bytes()
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        idle, start = memory("VmRSS"), time.perf_counter()
        with suppress(NotAPicture, TooLarge):
            decode(content)
        seconds = time.perf_counter() - start
        print(json.dumps((Path(path).name, memory("VmHWM") - idle, memory("VmRSS") - idle, seconds)))


main(sys.argv[1:])
