"""As many documents as are asked for, all different, of about 4 KB: sentences of the given ones, mixed within a language."""

import collections
import itertools
import json
import random
import re

SIZE, SENTENCES = 4096, 400
SENTENCE = re.compile(r"(?<=[.!?؟。।։])\s+|\n+")


class Mixed:
    def __init__(self, records):
        """`records` is a file of nisba's records, since the language of a document may stand nowhere else."""
        sentences = collections.defaultdict(list)
        with open(records, encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                found = (sentence.strip() for sentence in SENTENCE.split(record["text"]))
                sentences[record["language"]["tag"]] += (sentence for sentence in found if sentence)
        # A language has its turn as often as it has sentences: the mixture of languages stays that of the documents.
        self.languages = [pool for pool in sentences.values() for _ in pool]
        self.taken = 0

    def lines(self, count):
        """The next documents, as lines of JSON. None is given twice; the same come in every run."""
        numbers = range(self.taken, self.taken + count)
        self.taken += count
        return [self.line(number) for number in numbers]

    def line(self, number):
        chance = random.Random(number)
        pool, text = chance.choice(self.languages), []
        size = SIZE
        # Without repeats as long as there are sentences; two texts then share a tenth of theirs, if there are ten of a language.
        for sentence in itertools.chain(chance.sample(pool, min(len(pool), SENTENCES)), itertools.cycle(pool)):
            text.append(sentence)
            size -= len(sentence.encode()) + 1
            if size <= 0:
                break
        body = {
            "url": f"https://n{number % 50}.example/{number}",
            # The number, because a language may have so few sentences that two texts come out alike.
            "text": "\n".join(text) + f" {number}",
        }
        return json.dumps(body, ensure_ascii=False).encode() + b"\n"
