"""The servers that are compared: how each is started, asked for its memory, and ended."""

import os
import shutil
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BIN = HERE / "target" / "bin"
TICK = os.sysconf("SC_CLK_TCK")

# Name, what a table calls it, processors it may use ("one" is the server's core, "both" that and the generator's).
RIVALS = {
    "raw": ("Sallyport, raw", "one"),
    "async": ("Sallyport, futures", "one"),
    "flow": ("Sallyport, Flow", "one"),
    "blocking": ("Sallyport, blocking", "one"),
    "blocking-17": ("Sallyport, blocking, JDK 17", "one"),
    "netty": ("Netty, epoll, BoringSSL", "one"),
    "netty-jdk": ("Netty, NIO, JDK", "one"),
    "jsse": ("SSLServerSocket, virtual threads", "one"),
    "vertx": ("Vert.x NetServer", "one"),
    "node": ("Node tls", "one"),
    "go": ("Go crypto/tls", "one"),
    "c": ("C, epoll, OpenSSL", "one"),
    "c-boringssl": ("C, epoll, BoringSSL", "one"),
    "tcp": ("C, epoll, plain TCP", "one"),
    "blocking-2": ("Sallyport, blocking, two carriers", "both"),
    "jsse-2": ("SSLServerSocket, two carriers", "both"),
    "go-2": ("Go, two processors", "both"),
}
JVM = {"raw", "async", "flow", "blocking", "netty", "netty-jdk", "jsse", "vertx"}
# Without virtual threads these would be something else than what they are called.
VIRTUAL = {"blocking", "jsse"}


def kind(name):
    """Without the number of its cores or the version of its JDK."""
    return name.removesuffix("-2").removesuffix("-17")


def java(name=""):
    """The newest JDK there is: JAVA25_HOME, JAVA_HOME, a 25 where Debian and its like put JDKs, or the default. Or a 17, for a rival of that."""
    version = 17 if name.endswith("-17") else 25
    homes = [os.environ.get(f"JAVA{version}_HOME")] + ([os.environ.get("JAVA_HOME")] if version == 25 else [])
    homes += sorted(str(path) for path in Path("/usr/lib/jvm").glob(f"*{version}*"))
    for home in homes:
        if home and Path(home, "bin", "java").exists():
            return str(Path(home, "bin", "java"))
    return "java"


def java_version(program):
    text = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
    return next(line for line in text.splitlines() if ' version "' in line)


def feature_version(program):
    return int(java_version(program).split('"')[1].split(".")[0])


def available(name):
    """Why a rival cannot take part, or None."""
    if kind(name) == "node" and not shutil.which("node"):
        return "node is not installed"
    if kind(name) == "go" and not (BIN / "go-server").exists():
        return "go is not installed"
    if kind(name) == "c-boringssl" and not (BIN / "server-boringssl").exists():
        return "BoringSSL is not installed"
    if name.endswith("-17"):
        return None if feature_version(java(name)) == 17 else "no JDK 17 was found (JAVA17_HOME)"
    if kind(name) in VIRTUAL and feature_version(java()) < 21:
        return "the JDK has no virtual threads"
    return None


def archive(program):
    """Where the JVM keeps the classes of a program whose start is what matters, loaded and linked (JEP 483, 514)."""
    return HERE / "target" / f"{program}.aot"


def archived(program):
    """Makes the archive in the first run, at its end, and uses it in those after it."""
    file = archive(program)
    # Netty looks for the Flight Recorder when it allocates its first buffer: 0.1 s
    return [f"-XX:{'AOTCache' if file.exists() else 'AOTCacheOutput'}={file}", "-Xlog:disable", "-Dio.netty.jfr.enabled=false"]


def ticks(stat):
    fields = Path(stat).read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class Server:
    """A running server; without a heap's size one whose start is measured, with what helps that, and on all cores."""

    def __init__(self, name, identity, cores, work="echo", chunk=None, heap="512m", pretouch=False):
        self.name = name
        program = kind(name)
        pinned = cores[0] if RIVALS[name][1] == "one" and heap else ",".join(cores)
        chain, key = identity
        command = ["taskset", "-c", pinned]
        if program in JVM:
            command += [java(name), "-XX:+UseSerialGC"] + ([f"-Xms{heap}", f"-Xmx{heap}"] if heap else archived(program))
            # A live byte is counted, and not the dead ones that the collector would leave where moving others is not worth it.
            command += ["-XX:+AlwaysPreTouch", "-XX:MarkSweepDeadRatio=0"] if pretouch else []
            command += ["-Dio.netty.leakDetection.level=disabled", "-Djava.util.logging.config.file=/dev/null"]
            command += [f"-Dchunk={chunk}"] if chunk else []
            if feature_version(java(name)) >= 24:
                command += ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
            classes = sorted(str(jar) for folder in ("target", "target/lib") for jar in (HERE / folder).glob("*.jar"))
            command += ["-cp", ":".join(classes), "dev.sallyport.benchmarks.ServerMain", program, chain, key, work]
        elif program == "node":
            command += ["node", "--expose-gc", str(HERE / "src/main/node/server.js"), chain, key, work]
        elif program == "go":
            command += [str(BIN / "go-server"), chain, key, work] + ([str(chunk)] if chunk else [])
        else:
            command += [str(BIN / ("server-boringssl" if program == "c-boringssl" else "server")), chain, key, work] + (["--plain"] if program == "tcp" else [])
        self.started = time.monotonic()
        errors = open(HERE / "target" / f"{name}.log", "w")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=HERE
        )
        errors.close()
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.close()
            raise RuntimeError(f"{name} did not start, see {errors.name}")
        self.ready_seconds = time.monotonic() - self.started
        self.port = int(line.split()[1])

    @property
    def pid(self):
        return self.process.pid  # taskset execs the program

    @property
    def plain(self):
        return self.name == "tcp"

    def processor_seconds(self):
        """utime + stime of all threads."""
        return ticks(f"/proc/{self.pid}/stat") / TICK

    def compiler_seconds(self):
        """The same of the threads of a JIT."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return sum(ticks(stat) for stat in stats if b" CompilerThre" in stat.read_bytes()) / TICK

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_bytes(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def memory(self, settle=False):
        """
        Bytes that are resident, and the live ones of a heap that is resident as a whole, from its start. With settle, free
        memory is given back to the system before.
        """
        self.process.stdin.write("settle\n" if settle else "memory\n")
        self.process.stdin.flush()
        heap = int(self.process.stdout.readline())
        return self.resident_bytes(), heap

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
