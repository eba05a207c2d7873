"""What a user would have otherwise: the parts that Python has for it, put together as people do.

    python pipeline.py DOCS.jsonl --authority FILE [--limit N] [--records OUT]

trafilatura gets the text out of a page, lingua says its language, runs of capitalised words are taken for names (in
scripts without capitals, every two or three words that follow each other), ICU writes them in plain Latin letters, and
rapidfuzz compares them with the names of the authority. One thread, one document after the other.

Records go to OUT or standard output, one line of JSON each; the figures go to standard error, one line of JSON.
"""

import argparse
import collections
import json
import os
import sys
import time

os.environ.setdefault("RAYON_NUM_THREADS", "1")  # lingua is Rust inside

import icu
import regex
import trafilatura
from lingua import LanguageDetectorBuilder
from rapidfuzz import fuzz, process

# A score of 85 to 90 is what tutorials and code in use settle on; lower ones find strangers in a list of tens of thousands.
SAME_NAME = 88
LONGEST_CASED, LONGEST_CASELESS = 4, 3

# A Han character is a word of its own, so two or three of them are a Chinese name; a run of Katakana is one word.
WORD = regex.compile(r"\p{Han}|[\p{Katakana}ー]+|\p{L}[\p{L}\p{M}\u200c'’-]*")
BREAK = regex.compile(r"[^\p{L}\p{M}\u200c'’\-\s·・]|\n")
STRAY = regex.compile(r"[^\p{L} ]+")
TO_LATIN = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")
STAGES = ("extract", "language", "candidates", "transliterate", "match")


class Pipeline:
    def __init__(self, authority):
        self.detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()
        self.blocks = read_authority(authority)
        self.seconds = dict.fromkeys(STAGES, 0.0)

    def process(self, document, number):
        """The record of a document, given as `POST /v1/documents` takes it."""
        clock = Clock(self.seconds)
        title, text = document.get("title"), document.get("text")
        if text is None:
            title, text = extract(document, title)
            clock.stop("extract")
        text = f"{title}\n{text}" if title else text
        language = self.detector.detect_language_of(text)
        clock.stop("language")
        names = candidates(text)
        clock.stop("candidates")
        names = {plain(name) for name in names}
        clock.stop("transliterate")
        people = set().union(*map(self.whose, names))
        clock.stop("match")
        return {
            "id": document.get("id") or document.get("url") or number,
            "language": language.iso_code_639_1.name.lower() if language else "und",
            "people": sorted(people),
        }

    def whose(self, name):
        """Those of the authority whose name it most likely is."""
        names, people = self.blocks.get(block(name), ((), ()))
        # With the words in order on both sides, the ratio is the token_sort_ratio, without sorting the list each time.
        found = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=SAME_NAME)
        return people[found[2]] if found else ()


class Clock:
    def __init__(self, seconds):
        self.seconds, self.since = seconds, time.perf_counter()

    def stop(self, stage):
        now = time.perf_counter()
        self.seconds[stage] += now - self.since
        self.since = now


def extract(document, title):
    """Title and article of a page. Metadata are asked for since a record has the time and the byline too."""
    page = trafilatura.bare_extraction(
        document["html"], url=document.get("url"), include_comments=False, with_metadata=True
    )
    return (title or page.title, page.text or "") if page else (title, "")


def candidates(text):
    """What may be a name: all windows of two to four words in a run of capitalised words; where the script has no
    capitals, of two to three words."""
    names = set()
    for phrase in BREAK.split(text):
        run = []
        for word in WORD.findall(phrase):
            if may_begin_name(word):
                run.append(word)
            else:
                add_windows(names, run)
                run = []
        add_windows(names, run)
    return names


def may_begin_name(word):
    # Georgian letters are lower case to Unicode, but nobody writes names with the other ones.
    first = word[0]
    return not first.islower() or "ა" <= first <= "ჰ"


def add_windows(names, run):
    for start in range(len(run) - 1):
        longest = LONGEST_CASED if run[start][0].isupper() else LONGEST_CASELESS
        for end in range(start + 2, min(start + longest, len(run)) + 1):
            names.add(" ".join(run[start:end]))


def plain(name):
    """In small Latin letters, the words in alphabetical order."""
    return " ".join(sorted(STRAY.sub("", TO_LATIN.transliterate(name)).split()))


def block(name):
    """The first letters of a name's words, by which the authority is divided: a name is compared with some hundred
    others. With all 60,000 a document takes seconds, for hardly more than chance likenesses of Chinese syllables."""
    return "".join(word[0] for word in name.split())


def read_authority(path):
    """Names and people by block, of lines of {"id", "names"} or {"id", "name", "aliases"}."""
    people = collections.defaultdict(set)
    with open(path, encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            for name in [entry.get("name"), *entry.get("names", ()), *entry.get("aliases", ())]:
                if name and " " in (name := plain(name)):
                    people[name].add(entry["id"])
    blocks = collections.defaultdict(lambda: ([], []))
    for name, ids in people.items():
        names, owners = blocks[block(name)]
        names.append(name)
        owners.append(ids)
    return dict(blocks)


def documents(path, limit):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if limit and number > limit:
                return
            yield number, json.loads(line)


def main():
    arguments = argparse.ArgumentParser(description="The Python pipeline that nisba is measured against")
    arguments.add_argument("documents", metavar="DOCS.jsonl")
    arguments.add_argument("--authority", required=True, metavar="FILE")
    arguments.add_argument("--limit", type=int, metavar="N")
    arguments.add_argument("--records", metavar="OUT")
    given = arguments.parse_args()

    began = time.perf_counter()
    pipeline = Pipeline(given.authority)
    loaded, cpu, done = time.perf_counter(), time.process_time(), 0
    with open(given.records, "w", encoding="utf-8") if given.records else sys.stdout as out:
        for number, document in documents(given.documents, given.limit):
            print(json.dumps(pipeline.process(document, number), ensure_ascii=False), file=out)
            done += 1
    seconds = time.perf_counter() - loaded
    summary = {
        "documents": done,
        "seconds": round(seconds, 3),
        "documents_per_second": round(done / seconds, 1),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "load_seconds": round(loaded - began, 3),
        "stages": {stage: round(taken, 3) for stage, taken in pipeline.seconds.items()},
    }
    print(json.dumps(summary), file=sys.stderr)


if __name__ == "__main__":
    main()
