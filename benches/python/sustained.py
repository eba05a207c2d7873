"""Documents at a steady load: does nisba keep up, does anything pile up, and how long does a sender wait at half of it?"""

import statistics
import time

from posting import Posting
from served import Nisba


def sustained(args, authorities, mixed, load):
    with Nisba(args, "sustained-data", authorities) as nisba:
        wrk, began, waiting, resident = steadily(args, nisba, mixed, load), time.monotonic(), [], []
        while wrk.running():
            now, seconds = nisba.metrics(), time.monotonic() - began
            waiting.append(now.waiting)
            resident.append(nisba.resident() / 1e6)
            time.sleep(0.25)
        posted, *_ = wrk.said()
        nisba.drain()
        half, middle, late = steadily(args, nisba, mixed, load / 2).said()
    return [
        (f"posted by wrk for {args.seconds} s, documents a second", f"{posted:,.0f}"),
        ("→ recorded in that time, a second", f"{now.recorded / seconds:,.0f}"),
        ("→ waiting in the spool, first and last quarter", quarters(waiting)),
        ("→ waiting for the JSON lines sink at the end", f"{now.lag:,.0f}"),
        ("→ memory, first and last quarter, MB", quarters(resident)),
        (f"POST to 202 at half of that load ({half:,.0f} a second), half and 99 of a hundred, ms", f"{middle:,.1f}, {late:,.1f}"),
    ]


def steadily(args, nisba, mixed, load):
    return Posting(args.work, nisba, mixed.lines(Posting.needs(load, args.seconds)), args.seconds, load)


def quarters(samples):
    quarter = max(1, len(samples) // 4)
    return f"{statistics.mean(samples[:quarter]):,.0f} → {statistics.mean(samples[-quarter:]):,.0f}"
