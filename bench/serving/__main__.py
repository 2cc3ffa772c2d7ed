"""Times this service beside five other ways to serve digits, in turns, on the same pictures.

    python -m bench.serving [--rounds 5] [--seconds 3] [--connections 1 8 32 128] [--out runs/serving]

All run at once and are asked one after the other, so that a busy machine slows them alike. Of each: right answers a
second, latencies, CPU milliseconds of all its processes a request, memory, seconds from start to the first right
answer. Writes results.json, table.md and plot.png.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.serving import report
from bench.serving.load import DIGIT, load, pictures
from bench.serving.servers import COMMANDS, require_tools, running
from pipeline.arguments import whole_number
from pipeline.registry import store


def main() -> int:
    parser = argparse.ArgumentParser(description="Time this service beside others.")
    parser.add_argument("--rounds", type=whole_number(1, 100), default=5, help="of all services (%(default)s)")
    parser.add_argument("--seconds", type=whole_number(1, 60), default=3, help="for each load (%(default)s)")
    parser.add_argument("--connections", type=whole_number(1, 1000), nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--services", choices=COMMANDS, nargs="+", default=list(COMMANDS))
    parser.add_argument("--query", default="", help="behind this project's /predict, such as ?seen=0")
    parser.add_argument("--out", type=Path, default=Path("runs/serving"))
    options = parser.parse_args()
    require_tools()
    store.ensure_not_empty()
    options.out.mkdir(parents=True, exist_ok=True)
    measured = measure(options)
    (options.out / "results.json").write_text(json.dumps(measured, indent=1))
    table = report.table(measured)
    (options.out / "table.md").write_text(table)
    report.plot(measured, options.out / "plot.png")
    print(table)
    return 0


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """`starts` in seconds by service; `loads`, each with its service, kind of picture, connections and round."""
    files = pictures(options.out)
    first = files["28×28"][0].read_bytes()
    found: list[dict[str, Any]] = []
    with ExitStack() as stack:
        # One after the other: what starts has the machine for itself.
        servers = [
            stack.enter_context(running(name, first, DIGIT, options.out / f"{name}.log")) for name in options.services
        ]
        for server in servers:
            for each in files.values():
                load(server, each, 8, 1)  # warms up
        for turn in range(options.rounds):
            for kind, each in files.items():
                for connections in options.connections:
                    for server in servers:
                        query = options.query if server is servers[0] else ""
                        taken = load(server, each, connections, options.seconds, query)
                        named = {"service": server.name, "kind": kind, "connections": connections, "round": turn}
                        found.append(named | asdict(taken))
        return {"starts": {server.name: server.seconds_to_start for server in servers}, "loads": found}


if __name__ == "__main__":
    sys.exit(main())
