"""A kill with a full spool: how soon is nisba there again? And then, with all that recorded, how fast does a new sink get it?"""

import time

from posting import bulk
from served import Nisba


def restart(args, authorities, mixed):
    name, rows = "restart-data", []
    with Nisba(args, name, authorities) as nisba:
        lines = mixed.lines(args.backlog)
        began = time.monotonic()
        bulk(nisba, lines)
        rate = len(lines) / (time.monotonic() - began)
        # What was recorded meanwhile is made up for, until so many wait.
        while (missing := args.backlog - int(nisba.metrics().waiting)) > 0:
            bulk(nisba, mixed.lines(missing + 50))
        waiting = nisba.metrics().waiting
        nisba.kill()
    rows.append(("POST in bulk to 202, documents a second", f"{rate:,.0f}"))
    with Nisba(args, name, authorities, keep=True) as nisba:
        nisba.wait("there is a record", lambda metrics: metrics.recorded > 0, pause=0.01)
        first, began, before = nisba.since_start(), time.monotonic(), nisba.metrics()
        after, ended = nisba.drain()
    rows += [
        (f"kill -9 with {waiting:,.0f} in the spool: start to ready, s", f"{nisba.started:.2f}"),
        ("→ to the first new record, s", f"{first:.2f}"),
        ("→ then records a second", f"{(after.recorded - before.recorded) / (ended - began):,.0f}"),
    ]
    return rows + [delivery(args, name, authorities)]


def delivery(args, name, authorities):
    """A sink of a new name lacks every record, from the first one on."""
    with Nisba(args, name, authorities, sink="late", keep=True) as nisba:
        # It may have begun before the service was ready, so what it had then is left out where that is not everything.
        first, began = nisba.metrics(), time.monotonic()
        after, ended = nisba.wait("all is delivered", lambda metrics: metrics.lag == 0, pause=0.01)
    if after.delivered > first.delivered:
        rate, how = (after.delivered - first.delivered) / (ended - began), ""
    else:
        rate, how = after.delivered / (ended - nisba.began), ", counted from the start"
    return (f"a new JSON lines sink gets {after.delivered:,.0f} records{how}, a second", f"{rate:,.0f}")
