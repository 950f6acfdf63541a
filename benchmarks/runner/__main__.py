"""The benchmarks, one command for all. See benchmarks/README.md."""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import report
import works
from generator import choose_library
from rivals import HERE, RIVALS, available, kind

KINDS = ("rsa", "mlkem", "bulk", "idle", "storm", "startup")
QUICK_KINDS = ("idle", "storm", "startup")
# Two processors for the server, one of them the generator's, or an older JDK: only where that is the question.
ALL_ROUND = [name for name in RIVALS if name == kind(name)]


def identity(kind):
    """A certificate made for this run, and its key."""
    folder = HERE / "target" / "identities"
    folder.mkdir(parents=True, exist_ok=True)
    chain, key = folder / f"{kind}.pem", folder / f"{kind}.key"
    if not chain.exists():
        kinds = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "rsa": ["rsa:2048"]}
        command = ["openssl", "req", "-x509", "-newkey", *kinds[kind], "-nodes", "-days", "3650", "-subj", "/CN=localhost"]
        subprocess.run([*command, "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True)
    return str(chain), str(key)


def plan():
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes: fewer servers and kinds of work, little warm-up")
    parser.add_argument("--rivals", help="names, with commas: " + " ".join(RIVALS))
    parser.add_argument("--works", help="names, with commas: " + " ".join([*works.ROUNDS, *KINDS]))
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of each measurement")
    parser.add_argument("--warm", type=float, default=1, help="times the warm-up there would be, to see whether a thing works")
    parser.add_argument("--generator", choices=["openssl", "boringssl"], help="what does handshakes; boringssl where it is installed")
    parser.add_argument("--cores", default="0,1", help="of the server and the generator")
    parser.add_argument("--results", type=Path, help="where to write; a full run: benchmarks/results")
    parsed = parser.parse_args()
    parsed.cores = parsed.cores.split(",")
    parsed.rounds = parsed.rounds or (3 if parsed.quick else 8)
    parsed.seconds = parsed.seconds or 0.8
    parsed.idle = 2000 if parsed.quick else 10000
    parsed.storm = 1000 if parsed.quick else 5000
    names = parsed.rivals.split(",") if parsed.rivals else ["raw", "netty", "c"] if parsed.quick else [name for name in RIVALS if name != "flow"]
    parsed.works = parsed.works.split(",") if parsed.works else [*works.ROUNDS, *(QUICK_KINDS if parsed.quick else KINDS)]
    parsed.rivals = []
    for name in names:
        reason = available(name)
        if reason:
            print(f"{name} does not take part: {reason}")
        else:
            parsed.rivals.append(name)
    whole = not parsed.quick and len(parsed.works) == len(works.ROUNDS) + len(KINDS)
    parsed.results = parsed.results or (HERE / "results" if whole else HERE / "target" / "results")
    return parsed


def main():
    options = plan()
    choose_library(options.generator)
    if (os.cpu_count() or 1) < 2:
        sys.exit("two processors are needed: one for the server, one for the generator")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    began = time.monotonic()
    all_round = [name for name in options.rivals if name in ALL_ROUND]
    alone = [name for name in all_round if name in works.ALONE]
    rows = []
    wanted = {name: work for name, work in works.ROUNDS.items() if name in options.works}
    if wanted:
        rows += works.in_rounds(options, wanted, options.rivals, identity("ec"))
    if "rsa" in options.works:
        rows += works.in_rounds(options, works.RSA, [name for name in all_round if name in works.WITH_RSA], identity("rsa"))
    if "mlkem" in options.works:
        rows += works.post_quantum(options, [name for name in all_round if name in works.WITH_POST_QUANTUM], identity("ec"))
    if "bulk" in options.works:
        rows += works.in_rounds(options, works.BULK, all_round, identity("ec"), "discard")
    if "idle" in options.works:
        rows += works.idle(options, alone, identity("ec"))
    if "storm" in options.works:
        rows += works.storm(options, alone, identity("ec"))
    if "startup" in options.works:
        rows += works.startup(options, alone, identity("ec"))
    report.write(options, rows, time.monotonic() - began)


main()
