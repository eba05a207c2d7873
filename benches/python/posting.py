"""Documents sent to a server: in bulk, as fast as it takes them, and one by one at a steady rate by wrk."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

# wrk sends as fast as it is answered, unless a script holds it up: at a LOAD every connection takes the next of the times at which
# a document is due. What waited for a free connection would be missing from the latency, hence there are many.
STEADILY, FREELY = 64, 8
WRK = """
local ffi = require("ffi")
ffi.cdef[[ typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *); ]]
local at, sent, began, load, last = ffi.new("moment"), 0, nil, tonumber(os.getenv("LOAD")), ""
local next_line = io.lines(os.getenv("DOCS"))
local function now()
  ffi.C.clock_gettime(1, at)
  return tonumber(at.s) * 1000 + tonumber(at.ns) / 1e6
end
function delay()
  if load == 0 then return 0 end
  began = began or now()
  local due = began + sent * 1000 / load
  sent = sent + 1
  return math.max(0, math.floor(due - now()))
end
function request()
  local line = next_line and next_line()
  if line then last = line else
    next_line = nil
    wrk.thread:stop()
  end
  return wrk.format("POST", "/v1/documents", {["Content-Type"] = "application/json"}, last)
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


def one_by_one(server, lines):
    for line in lines:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/v1/documents", line, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=60).close()


class Posting:
    """wrk, posting some seconds: `load` documents a second, or as many as are taken."""

    def __init__(self, work, server, lines, seconds, load=0):
        script, documents = Path(work) / "post.lua", Path(work) / "posted.jsonl"
        script.write_text(WRK)
        documents.write_bytes(b"".join(lines))
        self.process = subprocess.Popen(
            ["wrk", "-t1", f"-c{STEADILY if load else FREELY}", f"-d{seconds}s", "--timeout", "30s", "--latency",
             "-s", str(script), f"http://127.0.0.1:{server.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "DOCS": str(documents), "LOAD": str(load)},
        )  # fmt: skip

    @staticmethod
    def needs(load, seconds):
        """Documents that it may take: wrk tries the script with one, begins with one a connection, and may end a
        little late; it ends early where there are no more."""
        return int(load * (seconds + 5)) + 2 * STEADILY

    def running(self):
        return self.process.poll() is None

    def said(self):
        """What came of it: documents posted a second, and half and all but a hundredth of the times to the 202, in milliseconds."""
        said, wrong = self.process.communicate()
        lines = [line.split() for line in said.splitlines() if line.strip()]
        first = {line[0]: line[1] for line in lines if len(line) > 1}
        if self.process.returncode or wrong.strip() or any(word in first for word in ("Non-2xx", "Socket")):
            sys.exit(f"not every document was taken:\n{said}{wrong}")
        return float(first["Requests/sec:"]), milliseconds(first["50%"]), milliseconds(first["99%"])


def milliseconds(said):
    for unit, times in (("us", 0.001), ("ms", 1), ("s", 1000), ("m", 60_000)):
        if said.endswith(unit):
            return float(said.removesuffix(unit)) * times
    raise ValueError(said)
