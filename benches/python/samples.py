"""Documents to time with: the sample documents and the invented stories, again and again under other addresses.

    python samples.py COUNT > documents.jsonl
"""

import json
import sys
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def documents():
    for file in sorted((ROOT / "examples/documents").glob("*.json")):
        yield json.loads(file.read_text())
    for name in ("translations", "near_misses"):
        for line in (ROOT / f"tests/stories/{name}.jsonl").read_text().splitlines():
            yield {"text": json.loads(line)["text"]}


def main(count):
    for number, document in enumerate(islice(cycle(list(documents())), count)):
        print(json.dumps({**document, "url": f"https://news.example/{number}"}, ensure_ascii=False))


if __name__ == "__main__":
    main(int(sys.argv[1]))
