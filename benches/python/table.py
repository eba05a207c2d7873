"""Measures nisba, what one would have otherwise, and the parts, and prints the tables: see scripts/bench."""

import argparse
import datetime
import os
import platform
import subprocess
from pathlib import Path

from beside import binary, nisba_pipeline, pipelines, services, spread, written
from growth import growth
from limits import copy, sqlite_commits
from micro import micro
from mixed import Mixed
from restart import restart
from served import import_authority
from sustained import sustained


def under_load(args, authorities, mixed):
    """What the service does that nothing is compared with. Each has a data folder of its own, so that none depends on the one
    before."""
    grown, rate = growth(args, authorities, mixed)
    # Three quarters of what it does with nothing else to do is a load that it should keep up with; the rest is for wrk.
    steady = sustained(args, authorities, mixed, args.load or max(1, round(rate * 0.75)))
    lines = mixed.lines(args.growth)
    limits = [
        ("SQLite alone, synced commits of 500 documents, documents a second", spread([sqlite_commits(args, lines) for _ in range(args.rounds)])),
        ("a copy of their bytes, synced, documents a second", spread([copy(args, lines) for _ in range(args.rounds)])),
    ]
    return steady + restart(args, authorities, mixed) + grown + limits, sum(map(len, lines)) / len(lines)


def machine(args):
    processor = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = subprocess.run(["stat", "--file-system", "--format=%T", args.work], capture_output=True, text=True).stdout.strip()
    return f"{os.cpu_count()} cores of {processor}, {memory:,.0f} GiB, {system}, Linux {platform.release()}"


def positive(text):
    if (number := int(text)) < 1:
        raise ValueError
    return number


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("nisba", "python", "docs", "authority", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pages", help="documents with html")
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--limit", type=positive, default=300, help="documents that the Python pipeline gets")
    parser.add_argument("--most", type=positive, default=1500, help="documents a second that are at hand where as many are posted as are taken")
    parser.add_argument("--seconds", type=positive, default=60, help="of each load by wrk")
    parser.add_argument("--load", type=float, help="documents a second")
    parser.add_argument("--backlog", type=positive, default=20000, help="documents that wait at the kill")
    parser.add_argument("--growth", type=positive, default=20000, help="documents of the grown store")
    parser.add_argument("--micro", action="store_true", help="the single parts, too")
    return parser.parse_args()


def table(head, rows):
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def main():
    args = arguments()
    records = f"{args.work}/records.jsonl"
    nisba_pipeline(args, args.docs, "--records", records)
    authorities = import_authority(args)
    row, ours = pipelines(args, args.docs, "document to record, one thread, a second")
    rows = [row]
    if args.pages:
        rows.append(pipelines(args, args.pages, "HTML page to record, one thread, a second")[0])
    rows += [*services(args, authorities, Mixed(records)), binary(args)]
    more, size = under_load(args, authorities, Mixed(records))
    version = subprocess.run([args.nisba, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"{version}; {datetime.date.today()}; {machine(args)}.")
    print(f"{ours[0]['documents']} documents, {ours[0]['bytes'] / ours[0]['documents']:,.0f} bytes each; {size:,.0f} for the services, mixed from these.")
    table(("", "nisba", "Python", "×"), map(written, rows))
    shares = sorted(ours[-1]["stages"].items(), key=lambda stage: -stage[1])
    print("\nWhere nisba's time goes: " + ", ".join(f"{name} {share:.0%}" for name, share in shares) + ".")
    table(("the service", ""), more)
    if args.micro:
        table(("single parts", ""), micro())


if __name__ == "__main__":
    main()
