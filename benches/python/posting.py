"""Documents sent to nisba: in bulk, and one by one at a steady rate by wrk."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

# wrk sends as fast as it is answered, unless a script holds it up: here every connection takes the next of the times at which a
# document is due. What waited for a free connection would be missing from the latency, hence there are many.
CONNECTIONS = 64
WRK = """
local ffi = require("ffi")
ffi.cdef[[ typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *); ]]
local at, sent, began = ffi.new("moment"), 0, nil
local next_line = io.lines(os.getenv("DOCS"))
local function now()
  ffi.C.clock_gettime(1, at)
  return tonumber(at.s) * 1000 + tonumber(at.ns) / 1e6
end
function delay()
  began = began or now()
  local due = began + sent * 1000 / tonumber(os.getenv("LOAD"))
  sent = sent + 1
  return math.max(0, math.floor(due - now()))
end
function request()
  return wrk.format("POST", "/v1/documents", {["Content-Type"] = "application/json"}, next_line())
end
"""


def bulk(nisba, lines):
    """Posts them, a thousand a request; every one must be accepted, and be new."""
    for first in range(0, len(lines), 1000):
        some = lines[first : first + 1000]
        request = urllib.request.Request(
            f"http://127.0.0.1:{nisba.port}/v1/documents:bulk",
            b"".join(some),
            {"Content-Type": "application/x-ndjson"},
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            said = [json.loads(line) for line in answer]
        refused = [line for line in said if not line.get("new")]
        if refused or len(said) != len(some):
            sys.exit(f"{len(said)} of {len(some)} documents were answered, {len(refused)} refused: {refused[:1]}")


class Steady:
    """wrk, posting `load` documents a second for some seconds."""

    def __init__(self, args, nisba, mixed, load):
        script, documents = Path(args.work) / "steady.lua", Path(args.work) / "steady.jsonl"
        script.write_text(WRK)
        # wrk takes one to try the script, one a connection at the start, and may run a little longer than it was told to.
        documents.write_bytes(b"".join(mixed.lines(int(load * (args.seconds + 5)) + 2 * CONNECTIONS)))
        self.process = subprocess.Popen(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{args.seconds}s", "--timeout", "30s", "--latency", "-s", str(script),
             f"http://127.0.0.1:{nisba.port}"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "DOCS": str(documents), "LOAD": str(load)},
        )  # fmt: skip

    def running(self):
        return self.process.poll() is None

    def said(self):
        """What came of it: documents posted a second, and the percentiles of the time to the 202."""
        said, _ = self.process.communicate()
        lines = [line.split() for line in said.splitlines() if line.strip()]
        first = {line[0]: line[1] for line in lines if len(line) > 1}
        if self.process.returncode or any(word in first for word in ("Non-2xx", "Socket")):
            sys.exit(f"not every document was taken:\n{said}")
        return float(first["Requests/sec:"]), first["50%"], first["99%"]
