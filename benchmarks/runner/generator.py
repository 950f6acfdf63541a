"""One run of the load generator."""

import json
import subprocess

from rivals import BIN


def command(server, core, work, **options):
    line = ["taskset", "-c", core, str(BIN / "generator")]
    line += ["--work", work, "--port", str(server.port), "--server", str(server.pid)]
    for name, value in options.items():
        line += [f"--{name}", str(value)]
    return line + (["--plain"] if server.plain else [])


def generate(server, core, work, **options):
    """What the generator measured, as it prints it."""
    done = subprocess.run(command(server, core, work, **options), capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{server.name}, {work}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


class Holding:
    """Connections that are there and do nothing, until this is closed."""

    def __init__(self, server, core, count):
        self.process = subprocess.Popen(
            command(server, core, "hold", idle=count), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if line != f"holding {count}\n":
            self.__exit__()
            raise RuntimeError(f"{server.name}: not all of {count} idle connections came about")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.stdin.close()
        self.process.wait()
