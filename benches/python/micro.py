"""The single parts, by criterion: `cargo bench` in little time."""

import re
import subprocess

BENCHES = ("intake", "names", "mentions", "hot_path")
BRIEFLY = ("--warm-up-time", "1", "--measurement-time", "2", "--noplot")

# Criterion prints the name before the times or on a line of its own.
TIME = re.compile(r"^(?P<name>\S.*?)?\s+time:\s+\[(?P<low>\S+ \S+) (?P<middle>\S+ \S+) (?P<high>\S+ \S+)\]")


def micro():
    """A row for each: what, and the middle with its interval of confidence."""
    rows, name = [], ""
    for bench in BENCHES:
        command = ["cargo", "bench", "--quiet", "--locked", "--bench", bench, "--", *BRIEFLY]
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
            if found := TIME.match(line):
                rows.append((found["name"] or name, f"{found['middle']} ({found['low']} to {found['high']})"))
            elif line.strip() and not line.startswith(" "):
                name = line.strip()
    return rows
