#!/usr/bin/env python3
"""Draws the dashboard from Prometheus, where no Grafana is at hand: nisba.png beside this file was made so.

    pip install -r deploy/grafana/requirements.txt
    python3 deploy/grafana/render.py http://127.0.0.1:9090 nisba.png [MINUTES]

The panels, their titles, places and expressions are those of nisba.json; the values come from /api/v1/query_range and
/api/v1/query. It is no picture of Grafana: only what the panels would show.
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates as dates
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

DASHBOARD = Path(__file__).resolve().parent / "nisba.json"
BACK, PANEL, TEXT, DIM = "#111217", "#181b1f", "#ccccdc", "#8e8ea0"
COLOURS = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c"}
PALETTE = ["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a", "#96d98d", "#c4162a"]
STEP = 5


def ask(base, path, **parameters):
    with urllib.request.urlopen(f"{base}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
        return json.load(answer)["data"]["result"]


def expression(target, minutes):
    variables = {"$__rate_interval": "20s", "$__interval": f"{STEP}s", "$__range": f"{minutes}m", "$job": "nisba", "$instance": ".*"}
    text = target["expr"]
    for name, value in variables.items():
        text = text.replace(name, value)
    return text


def legend(target, labels):
    return re.sub(r"\{\{(\w+)\}\}", lambda m: labels.get(m[1], ""), target["legendFormat"]) or "value"


def shown(value, unit):
    if unit == "percentunit":
        return f"{value * 100:.3g}%"
    if unit == "s":
        return f"{value * 1e6:.3g} µs" if 0 < value < 1e-3 else f"{value * 1e3:.3g} ms" if 0 < value < 1 else f"{value:.3g} s"
    if unit == "bytes":
        return next(f"{value / size:.3g} {name}" for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B")) if value >= size or size == 1)
    number = f"{value / 1e6:.3g} M" if value >= 1e6 else f"{value / 1e3:.3g} k" if value >= 1e4 else f"{value:.4g}"
    return number + {"cps": " /s", "reqps": " /s"}.get(unit, "")


def draw_graph(axes, panel, base, start, end, minutes):
    defaults = panel["fieldConfig"]["defaults"]
    custom, series = defaults["custom"], []
    times = [start + STEP * i for i in range(int((end - start) / STEP) + 1)]
    for target in panel["targets"]:
        for found in ask(base, "query_range", query=expression(target, minutes), start=start, end=end, step=STEP):
            at = {round((float(t) - start) / STEP): float(v) for t, v in found["values"]}
            series.append((legend(target, found["metric"]), [at.get(i, float("nan")) for i in range(len(times))]))
    stacked = custom["stacking"]["mode"] != "none"
    x = [datetime.fromtimestamp(t, timezone.utc) for t in times]
    if stacked and series:
        filled = [[0 if v != v else v for v in values] for _, values in series]
        axes.stackplot(x, *filled, labels=[name for name, _ in series], colors=PALETTE * 3, alpha=0.75, linewidth=0)
    else:
        for (name, values), colour in zip(series, PALETTE * 3):
            axes.plot(x, values, label=name, color=colour, linewidth=1.3)
    if custom["scaleDistribution"]["type"] == "log":
        axes.set_yscale("log")
    elif defaults.get("min") == 0:
        axes.set_ylim(bottom=0)
        if axes.get_ylim()[1] < 0.06 and not any(v > 0.05 for _, values in series for v in values if v == v):
            axes.set_ylim(0, 1)
    axes.set_xlim(x[0], x[-1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: shown(v, defaults["unit"])))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
    axes.set_axisbelow(True)
    axes.grid(color="#2c3235", linewidth=0.6)
    if series:
        long = any(len(name) > 16 for name, _ in series)
        # More names have no room below the panel.
        named, names = axes.get_legend_handles_labels()
        named, names = named[:10], names if len(names) <= 10 else [*names[:9], f"and {len(names) - 9} more"]
        axes.legend(named, names, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=2 if long else 5, fontsize=5 if long else 6, frameon=False,
                    labelcolor=TEXT, handlelength=1, columnspacing=1, labelspacing=0.25)
    else:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", color=DIM)


def draw_stat(axes, panel, base, end, minutes):
    axes.axis("off")
    results = [found for target in panel["targets"] for found in ask(base, "query", query=expression(target, minutes), time=end)]
    if panel["type"] == "table":
        text = "\n".join(f"{r['metric'].get('instance')}\n{r['metric'].get('version')}  {r['metric'].get('commit')}" for r in results)
        axes.text(0.5, 0.45, text, transform=axes.transAxes, ha="center", va="center", fontsize=8, color=TEXT)
        return
    defaults = panel["fieldConfig"]["defaults"]
    if not results:
        axes.text(0.5, 0.45, "no data", transform=axes.transAxes, ha="center", va="center", color=DIM)
        return
    value = float(results[0]["value"][1])
    colour = [s["color"] for s in defaults["thresholds"]["steps"] if s["value"] is None or value >= s["value"]][-1]
    names = {k: v["text"] for m in defaults["mappings"] for k, v in m["options"].items()}
    text = names.get(f"{value:g}", shown(round(value) if defaults["unit"] in ("short", "none") else value, defaults["unit"]))
    axes.text(0.5, 0.45, text, transform=axes.transAxes, ha="center", va="center", fontsize=20, color=COLOURS[colour])


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    base, out, minutes = sys.argv[1].rstrip("/"), sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 15
    end = int(time.time())
    start = end - 60 * minutes
    dashboard = json.loads(DASHBOARD.read_text())
    plt.rcParams.update({"text.color": TEXT, "axes.labelcolor": TEXT, "xtick.color": DIM, "ytick.color": DIM, "axes.edgecolor": "#2c3235",
                         "axes.facecolor": PANEL, "font.size": 7, "font.family": "DejaVu Sans"})
    rows = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in dashboard["panels"]) + 2
    width, unit = 15.0, 0.3
    height = rows * unit
    figure = plt.figure(figsize=(width, height), facecolor=BACK, dpi=100)
    period = f"{datetime.fromtimestamp(start, timezone.utc):%Y-%m-%d %H:%M} to {datetime.fromtimestamp(end, timezone.utc):%H:%M} UTC"
    figure.text(0.012, 1 - 1.1 * unit / height, dashboard["title"], fontsize=14, weight="bold", va="center")
    figure.text(0.988, 1 - 1.1 * unit / height, f"{period} · drawn by deploy/grafana/render.py from Prometheus", fontsize=8, color=DIM, va="center", ha="right")
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        left, wide = place["x"] / 24, place["w"] / 24
        top, tall = 1 - (place["y"] + 2) * unit / height, place["h"] * unit / height
        if panel["type"] == "row":
            figure.text(0.012, top - tall / 2, panel["title"], fontsize=10, weight="bold", va="center")
            continue
        gap = 0.004
        figure.add_artist(plt.Rectangle((left + gap, top - tall + gap / 2), wide - 2 * gap, tall - gap, facecolor=PANEL, edgecolor="#25272c", linewidth=0.8, zorder=-1))
        figure.text(left + 2.2 * gap, top - 0.55 * unit / height - gap / 2, panel["title"], fontsize=8, weight="bold", va="center")
        graph = panel["type"] == "timeseries"
        below, above = (2.3 if graph else 0.3) * unit / height, 1.3 * unit / height
        # Room for the numbers of the axis, such as "95.4 MiB".
        side = 0.042 if graph else 0.005
        axes = figure.add_axes((left + side, top - tall + below, wide - side - 0.012, tall - below - above))
        if graph:
            draw_graph(axes, panel, base, start, end, minutes)
        else:
            draw_stat(axes, panel, base, end, minutes)
    figure.savefig(out, facecolor=BACK, metadata={"Software": "deploy/grafana/render.py"})


if __name__ == "__main__":
    main()
