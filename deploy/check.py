#!/usr/bin/env python3
"""Checks the dashboard and the alert rules against a running nisba.

    curl -s http://127.0.0.1:8430/metrics > METRICS.txt
    python3 deploy/check.py METRICS.txt [docs/operations.md]

* Every metric that they name is one that the service has: in METRICS.txt, or in OF_USE below, since some are not there before
  they were measured for the first time; or one that the rules record.
* Every expression of the dashboard parses, and every rule does: promtool (Debian's package prometheus) reads them.
* Each panel has a title, a description, a unit and the data source variable; each alert has a severity, a summary, a description
  and a runbook, which is a heading of docs/operations.md.
* The rules have a unit test for each alert.
* The table of metrics in docs/operations.md has each metric, with its type.

Needs nothing but Python 3 and promtool.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DASHBOARD = HERE / "grafana" / "nisba.json"
RULES = HERE / "prometheus" / "nisba.rules.yml"
TESTS = HERE / "prometheus" / "nisba.rules.test.yml"
CONFIG = HERE / "prometheus" / "prometheus.yml"

# Metrics with labels, which appear with the first document, or with a sink that asks for stories.
OF_USE = {
    "nisba_stage_seconds": "histogram",
    "nisba_delivery_lag_stories": "gauge",
}
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"], "info": ["_info"]}
# Grafana's variables, as something that parses.
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h", "$job": "nisba", "$instance": ".*"}


def types_of(text):
    """The metrics that a scrape can have, and their types."""
    return OF_USE | dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))


def known_metrics(types):
    """The names of samples that a scrape can have."""
    return {name + suffix for name, kind in types.items() for suffix in SUFFIXES.get(kind, [""])}


def documented_metrics(operations):
    """The metrics in the table of the section Metrics, and their types."""
    section = operations.split("\n## Metrics\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (`[^|]+`) \| (\w+) \|", section, re.M)
    return {name: kind for names, kind in rows for name in re.findall(r"`(\w+)`", names)}


def metrics_in(expression):
    """The metrics that an expression names: what is in quotation marks is not one."""
    return set(re.findall(r"\b(?:nisba[_:]|process_)[a-z0-9_:]+", re.sub(r'"[^"]*"', '""', expression)))


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def with_variables(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def rules_of(text, kind):
    """The rules of a kind, alert or record, as dictionaries of their lines. YAML as it is written here, so that no package is needed."""
    rules = []
    for block in re.split(r"^ *- (?=alert: |record: )", text, flags=re.M)[1:]:
        if not block.startswith(f"{kind}: "):
            continue
        expression = re.search(r"^ *expr: (?:\|\n((?:^ {10,}.*\n)+)|(.*)\n)", block, re.M)
        rules.append({
            kind: block.split("\n", 1)[0].removeprefix(f"{kind}: ").strip(),
            "expr": (expression[1] or expression[2]) if expression else "",
            "severity": next(iter(re.findall(r"severity: (\w+)", block)), ""),
            **{key: next(iter(re.findall(rf'^ *{key}: "(.*)"$', block, re.M)), "") for key in ("summary", "description", "runbook")},
        })
    return rules


def anchors_of(markdown):
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def promtool(*arguments):
    try:
        done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit("promtool is missing: apt-get install prometheus")
    return [] if done.returncode == 0 else [f"promtool {arguments[0]} {arguments[1]}: {(done.stdout + done.stderr).strip()}"]


def check(metrics, operations=None):
    """What is wrong, a sentence each; nothing when all is well."""
    wrong, expressions = [], []
    alerts, records = (rules_of(RULES.read_text(), kind) for kind in ("alert", "record"))
    types = types_of(metrics)
    known = known_metrics(types) | {rule["record"] for rule in records}
    dashboard = json.loads(DASHBOARD.read_text())

    for panel in panels_of(dashboard):
        name = f"panel “{panel.get('title')}”"
        if panel["type"] == "row":
            continue
        wrong += [f"{name} has no {key}" for key in ("title", "description", "targets") if not panel.get(key)]
        if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
            wrong.append(f"{name} has no unit")
        for part in [panel, *panel.get("targets", [])]:
            if part.get("datasource", {}).get("uid") != "${DS_PROMETHEUS}":
                wrong.append(f"{name} does not use the variable of the data source")
        expressions += [(name, with_variables(target["expr"])) for target in panel.get("targets", [])]
    ids = [panel["id"] for panel in panels_of(dashboard)]
    if len(set(ids)) != len(ids):
        wrong.append("two panels have one id")

    named = expressions + [(f"{kind} {rule[kind]}", rule["expr"]) for kind, rules in (("alert", alerts), ("record", records)) for rule in rules]
    for name, expression in named:
        if not metrics_in(expression) and not re.search(r"\bup\b", expression):
            wrong.append(f"{name} names no metric: {expression}")
        wrong += [f"{name} names {metric}, which the service does not have" for metric in sorted(metrics_in(expression) - known)]
        if "$" in expression:
            wrong.append(f"{name} has a variable that is not known: {expression}")

    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder) / "dashboard.rules.json"
        rules = [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(expressions)]
        # JSON is YAML too.
        generated.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
        wrong += promtool("check", "rules", generated)
    wrong += promtool("check", "rules", RULES) + promtool("check", "config", CONFIG) + promtool("test", "rules", TESTS)

    if operations is not None:
        told = {name + SUFFIXES[kind][0].replace("_bucket", ""): kind for name, kind in types.items()}
        listed = documented_metrics(operations)
        wrong += [f"{name} is a {kind} that the table of docs/operations.md does not have" for name, kind in sorted(told.items() - listed.items())]
        wrong += [f"{name} is a {kind} in docs/operations.md only" for name, kind in sorted(listed.items() - told.items())]

    anchors = anchors_of(operations) if operations is not None else None
    tests = re.findall(r"^ *alertname: (\w+)\n *exp_alerts:( \[\])?$", TESTS.read_text(), re.M)
    for rule in alerts:
        wrong += [f"alert {rule['alert']} has no {key}" for key in ("expr", "severity", "summary", "description", "runbook") if not rule[key]]
        page, _, anchor = rule["runbook"].partition("#")
        if page != "docs/operations.md" or (anchors is not None and anchor not in anchors):
            wrong.append(f"alert {rule['alert']}: {rule['runbook']} is no heading of docs/operations.md")
        for silent, kind in (("", "fires"), (" []", "is silent")):
            if (rule["alert"], silent) not in tests:
                wrong.append(f"alert {rule['alert']} has no test in which it {kind}")
    return wrong, len(expressions), len(alerts)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    operations = Path(sys.argv[2]).read_text() if len(sys.argv) == 3 else None
    wrong, expressions, alerts = check(Path(sys.argv[1]).read_text(), operations)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    print(f"{expressions} expressions of the dashboard and {alerts} alerts: {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
