"""The Python pipeline as a service, as people put one in front of it: FastAPI takes documents, SQLite keeps them.

    python server.py --port N --data DIR --authority FILE

`POST /v1/documents` answers 202 when the document is committed, and synced to disk. A thread in the background runs the
pipeline over what is waiting and appends to DIR/records.jsonl. What waits when the server stops is processed at
the next start; a record may then come twice. Records are not synced: a power cut may lose some, though no document.
"""

import argparse
import contextlib
import json
import pathlib
import sqlite3
import threading

import fastapi
import pydantic
import uvicorn

from pipeline import Pipeline

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'spooled');
CREATE INDEX IF NOT EXISTS waiting ON documents (number) WHERE status = 'spooled';
"""


class Document(pydantic.BaseModel, extra="allow"):
    text: str | None = None
    html: str | None = None
    url: str | None = None
    title: str | None = None

    @pydantic.model_validator(mode="after")
    def one_of_two(self):
        if bool(self.text) == bool(self.html):
            raise ValueError("a document has either text or html")
        return self


class Store:
    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()
        # The requests' threads share the connection, one at a time: SQLite has one writer in any case.
        self.database = sqlite3.connect(folder / "documents.sqlite", check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.executescript(SCHEMA)

    def add(self, body):
        with self.lock, self.database:
            return self.database.execute("INSERT INTO documents (body) VALUES (?)", (body,)).lastrowid

    def waiting(self, at_most):
        query = "SELECT number, body FROM documents WHERE status = 'spooled' ORDER BY number LIMIT ?"
        with self.lock:
            return self.database.execute(query, (at_most,)).fetchall()

    def finish(self, number, status):
        with self.lock, self.database:
            self.database.execute("UPDATE documents SET status = ? WHERE number = ?", (status, number))


def process(store, pipeline, records, arrived, stopping):
    with open(records, "a", encoding="utf-8") as out:
        while not stopping.is_set():
            arrived.clear()
            for number, body in store.waiting(100):
                if stopping.is_set():
                    return
                store.finish(number, process_one(pipeline, out, number, body))
                arrived.set()  # there may be more than what was read at once
            arrived.wait(1)


def process_one(pipeline, out, number, body):
    try:
        record = pipeline.process(json.loads(body), number)
    except Exception as error:  # whatever a document does, the next one has its turn
        print(f"document {number}: {error!r}", flush=True)
        return "dead"
    print(json.dumps(record, ensure_ascii=False), file=out, flush=True)
    return "done"


def application(store, pipeline, records):
    arrived, stopping = threading.Event(), threading.Event()

    @contextlib.asynccontextmanager
    async def lifespan(_):
        worker = threading.Thread(target=process, args=(store, pipeline, records, arrived, stopping))
        worker.start()
        yield
        stopping.set()
        arrived.set()
        worker.join()

    app = fastapi.FastAPI(lifespan=lifespan)

    @app.post("/v1/documents", status_code=202)
    def post(document: Document):
        number = store.add(document.model_dump_json(exclude_none=True))
        arrived.set()
        return {"id": number, "status": "spooled"}

    return app


def main():
    arguments = argparse.ArgumentParser(description="The Python service that nisba is measured against")
    arguments.add_argument("--port", type=int, required=True, metavar="N")
    arguments.add_argument("--data", type=pathlib.Path, required=True, metavar="DIR")
    arguments.add_argument("--authority", required=True, metavar="FILE")
    given = arguments.parse_args()
    store = Store(given.data)
    app = application(store, Pipeline(given.authority), given.data / "records.jsonl")
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
