"""A server that is measured: started, asked how it is, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


# Seconds after which nothing is waited for any more.
PATIENCE = 3600


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


class Served:
    """A server with a data folder of its own, or with one that is kept from before, until it is left."""

    def __init__(self, command, data, port, ready, keep=False, environment=None):
        if not keep:
            subprocess.run(["rm", "-rf", data], check=True)
        self.command, self.data, self.port, self.ready = command, Path(data), port, ready
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment
        )
        self.until(lambda: answers(self.port, self.ready), "it is ready", 0.01)
        self.started = self.since_start()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def until(self, holds, what, pause=0.1):
        """Waits until it holds; gives what that is."""
        began = time.monotonic()
        while not (held := holds()):
            if self.process.poll() is not None:
                sys.exit(f"{self.command[0]} ended by itself")
            if time.monotonic() - began > PATIENCE:
                sys.exit(f"{self.command[0]}: waited for an hour until {what}")
            time.sleep(pause)
        return held

    def since_start(self):
        return time.monotonic() - self.began

    def kill(self):
        self.process.kill()
        self.process.wait()

    def resident(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


class Nisba(Served):
    """nisba, with the people of the authority beside its own where one is given as the folder it was imported into."""

    def __init__(self, args, name, authorities=None, sink=None, keep=False):
        port, data = free_port(), f"{args.work}/{name}"
        environment = {}
        if authorities:
            environment["NISBA_AUTHORITY_DIR"] = str(authorities)
        if sink:  # of this name, and no other
            environment[f"NISBA_SINKS_{sink.upper()}_KIND"] = "jsonl"
        command = [args.nisba, "serve", "--bind", f"127.0.0.1:{port}", "--data", data]
        super().__init__(command, data, port, "/readyz", keep, environment)

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            return Metrics(answer.read().decode())

    def wait(self, what, holds, pause=0.1):
        """The first metrics with which it holds, and when that was."""

        def metrics():
            now = self.metrics()
            return now if holds(now) else None

        return self.until(metrics, what, pause), time.monotonic()

    def drain(self):
        """Waits until every document is a record, and every record is in every sink."""
        return self.wait("all is delivered", lambda metrics: metrics.waiting == 0 and metrics.lag == 0)


class Python(Served):
    """The server of the baseline."""

    def __init__(self, args, name, keep=False):
        port, data = free_port(), f"{args.work}/{name}"
        server = str(Path(__file__).resolve().parent / "server.py")
        command = [args.python, server, "--port", str(port), "--data", data, "--authority", args.authority]
        super().__init__(command, data, port, "/docs", keep)

    def recorded(self):
        records = self.data / "records.jsonl"
        return records.read_bytes().count(b"\n") if records.exists() else 0


class Metrics:
    """What `GET /metrics` says, as far as it is asked for here."""

    def __init__(self, text):
        samples = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]

        def total(name, label=""):
            return sum(float(value) for what, value in samples if what.split("{")[0] == name and label in what)

        self.waiting = total("nisba_spool_documents")
        self.recorded = total("nisba_documents_total", 'result="done"')
        self.delivered = total("nisba_deliveries_total", 'result="delivered"')
        self.lag = total("nisba_delivery_lag_records")


def import_authority(args):
    """Imports it once, for every data folder; returns the folder."""
    folder = Path(args.work) / "authorities"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    subprocess.run(
        [args.nisba, "authority", "import", "--name", "bench", args.authority],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "NISBA_AUTHORITY_DIR": str(folder), "NISBA_STORE_DIR": f"{args.work}/import"},
    )  # fmt: skip
    return folder
