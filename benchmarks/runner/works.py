"""What is measured: rounds in which all servers have their turn, and the things that have a server of their own."""

import time

from generator import Holding, generate, in_a_jvm
from rivals import Server

# Work: what it is called, the generator's options, warm-up in seconds of the server's processor time (quick, full).
ROUNDS = {
    "echo64": ("64 B echo, 32 connections", dict(work="echo", size=64, connections=32), (2, 8)),
    "echo64k": ("64 KiB echo, 8 connections", dict(work="echo", size=65536, connections=8), (2, 8)),
    "full": ("full handshake, P-256, X25519", dict(work="handshake", connections=16), (5, 25)),
    "resumed": ("resumed handshake", dict(work="resume", connections=16), (2, 10)),
}
RSA = {"full-rsa": ("full handshake, RSA-2048", dict(work="handshake", connections=16), (5, 25))}
BULK = {"bulk": ("one-way bulk, MiB received", dict(work="bulk", size=65536, connections=4), (2, 8))}
IDLE = (10, 1000, 10000)


def note(text):
    print(time.strftime("%H:%M:%S"), text, flush=True)


def row(work, rival, number, measured):
    operations = measured["operations"] if work != "bulk" else measured["bytes"] / 1048576
    if operations == 0:
        raise RuntimeError(f"{rival}, {work}: nothing was done: {measured}")
    result = {"work": work, "rival": rival, "round": number, "cost": measured["server_micros"] / operations}
    result["unit"] = "us"
    result["rate"] = operations / measured["seconds"]
    result["server_share"] = measured["server_micros"] / measured["seconds"] / 1e6
    result["generator_share"] = measured["generator_micros"] / measured["seconds"] / 1e6
    result.update({name: measured[name] for name in ("operations", "p50", "p99", "slowest", "resumed", "failures")})
    return result


def in_rounds(plan, works, rivals, identity, serving="echo"):
    """Servers side by side, all warm; then A B C A B C."""
    servers = []
    rows = []
    try:
        for name in rivals:
            servers.append(Server(name, identity, plan.cores, work=serving))
        active = list(servers)
        for work, (title, options, warm) in works.items():
            takes_part = [server for server in active if not (server.plain and work == "resumed")]
            for server in takes_part:
                note(f"warming up {server.name}: {title}")
                try:
                    generate(server, plan.cores[1], **options, warm=plan.warm * warm[0 if plan.quick else 1], seconds=0.2)
                except RuntimeError as failure:
                    note(f"LEFT OUT: {failure}")
                    active.remove(server)
            for number in range(plan.rounds):
                for server in [server for server in takes_part if server in active]:
                    try:
                        measured = generate(server, plan.cores[1], **options, warm=0.2, seconds=plan.seconds)
                        rows.append(row(work, server.name, number, measured))
                    except RuntimeError as failure:
                        note(f"LEFT OUT: {failure}")
                        active.remove(server)
                        continue
                    note(f"{work} round {number + 1}: {server.name} {rows[-1]['cost']:.1f} us")
    finally:
        for server in servers:
            server.close()
    return rows


def post_quantum(plan, rivals, identity):
    """Full handshakes with X25519MLKEM768. The client is a JVM, warmed up anew in each turn."""
    rows = []
    servers = []
    try:
        for name in rivals:
            servers.append(Server(name, identity, plan.cores))
        for number in range(plan.rounds):
            for server in servers:
                warm = plan.warm * (3 if plan.quick else 15)
                measured = in_a_jvm(server, plan.cores[1], "X25519MLKEM768", 16, warm, plan.seconds)
                rows.append(row("full-mlkem", server.name, number, measured))
                note(f"full-mlkem round {number + 1}: {server.name} {rows[-1]['cost']:.1f} us")
    finally:
        for server in servers:
            server.close()
    return rows


def idle(plan, rivals, identity):
    """What an idle connection weighs, and what an echo costs beside idle ones."""
    rows = []
    for name in rivals:
        note(f"idle connections: {name}")
        with Server(name, identity, plan.cores, chunk=1024, heap="1500m", pretouch=True) as server:
            # What comes with the first connections only is there before anything is measured.
            generate(server, plan.cores[1], "handshake", connections=16, warm=plan.warm * (1 if plan.quick else 10), seconds=0.2)
            generate(server, plan.cores[1], "echo", connections=32, warm=plan.warm * (1 if plan.quick else 5), seconds=0.2)
            # Some are there before, so that what comes with many connections, pools and compiled code, is not divided among them.
            with Holding(server, plan.cores[1], plan.idle // 4):
                server.memory()
                before = server.memory(settle=True)
                with Holding(server, plan.cores[1], plan.idle):
                    after = server.memory()
                    live = server.memory(settle=True)
            native, heap = ((a - b) / 1024 / plan.idle for a, b in zip(after, before))
            needed = sum(live) - sum(before)
            note(f"memory: {name} {native:.1f} KiB outside the heap, {heap:.1f} KiB in it")
            rows.append(figure("memory", name, native + heap, "KiB", heap=heap))
            rows.append(figure("memory-live", name, needed / 1024 / plan.idle, "KiB"))
            for number in range(plan.rounds):
                for count in IDLE if not plan.quick else IDLE[:2]:
                    options = dict(connections=32, idle=count, warm=0.2, seconds=plan.seconds)
                    measured = generate(server, plan.cores[1], "echo", **options)
                    rows.append(row(f"echo64-idle-{count}", name, number, measured))
    return rows


def figure(work, rival, cost, unit, number=0, **more):
    return {"work": work, "rival": rival, "round": number, "cost": cost, "unit": unit, **more}


def storm(plan, rivals, identity):
    """All at once: how long the last one waits."""
    rows = []
    for name in rivals:
        with Server(name, identity, plan.cores) as server:
            generate(server, plan.cores[1], "handshake", connections=16, warm=plan.warm * (2 if plan.quick else 15), seconds=0.2)
            for number in range(plan.rounds):
                measured = generate(server, plan.cores[1], "storm", connections=plan.storm)
                slowest = measured["slowest"] / 1e3
                note(f"storm: {name} slowest {slowest:.0f} ms, {measured['failures']} failed")
                rows.append(figure("storm", name, slowest, "ms", number, failures=measured["failures"]))
    return rows


def startup(plan, rivals, identity):
    """From starting the process to the first client served, and the processor time of that."""
    rows = []
    for number in range(plan.rounds):
        for name in rivals:
            with Server(name, identity, plan.cores) as server:
                measured = generate(server, plan.cores[1], "storm", connections=1)
                wall = server.ready_seconds * 1e3 + measured["slowest"] / 1e3
                rows.append(figure("startup", name, wall, "ms", number))
                rows.append(figure("startup-cpu", name, server.processor_seconds() * 1e3, "ms", number))
    note("start-up: done")
    return rows
