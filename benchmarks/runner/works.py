"""What is measured: rounds in which all servers have their turn, and the things that have a server of their own."""

import time
from contextlib import ExitStack

from generator import Holding, generate, in_a_jvm
from rivals import JVM, RIVALS, Server, archive, kind

# Work: what it is called, the generator's options, warm-up: seconds of a quick run, most of a full one.
# Resumed handshakes come before full ones and warm up most of what those need, at less of the generator's cost.
ROUNDS = {
    "echo64": ("64 B echo, 32 connections", dict(work="echo", size=64, connections=32), (2, 20)),
    "echo64k": ("64 KiB echo, 8 connections", dict(work="echo", size=65536, connections=8), (2, 15)),
    "resumed": ("resumed handshake", dict(work="resume", connections=16), (3, 50)),
    "full": ("full handshake, P-256, X25519", dict(work="handshake", connections=16), (3, 35)),
}
RSA = {"full-rsa": ("full handshake, RSA-2048", dict(work="handshake", connections=16), (5, 20))}
BULK = {"bulk": ("one-way bulk, MiB received", dict(work="bulk", size=65536, connections=4), (2, 5))}
IDLE = (10, 1000, 10000)
IDLE_ROUNDS = 10  # differences of a few percent are looked for
MEMORY_SAMPLES = 3
KEEPS_MEMORY = {"node"}  # cannot be told to give free memory back: what a second sample weighs would go unseen into the holes of the first
WARM_WITHOUT_JIT = 0.5
QUIET_SHARE, QUIET_SECONDS = 0.02, 8  # of a JIT that has done its work; what it deems worth it comes in waves

# Works in which not all take part, so that a full run ends in time.
ECHOES = {"echo64", "echo64k"}
WITH_RSA = {"raw", "netty", "jsse", "go", "c"}
WITH_POST_QUANTUM = {"raw", "netty"}
WITH_IDLE_ECHO = {"raw", "async", "blocking", "netty"}
ALONE = {"raw", "async", "flow", "blocking", "netty", "jsse", "node", "go", "c"}  # memory, storm, start-up


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


def warm_up(plan, server, seconds, **options):
    """For this much of the server's processor time, which does not pass faster when the machine is busy."""
    seconds = plan.warm * seconds if kind(server.name) in JVM else WARM_WITHOUT_JIT
    generate(server, plan.cores[1], **options, warm=seconds, seconds=0.2)


def warm_up_until_quiet(plan, server, warm, **options):
    """Until the JIT has had nothing to do for a while, but not for ever."""
    quick, longest = warm
    if plan.quick or kind(server.name) not in JVM:
        warm_up(plan, server, quick, **options)
        return
    until, quiet = time.monotonic() + plan.warm * longest, 0
    while quiet < QUIET_SECONDS and time.monotonic() < until:
        compiling, working = server.compiler_seconds(), server.processor_seconds()
        generate(server, plan.cores[1], **options, warm=0, seconds=1)
        compiling, working = server.compiler_seconds() - compiling, server.processor_seconds() - working
        quiet = quiet + 1 if compiling < QUIET_SHARE * working else 0
    if quiet < QUIET_SECONDS:
        note(f"{server.name}: the JIT still works after {longest} s")


def takes_part(server, work):
    if server.plain and work == "resumed":
        return False
    if server.name == "c-boringssl" and work == "full":
        return False  # Debian's BoringSSL has no assembler for P-256, and so signs four times as long as Netty's
    return RIVALS[server.name][1] == "one" or work in ECHOES


def in_rounds(plan, works, rivals, identity, serving="echo"):
    """Servers side by side, all warm; then A B C A B C."""
    rows = []
    with ExitStack() as stack:
        active = [stack.enter_context(Server(name, identity, plan.cores, work=serving)) for name in rivals]
        for work, (title, options, warm) in works.items():
            for server in [server for server in active if takes_part(server, work)]:
                note(f"warming up {server.name}: {title}")
                try:
                    warm_up_until_quiet(plan, server, warm, **options)
                except RuntimeError as failure:
                    note(f"LEFT OUT: {failure}")
                    active.remove(server)
            for number in range(plan.rounds):
                for server in [server for server in active if takes_part(server, work)]:
                    try:
                        measured = generate(server, plan.cores[1], **options, warm=0.1, seconds=plan.seconds)
                        rows.append(row(work, server.name, number, measured))
                    except RuntimeError as failure:
                        note(f"LEFT OUT: {failure}")
                        active.remove(server)
            note(f"{work}: {plan.rounds} rounds done")
    return rows


def post_quantum(plan, rivals, identity):
    """Full handshakes with X25519MLKEM768. The client is a JVM, warmed up anew in each turn, so there are few of them."""
    rows = []
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(name, identity, plan.cores)) for name in rivals]
        for number in range(1 if plan.quick else 3):
            for server in servers:
                warm = plan.warm * (3 if plan.quick else 10)
                measured = in_a_jvm(server, plan.cores[1], "X25519MLKEM768", 16, warm, 4 * plan.seconds)
                rows.append(row("full-mlkem", server.name, number, measured))
                note(f"full-mlkem round {number + 1}: {server.name} {rows[-1]['cost']:.1f} us")
    return rows


def idle(plan, rivals, identity):
    """What an idle connection weighs, and what an echo costs beside idle ones."""
    rows = []
    for name in rivals:
        note(f"idle connections: {name}")
        rows += memory(plan, name, identity)
        if name in WITH_IDLE_ECHO and not plan.quick:
            rows += beside_idle(plan, name, identity)
    return rows


def memory(plan, name, identity):
    with Server(name, identity, plan.cores, chunk=1024, heap="4g", pretouch=True) as server:
        # What comes with the first connections only is there before anything is measured.
        warm_up(plan, server, 2 if plan.quick else 6, work="handshake", connections=16)
        warm_up(plan, server, 2, work="echo", connections=32)
        # As many came and went, so that what comes with many, pools and compiled code, is not divided among those measured.
        with Holding(server, plan.cores[1], plan.idle):
            server.memory()
        with Holding(server, plan.cores[1], plan.idle // 4):
            server.memory()
            once = plan.quick or name in KEEPS_MEMORY
            samples = [memory_sample(plan, server) for number in range(1 if once else MEMORY_SAMPLES)]
    rows = []
    for number, sample in enumerate(samples):
        for work, (native, heap) in sample.items():
            note(f"{work}: {name} {native:.1f} KiB outside the heap, {heap:.1f} KiB in it")
            rows.append(figure(work, name, native + heap, "KiB", number, heap=heap))
    return rows


def memory_sample(plan, server):
    """KiB of a connection, outside and inside of a JVM's heap."""
    open_before = server.descriptors()
    before = server.memory(settle=True)
    measured = {}
    with Holding(server, plan.cores[1], plan.idle):
        measured["memory"] = server.memory()
        measured["memory-needed"] = server.memory(settle=True)
    await_end(server, open_before)
    server.memory()
    with Holding(server, plan.cores[1], plan.idle, size=16384):
        measured["memory-used"] = server.memory()
    await_end(server, open_before)
    server.memory()
    return {work: [(a - b) / 1024 / plan.idle for a, b in zip(after, before)] for work, after in measured.items()}


def await_end(server, descriptors):
    """Connections that still close would count as there before the next ones."""
    until = time.monotonic() + 30
    while server.descriptors() > descriptors:
        if time.monotonic() > until:
            note(f"{server.name} has not closed its connections: the next sample is too small")
            return
        time.sleep(0.1)


def beside_idle(plan, name, identity):
    """A server for each number of idle connections, in turn: what is compared lies close together in time."""
    rows = []
    options = dict(work="echo", size=64, connections=32)
    with ExitStack() as stack:
        servers = {}
        for count in IDLE:
            servers[count] = stack.enter_context(Server(name, identity, plan.cores, chunk=1024))
            warm_up_until_quiet(plan, servers[count], (2, 10), **options)
            stack.enter_context(Holding(servers[count], plan.cores[1], count))
        for number in range(max(plan.rounds, IDLE_ROUNDS)):
            for count, server in servers.items():
                measured = generate(server, plan.cores[1], **options, warm=0.1, seconds=plan.seconds)
                rows.append(row(f"echo64-idle-{count}", name, number, measured))
    return rows


def figure(work, rival, cost, unit, number=0, **more):
    return {"work": work, "rival": rival, "round": number, "cost": cost, "unit": unit, **more}


def storm(plan, rivals, identity):
    """All at once: how long the last one waits."""
    rows = []
    for name in rivals:
        with Server(name, identity, plan.cores) as server:
            warm_up(plan, server, 2 if plan.quick else 8, work="handshake", connections=16)
            for number in range(2):
                measured = generate(server, plan.cores[1], "storm", connections=plan.storm)
                slowest = measured["slowest"] / 1e3
                note(f"storm: {name} slowest {slowest:.0f} ms, {measured['failures']} failed")
                rows.append(figure("storm", name, slowest, "ms", number, failures=measured["failures"]))
    return rows


def startup(plan, rivals, identity):
    """From starting the process to the first client served, and the processor time of that."""
    rows = []
    for name in rivals:
        archive(name).unlink(missing_ok=True)
    for number in range(1 + (2 if plan.quick else 5)):
        for name in rivals:
            with Server(name, identity, plan.cores, heap=None) as server:
                measured = generate(server, plan.cores[1], "storm", connections=1)
                wall = server.ready_seconds * 1e3 + measured["slowest"] / 1e3
                if number > 0:  # the first makes the archive of classes
                    rows.append(figure("startup", name, wall, "ms", number))
                    rows.append(figure("startup-cpu", name, server.processor_seconds() * 1e3, "ms", number))
    note("start-up: done")
    return rows
