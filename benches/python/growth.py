"""The same store small and grown: documents to records a second, and what a document takes on the disk."""

from posting import bulk
from served import Nisba

SMALL = 2000


def growth(args, authorities, mixed):
    """The rows, and the rate at the beginning."""
    name, small = "growth-data", min(SMALL, args.growth // 2)
    with Nisba(args, name, authorities) as nisba:
        pass
    empty = folder_bytes(nisba.data)
    # Between the two it is stopped, for only then are the database's own leftovers gone from the disk.
    with Nisba(args, name, authorities, keep=True) as nisba:
        first = rate_of_last(nisba, mixed.lines(small), small)
    rows = measured(nisba.data, small, first, empty)
    with Nisba(args, name, authorities, keep=True) as nisba:
        last = rate_of_last(nisba, mixed.lines(args.growth - small), small)
    return rows + measured(nisba.data, args.growth, last, empty), first


def rate_of_last(nisba, lines, counted):
    """Posts the documents at once; how many of the last ones become records a second, when nothing is posted any more."""
    bulk(nisba, lines)
    before, began = nisba.wait("few documents wait", lambda metrics: metrics.waiting <= counted)
    _, ended = nisba.wait("no document waits", lambda metrics: metrics.waiting == 0)
    nisba.drain()
    return before.waiting / (ended - began)


def measured(data, documents, rate, empty):
    lines = sum(file.stat().st_size for file in data.glob("records-*.jsonl"))
    store = folder_bytes(data) - empty - lines
    return [
        (f"documents to records at {documents:,} documents, a second", f"{rate:,.0f}"),
        ("→ bytes a document: store, JSON lines", f"{store / documents:,.0f}, {lines / documents:,.0f}"),
    ]


def folder_bytes(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
