"""What the machine gives at best, by the parts: SQLite that commits documents and does nothing else, and the disk."""

import os
import shutil
import sqlite3
import time
from pathlib import Path

BATCH = 500


def sqlite_commits(args, lines):
    """Documents a second, in commits of a batch that are synced each."""
    file = Path(args.work) / "limits.sqlite"
    for name in ("limits.sqlite", "limits.sqlite-wal", "limits.sqlite-shm"):
        file.with_name(name).unlink(missing_ok=True)
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE documents (number INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    began = time.monotonic()
    for first in range(0, len(lines), BATCH):
        with database:
            database.executemany("INSERT INTO documents (body) VALUES (?)", ((line,) for line in lines[first : first + BATCH]))
    seconds = time.monotonic() - began
    database.close()
    file.unlink()
    return len(lines) / seconds


def copy(args, lines):
    """Documents a second, as the bytes of a file that are copied and synced."""
    source, target = Path(args.work) / "limits.from", Path(args.work) / "limits.to"
    source.write_bytes(b"".join(lines))
    began = time.monotonic()
    shutil.copyfile(source, target)
    with open(target, "rb+") as file:
        os.fsync(file.fileno())
    seconds = time.monotonic() - began
    source.unlink()
    target.unlink()
    return len(lines) / seconds
