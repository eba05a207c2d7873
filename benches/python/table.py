"""Runs nisba and the Python pipeline by turns on the same documents, and prints one table: see scripts/bench."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

from growth import growth
from limits import copy, sqlite_commits
from mixed import Mixed
from restart import restart
from served import Nisba, Served, free_port, import_authority
from sustained import sustained

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


def nisba_pipeline(args, docs, *more):
    command = [args.nisba, "evaluate", "pipeline", docs, "--authority", args.authority, *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def python_pipeline(args, docs):
    command = [args.python, str(HERE / "pipeline.py"), docs, "--authority", args.authority, "--limit", str(args.limit)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr.strip().splitlines()[-1]
    return json.loads(said)


def intake(args, served):
    """Documents that are acknowledged a second, and the 99th percentile of the time to it in milliseconds, by wrk."""
    script = Path(args.work) / "post.lua"
    script.write_text(WRK)
    environment = {**os.environ, "DOCS": args.docs, "SEED": str(time.time_ns())}
    command = ["wrk", "-t1", "-c8", "-d8s", "--latency", "-s", str(script), f"http://127.0.0.1:{served.port}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    rate = next(float(line.split()[1]) for line in said.splitlines() if line.startswith("Requests/sec"))
    return rate, next(line.split()[1] for line in said.splitlines() if line.strip().startswith("99%"))


def serve_python(args):
    port, data = free_port(), f"{args.work}/python-data"
    command = [args.python, str(HERE / "server.py"), "--port", str(port), "--data", data, "--authority", args.authority]
    return Served(command, data, port, "/docs")


def spread(values):
    middle = statistics.median(values)
    return f"{middle:,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def pipelines(args, docs, what):
    """Both by turns, on one thread: the row, and what nisba said of itself."""
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(nisba_pipeline(args, docs))
        theirs.append(python_pipeline(args, docs))
    rate = [run["documents_per_second"] for run in ours]
    other = [run["documents_per_second"] for run in theirs]
    return (what, spread(rate), spread(other), statistics.median(rate) / statistics.median(other)), ours


def beside_python(args):
    """The rows of the first table, and what nisba said of itself."""
    row, ours = pipelines(args, args.docs, "document to record, one thread, a second")
    rows = [row]
    if args.pages:
        rows.append(pipelines(args, args.pages, "HTML page to record, one thread, a second")[0])
    with Nisba(args, "nisba-data") as nisba:
        started, (taken, late), memory = nisba.started, intake(args, nisba), nisba.resident()
    with serve_python(args) as python:
        other_started, (other_taken, other_late), other_memory = python.started, intake(args, python), python.resident()
    rows += [
        ("POST to 202, 8 connections, a second", f"{taken:,.0f}", f"{other_taken:,.0f}", taken / other_taken),
        ("the slowest of a hundred of them", late, other_late, None),
        ("start to ready, s", f"{started:.2f}", f"{other_started:.2f}", other_started / started),
        ("memory then, MB", f"{memory / 1e6:,.0f}", f"{other_memory / 1e6:,.0f}", other_memory / memory),
        ("binary, MB", f"{Path(args.nisba).stat().st_size / 1e6:,.0f}", "", None),
    ]
    return rows, ours


def under_load(args):
    """The rows of the second table. Each has a data folder of its own, so that none depends on the one before."""
    records = f"{args.work}/records.jsonl"
    nisba_pipeline(args, args.docs, "--records", records)
    authorities = import_authority(args)
    grown, rate = growth(args, authorities, Mixed(records))
    # Three quarters of what it does with nothing else to do is a load that it should keep up with; the rest is for wrk.
    steady = sustained(args, authorities, Mixed(records), args.load or max(1, round(rate * 0.75)))
    rows = steady + restart(args, authorities, Mixed(records)) + grown
    lines = Mixed(records).lines(args.growth)
    size = sum(map(len, lines)) / len(lines)
    return rows + [
        ("SQLite alone, synced commits of 500 documents, documents a second", spread([sqlite_commits(args, lines) for _ in range(args.rounds)])),
        ("a copy of their bytes, synced, documents a second", spread([copy(args, lines) for _ in range(args.rounds)])),
    ], size


def main():
    parser = argparse.ArgumentParser()
    for name in ("nisba", "python", "docs", "authority", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pages", help="documents with html")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=300, help="documents that the Python pipeline gets")
    parser.add_argument("--seconds", type=int, default=60, help="of each load by wrk")
    parser.add_argument("--load", type=float, help="documents a second")
    parser.add_argument("--backlog", type=int, default=20000, help="documents that wait at the kill")
    parser.add_argument("--growth", type=int, default=20000, help="documents of the grown store")
    args = parser.parse_args()
    rows, ours = beside_python(args)
    more, size = under_load(args)
    version = subprocess.run([args.nisba, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"{version}; {os.cpu_count()} cores, {platform.machine()}; {ours[0]['documents']} documents, {ours[0]['bytes'] / ours[0]['documents']:,.0f} bytes each")
    print("\n| | nisba | Python | × |\n|---|---|---|---|")
    for what, own, python, ratio in rows:
        print(f"| {what} | {own} | {python} | {'' if ratio is None else f'{ratio:,.1f}'} |")
    shares = sorted(ours[-1]["stages"].items(), key=lambda stage: -stage[1])
    print("\nWhere nisba's time goes: " + ", ".join(f"{name} {share:.0%}" for name, share in shares) + ".")
    print(f"\nThe service, with documents of {size:,.0f} bytes mixed from these:\n\n| | |\n|---|---|")
    for what, value in more:
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
