"""Tables on the terminal, and the results as files."""

import csv
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import chart
from generator import libraries as generators
from rivals import HERE, RIVALS, java, java_version
from works import IDLE

# Ours, against whom, and for each work the ratio to reach: lower is better.
GOALS = [
    ("raw", "netty", {"echo64": 0.95, "echo64k": 0.95, "full": 0.85, "resumed": 0.75, "memory": 0.6, "memory-used": 0.6}),
    ("raw", "c", {"echo64": 0.9, "echo64k": 0.9, "full": 0.7, "resumed": 0.7, "memory": 0.8, "memory-used": 0.8}),
    ("raw", "c-boringssl", {}),
    ("c-boringssl", "netty", {}),  # what any server on this library could reach
    ("async", "netty", {"echo64": 1.0, "echo64k": 1.0, "full": 0.95, "resumed": 0.9, "memory": 0.7, "memory-used": 0.7}),
    ("flow", "netty", {"echo64": 1.0, "echo64k": 1.0, "full": 0.95, "resumed": 0.9, "memory": 0.7, "memory-used": 0.7}),
    ("blocking", "jsse", {"echo64": 0.95, "echo64k": 0.95, "full": 0.25, "memory": 0.25, "memory-used": 0.25}),
    ("blocking-2", "jsse-2", {"echo64": 0.95, "echo64k": 0.95, "full": 0.25}),
    ("blocking", "go", {"echo64": 0.9, "echo64k": 0.9, "full": 0.75, "resumed": 0.8, "memory": 0.5, "memory-used": 0.5}),
    ("blocking-2", "go-2", {"echo64": 0.9, "echo64k": 0.9, "full": 0.75, "resumed": 0.8}),
]
FLAT = 1.1  # at most
GOAL_WORKS = ("echo64", "echo64k", "full", "resumed", "memory", "memory-used")


def by_round(rows, work, rival):
    return {row["round"]: row["cost"] for row in rows if row["work"] == work and row["rival"] == rival}


def ratios(mine, other):
    """Of measurements of the same round, which lie close together in time."""
    return sorted(mine[number] / other[number] for number in mine if other.get(number))


def middle(values):
    return statistics.median(values)


def costs(rows):
    lines = []
    for work in dict.fromkeys(row["work"] for row in rows):
        measured = [row for row in rows if row["work"] == work]
        unit = measured[0]["unit"]
        lines.append("")
        lines.append(f"{work} ({unit}" + (" of the server's processor time)" if unit == "us" else ")"))
        for rival in dict.fromkeys(row["rival"] for row in measured):
            own = [row for row in measured if row["rival"] == rival]
            values = [row["cost"] for row in own]
            line = f"  {RIVALS[rival][0]:34} {middle(values):9.1f}  {min(values):9.1f} ..{max(values):9.1f}"
            if "rate" in own[0]:
                line += f"  {middle([row['rate'] for row in own]):9.0f}/s"
                line += f"  p50 {middle([row['p50'] for row in own]):8.0f} us  p99 {middle([row['p99'] for row in own]):8.0f} us"
                line += f"  busy: server {middle([row['server_share'] for row in own]):4.0%}"
                line += f", generator {middle([row['generator_share'] for row in own]):4.0%}"
            failures = sum(row.get("failures", 0) for row in own)
            lines.append(line + (f"  FAILED: {failures}" if failures else ""))
    return lines


def goals(rows):
    """The table of what to reach: ratio, its spread over the rounds, and the goal."""
    lines = ["", "ratios to the rival (the goal), and the lowest and highest of the rounds"]
    lines.append(f"  {'':24}" + "".join(f"{work:>28}" for work in GOAL_WORKS))
    reached = []
    for ours, theirs, wanted in GOALS:
        cells = []
        for work in GOAL_WORKS:
            found = ratios(by_round(rows, work, ours), by_round(rows, work, theirs))
            if not found:
                cells.append("")
                continue
            ratio, goal = middle(found), wanted.get(work)
            mark = "" if goal is None else f" ({goal:g})" + (" " if ratio <= goal else "!")
            cells.append(f"{ratio:.2f}{mark} {found[0]:.2f}..{found[-1]:.2f}")
            reached.append({"ours": ours, "against": theirs, "work": work, "ratio": round(ratio, 3), "goal": goal})
        if any(cells):
            lines.append(f"  {ours + ' : ' + theirs:24}" + "".join(f"{cell:>28}" for cell in cells))
    return lines, reached


def flatness(rows):
    """What an echo costs beside many idle connections, as a ratio to what it costs beside few."""
    few, many = f"echo64-idle-{IDLE[0]}", f"echo64-idle-{IDLE[-1]}"
    lines, reached = [], []
    for rival in dict.fromkeys(row["rival"] for row in rows if row["work"] == many):
        found = ratios(by_round(rows, many, rival), by_round(rows, few, rival))
        if found:
            lines.append(f"  {rival:24}{middle(found):.2f} ({FLAT:g}){'' if middle(found) <= FLAT else '!'} {found[0]:.2f}..{found[-1]:.2f}")
            reached.append({"ours": rival, "work": f"{many} : {few}", "ratio": round(middle(found), 3), "goal": FLAT})
    return (["", f"an echo beside {IDLE[-1]} idle connections, to one beside {IDLE[0]} (the goal)"] + lines if lines else []), reached


def environment(options, seconds):
    def first_line(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]
        except (OSError, IndexError):
            return "not installed"

    processor = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    libraries = {
        name: sorted(path.name for path in (HERE / "target" / "lib").glob(pattern))[0].removesuffix(".jar")
        for name, pattern in {
            "netty": "netty-handler-4*", "tcnative": "netty-tcnative-classes-*", "vertx": "vertx-core-5*",
        }.items()
    }
    return {
        "date": time.strftime("%Y-%m-%d"),
        "command": "benchmarks/run " + " ".join(sys.argv[1:]),
        "seconds": round(seconds),
        "commit": first_line("git", "-C", str(HERE), "rev-parse", "--short", "HEAD"),
        "processor": f"{processor[0] if processor else platform.machine()}, {len(processor)} cores",
        "system": platform.platform(),
        "java": java_version(java()),
        "openssl": first_line("openssl", "version"),
        "go": first_line("go", "version"),
        "node": first_line("node", "--version"),
        **libraries,
        "handshakes_by": generators["handshakes"],
        "rounds": options.rounds,
        "seconds_each": options.seconds,
    }


def write(options, rows, seconds):
    lines = costs(rows)
    table, reached = goals(rows)
    flat, also_reached = flatness(rows)
    table, reached = table + flat, reached + also_reached
    about = environment(options, seconds)
    print("\n".join(lines + table))
    options.results.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(options.results / "measurements.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()})
    summary = {"environment": about, "ratios": reached}
    (options.results / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    (options.results / "report.txt").write_text("\n".join([f"{k}: {v}" for k, v in about.items()] + lines + table) + "\n")
    (options.results / "chart.svg").write_text(chart.draw(rows, about))
    print(f"\n{round(seconds)} s; written to {options.results}")
