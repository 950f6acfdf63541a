"""One run of the load generator."""

import json
import subprocess

from rivals import BIN, HERE, java

HANDSHAKES = {"handshake", "resume", "hold", "storm"}
libraries = {"handshakes": "openssl"}  # of the generator; which one does all the others makes no difference


def choose_library(name):
    """The one for handshakes. BoringSSL's need half the time of OpenSSL 3.0's, so that the server has more to do."""
    there = (BIN / "generator-boringssl").exists()
    if name == "boringssl" and not there:
        raise RuntimeError("BoringSSL is not installed")
    libraries["handshakes"] = name or ("boringssl" if there else "openssl")


def command(server, core, work, **options):
    boringssl = work in HANDSHAKES and libraries["handshakes"] == "boringssl"
    line = ["taskset", "-c", core, str(BIN / ("generator-boringssl" if boringssl else "generator"))]
    line += ["--work", work, "--port", str(server.port), "--server", str(server.pid)]
    for name, value in options.items():
        line += [f"--{name}", str(value)]
    return line + (["--plain"] if server.plain else [])


def in_a_jvm(server, core, group, connections, warm, seconds):
    """The same line from the client on BoringSSL, for groups that the system's OpenSSL does not have."""
    line = ["taskset", "-c", core, java(), "-Xmx512m", "-XX:+UseSerialGC", "-XX:+IgnoreUnrecognizedVMOptions"]
    line += ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
    line += ["-cp", f"{HERE}/target/classes:{HERE}/target/lib/*", "dev.sallyport.benchmarks.HandshakeClient"]
    line += [str(value) for value in (server.port, server.pid, group, connections, warm, seconds)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    if done.returncode != 0 or not done.stdout:
        raise RuntimeError(f"{server.name}, {group}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def generate(server, core, work, **options):
    """What the generator measured, as it prints it."""
    done = subprocess.run(command(server, core, work, **options), capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{server.name}, {work}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


class Holding:
    """Connections that are there and do nothing, until this is closed."""

    def __init__(self, server, core, count, size=64):
        self.process = subprocess.Popen(
            command(server, core, "hold", idle=count, size=size), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
