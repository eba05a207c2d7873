"""Runs nisba and the Python pipeline by turns on the same documents, and prints one table: see scripts/bench."""

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
WRK = """
local lines, at = {}, 0
for line in io.lines(os.getenv("DOCS")) do lines[#lines + 1] = line end
request = function()
  at = at + 1
  local body = lines[at % #lines + 1]:gsub('"url": *"', '"url": "https://n' .. at .. os.getenv("SEED") .. '.example/', 1)
  return wrk.format("POST", "/v1/documents", {["Content-Type"] = "application/json"}, body)
end
"""


def nisba_pipeline(args):
    command = [args.nisba, "evaluate", "pipeline", args.docs, "--authority", args.authority]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def python_pipeline(args):
    command = [args.python, str(HERE / "pipeline.py"), args.docs, "--authority", args.authority, "--limit", str(args.limit)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr.strip().splitlines()[-1]
    return json.loads(said)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Served:
    """A server with a data folder of its own, until it is left."""

    def __init__(self, command, data, port, ready):
        subprocess.run(["rm", "-rf", data], check=True)
        self.command, self.port, self.ready = command, port, ready

    def __enter__(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not answers(self.port, self.ready):
            if self.process.poll() is not None:
                sys.exit(f"{self.command[0]} ended by itself")
            time.sleep(0.01)
        self.started = time.monotonic() - began
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def intake(args, served):
    """Documents that are acknowledged a second, and the 99th percentile of the time to it in milliseconds, by wrk."""
    script = Path(args.work) / "post.lua"
    script.write_text(WRK)
    environment = {**os.environ, "DOCS": args.docs, "SEED": str(time.time_ns())}
    command = ["wrk", "-t1", "-c8", "-d8s", "--latency", "-s", str(script), f"http://127.0.0.1:{served.port}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    rate = next(float(line.split()[1]) for line in said.splitlines() if line.startswith("Requests/sec"))
    return rate, next(line.split()[1] for line in said.splitlines() if line.strip().startswith("99%"))


def serve_nisba(args):
    port, data = free_port(), f"{args.work}/nisba-data"
    return Served([args.nisba, "serve", "--bind", f"127.0.0.1:{port}", "--data", data], data, port, "/readyz")


def serve_python(args):
    port, data = free_port(), f"{args.work}/python-data"
    command = [args.python, str(HERE / "server.py"), "--port", str(port), "--data", data, "--authority", args.authority]
    return Served(command, data, port, "/docs")


def spread(values):
    middle = statistics.median(values)
    return f"{middle:,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def main():
    parser = argparse.ArgumentParser()
    for name in ("nisba", "python", "docs", "authority", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=300, help="documents that the Python pipeline gets")
    args = parser.parse_args()
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(nisba_pipeline(args))
        theirs.append(python_pipeline(args))
    rate = [run["documents_per_second"] for run in ours]
    other = [run["documents_per_second"] for run in theirs]
    rows = [("document to record, one thread, a second", spread(rate), spread(other), statistics.median(rate) / statistics.median(other))]
    with serve_nisba(args) as nisba:
        started, (taken, late), memory = nisba.started, intake(args, nisba), resident(nisba.process.pid)
    with serve_python(args) as python:
        other_started, (other_taken, other_late), other_memory = python.started, intake(args, python), resident(python.process.pid)
    rows += [
        ("POST to 202, 8 connections, a second", f"{taken:,.0f}", f"{other_taken:,.0f}", taken / other_taken),
        ("the slowest of a hundred of them", late, other_late, None),
        ("start to ready, s", f"{started:.2f}", f"{other_started:.2f}", other_started / started),
        ("memory then, MB", f"{memory / 1e6:,.0f}", f"{other_memory / 1e6:,.0f}", other_memory / memory),
        ("binary, MB", f"{Path(args.nisba).stat().st_size / 1e6:,.0f}", "", None),
    ]
    version = subprocess.run([args.nisba, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"{version}; {os.cpu_count()} cores, {platform.machine()}; {ours[0]['documents']} documents, {ours[0]['bytes'] / ours[0]['documents']:,.0f} bytes each")
    print("\n| | nisba | Python | × |\n|---|---|---|---|")
    for what, own, python, ratio in rows:
        print(f"| {what} | {own} | {python} | {'' if ratio is None else f'{ratio:,.1f}'} |")
    shares = sorted(ours[-1]["stages"].items(), key=lambda stage: -stage[1])
    print("\nWhere nisba's time goes: " + ", ".join(f"{name} {share:.0%}" for name, share in shares) + ".")


if __name__ == "__main__":
    main()
