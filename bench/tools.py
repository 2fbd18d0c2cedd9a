"""Tools for every benchmark: pinned processes, a load generator, and the table of figures."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: On a real disk, because durable writes are measured; removed at the end.
WORK = ROOT / "instance" / "bench"
ONE_CORE = (os.cpu_count() or 1) < 2
SERVER_CORE, LOAD_CORE = "0", "1"
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


@dataclass
class Figures:
    """The measurements, row by row, and their goals."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        area: str,
        what: str,
        value: float,
        unit: str = "",
        *,
        wanted: str = "",
        ok: bool | None = None,
    ) -> None:
        """Add one figure. `wanted` is the goal in words, `ok` whether it is reached."""
        row = dict(area=area, what=what, value=value, unit=unit, wanted=wanted, ok=ok)
        self.rows.append(row)
        print(line(row), file=sys.stderr, flush=True)

    def save(self, path: Path) -> None:
        """Save all rows with the machine they were measured on."""
        facts = {"machine": machine(), "rows": self.rows}
        path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    verdict = {True: "reached", False: "MISSED", None: ""}[row["ok"]]
    value = f"{row['value']:,.3g}" if abs(row["value"]) < 100 else f"{row['value']:,.0f}"
    return (
        f"{row['area']:9} {row['what']:58} {value:>9} {row['unit']:6} {row['wanted']:16} {verdict}"
    ).rstrip()


def machine() -> dict[str, Any]:
    """The machine, commit and time of the measurement."""
    said = Path("/proc/cpuinfo").read_text()
    model = (re.search(r"^model name\s*: (.*)", said, re.MULTILINE) or ["", "unknown"])[1]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": sys.version.split()[0],
        "commit": commit.stdout.strip(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(
    port: int, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send a GET request: status, headers and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, found, body


def ask(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Send a request with JSON: the status, and the parsed response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {"Content-Type": "application/json", **(headers or {})}
    connection.request(method, path, None if body is None else json.dumps(body), sent)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, json.loads(said or b"null")


def percentile(found: Sequence[float], share: float) -> float:
    """The value below which this share lies; 0 if there are none."""
    return sorted(found)[min(len(found) - 1, int(len(found) * share))] if found else 0.0


@contextmanager
def running(
    command: Sequence[str | Path],
    port: int,
    path: str = "/",
    *,
    environ: dict[str, str] | None = None,
    pinned: bool = True,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server pinned to its core, from when it responds at `path` until the block ends."""
    pin = (
        ["taskset", "-c", SERVER_CORE]
        if pinned and not ONE_CORE and shutil.which("taskset")
        else []
    )
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [*pin, *map(str, command)],
            env={**os.environ, **(environ or {})},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_for(port, path, child, log)
            yield child
        finally:
            _end(child)


@contextmanager
def on_server_core() -> Iterator[None]:
    """Run processes started in this block on the servers' core."""
    before = os.sched_getaffinity(0)
    if not ONE_CORE:
        os.sched_setaffinity(0, {int(SERVER_CORE)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def wait_for(port: int, path: str, child: subprocess.Popen[bytes], log: Any) -> float:
    """Seconds until it responds with anything but a server error."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        if child.poll() is not None:
            log.seek(0)
            raise SystemExit(
                f"a server ended at once:\n{log.read().decode(errors='replace')[-3000:]}"
            )
        try:
            if get(port, path)[0] < 500:
                return time.monotonic() - began
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"no server at port {port}")


@dataclass(frozen=True)
class Load:
    """The results of a load generator."""

    rate: float
    p50_ms: float
    p99_ms: float
    errors: int
    done: int


def load(
    url: str,
    *,
    connections: int = 16,
    seconds: float = SECONDS,
    headers: dict[str, str] | None = None,
    script: str = "",
) -> Load:
    """Send requests for some seconds with wrk, from the other core. `script` is Lua."""
    pin = ["taskset", "-c", LOAD_CORE] if not ONE_CORE else []
    command = [
        *pin,
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds:g}s",
        "--latency",
        "--timeout",
        "10s",
    ]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    errors = _number(said, r"Non-2xx or 3xx responses: (\d+)")
    errors += sum(float(each) for each in re.findall(r"(?:connect|read|write|timeout) (\d+)", said))
    return Load(
        rate=_number(said, r"Requests/sec:\s+([\d.]+)"),
        p50_ms=_milliseconds(said, "50%"),
        p99_ms=_milliseconds(said, "99%"),
        errors=int(errors),
        done=int(_number(said, r"(\d+) requests in")),
    )


def _number(said: str, pattern: str) -> float:
    return float((re.search(pattern, said) or ["", "0"])[1])


def _milliseconds(said: str, share: str) -> float:
    found = re.search(rf"^\s+{share}\s+([\d.]+)(us|ms|s)\b", said, re.MULTILINE)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]] if found else 0.0


def best_of(rounds: int, *calls: Any) -> list[Load]:
    """Run each call `rounds` times, alternating so that a busy moment affects all; the
    median of each."""
    taken: list[list[Load]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, into in zip(calls, taken, strict=True):
            into.append(call())
    return [sorted(each, key=lambda one: one.rate)[len(each) // 2] for each in taken]


def rss_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{pid}/status").read_text()
    own = float((re.search(r"VmRSS:\s+(\d+)", status) or ["", "0"])[1]) / 1024
    return own + sum(rss_mb(int(each)) for each in children)


def need(command: str, package: str) -> bool:
    """Whether a tool is installed; tries to install Debian's package if it may."""
    if shutil.which(command) or shutil.which(f"/usr/sbin/{command}"):
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if shutil.which(command) or shutil.which(f"/usr/sbin/{command}"):
        return True
    print(
        f"Without {command} (Debian: apt-get install {package}) this is left out.", file=sys.stderr
    )
    return False
