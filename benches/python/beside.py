"""nisba and what one would have otherwise, by turns on the same documents: the rows of the first table."""

import json
import statistics
import subprocess
import time
from pathlib import Path

from posting import Posting, bulk, one_by_one
from served import Nisba, Python

HERE = Path(__file__).resolve().parent

# Documents that the Python server gets before it is killed, and seconds of posting as fast as is taken.
FEW, POSTING = 300, 8


def nisba_pipeline(args, docs, *more):
    command = [args.nisba, "evaluate", "pipeline", docs, "--authority", args.authority, *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def python_pipeline(args, docs):
    command = [args.python, str(HERE / "pipeline.py"), docs, "--authority", args.authority, "--limit", str(args.limit), "--records", "/dev/null"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr.strip().splitlines()[-1]
    return json.loads(said)


def pipelines(args, docs, what):
    """Both by turns, on one thread: the row, and what nisba said of itself."""
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(nisba_pipeline(args, docs))
        theirs.append(python_pipeline(args, docs))
    rates = ([run["documents_per_second"] for run in runs] for runs in (ours, theirs))
    return (what, *rates, "{:,.0f}", False), ours


def services(args, authorities, mixed):
    """Each as often as there are rounds: started, posted to as fast as it takes documents, killed with some that wait, started
    again."""
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(a_life(args, lambda keep: Nisba(args, "nisba-data", authorities, keep=keep), mixed, bulk, nisba_records))
        theirs.append(a_life(args, lambda keep: Python(args, "python-data", keep), mixed, one_by_one, Python.recorded))
    rows = [
        ("start to ready, s", "{:,.2f}", True),
        ("POST to 202, 8 connections, a second", "{:,.0f}", False),
        ("the slowest of a hundred of them, ms", "{:,.0f}", True),
        ("memory then, MB", "{:,.0f}", True),
        ("documents to records, nobody posting, a second", "{:,.0f}", False),
        ("killed with these in the spool: start to ready, s", "{:,.2f}", True),
        ("→ to the first new record, s", "{:,.2f}", True),
    ]
    each = zip(rows, zip(*ours), zip(*theirs))
    return [(what, own, other, form, less) for (what, form, less), own, other in each]


def a_life(args, served, mixed, post, recorded):
    with served(False) as server:
        started = server.started
        posting = Posting(args.work, server, mixed.lines(Posting.needs(args.most, POSTING)), POSTING)
        rate, _, late = posting.said()
        memory = server.resident() / 1e6
    with served(False) as server:
        post(server, mixed.lines(FEW))
        before, began = recorded(server), time.monotonic()
        server.until(lambda: recorded(server) == FEW, "all are records", 0.02)
        processed = (FEW - before) / (time.monotonic() - began)
        post(server, mixed.lines(FEW))
        server.kill()
    with served(True) as server:
        before = recorded(server)
        again = server.started
        server.until(lambda: recorded(server) > before, "there is a new record", 0.01)
        first = server.since_start()
    return started, rate, late, memory, processed, again, first


def nisba_records(nisba):
    return nisba.metrics().recorded


def binary(args):
    return "binary, MB", [Path(args.nisba).stat().st_size / 1e6], None, "{:,.0f}", True


def written(row):
    """What is measured, nisba's, Python's, and how many times better nisba's is."""
    what, ours, theirs, form, less = row
    ratio = ""
    if theirs:
        one, other = statistics.median(ours), statistics.median(theirs)
        ratio = f"{other / one if less else one / other:,.1f}"
    return what, spread(ours, form), spread(theirs, form) if theirs else "", ratio


def spread(values, form="{:,.0f}"):
    middle = form.format(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({form.format(min(values))} to {form.format(max(values))})"
