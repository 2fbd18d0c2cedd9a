"""Run a command with its own PostgreSQL and Redis, on free ports and in a temporary folder, and
stop them afterwards. The command finds them in TEST_DATABASE_URL and TEST_REDIS_URL. With
`--in-memory`, all temporary files are kept in memory if there is enough of it.

    python scripts/services.py --in-memory pytest -q
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from typing import TYPE_CHECKING

from scripts.need import postgres_bin

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 30
_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30  # bytes: a tenth of it is used, but other processes need some too


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """The files of a PostgreSQL server, and its command: it can be restarted after being killed."""

    folder: Path
    port: int
    user: str | None
    command: list[object]

    @property
    def address(self) -> str:
        """Its address while it runs."""
        return f"postgresql://commentsvc@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The running server, stopped at the end."""
        log = self.folder / "postgres.log"
        with _running(self.command, log, self.port, user=self.user) as server:
            yield server


@contextmanager
def postgres(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server; yields its address. Without `durable` it never waits for the disk."""
    cluster = new_cluster(folder, durable=durable)
    with cluster.running():
        yield cluster.address


def new_cluster(folder: Path, *, durable: bool = False) -> Cluster:
    """The files of a PostgreSQL server that is not started yet."""
    bin_folder = postgres_bin()
    if bin_folder is None:
        raise SystemExit("PostgreSQL is not installed: run scripts/need.py")
    port, data = free_port(), folder / "postgres"
    data.mkdir(mode=0o700)
    user = _other_user(folder, data)  # the server refuses to run as root
    words = ["-A", "trust", "-U", "commentsvc", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [bin_folder / "initdb", "-D", data, *words],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=folder,
    )
    knobs = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
    }
    if not durable:
        knobs |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command: list[object] = [bin_folder / "postgres", "-D", data, "-p", str(port)]
    for name, value in knobs.items():
        command += ["-c", f"{name}={value}"]
    return Cluster(folder, port, user, command)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server that stores nothing; yields its address."""
    command = shutil.which("redis-server")
    if command is None:
        raise SystemExit("Redis is not installed: run scripts/need.py")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    options += ["--databases", "64", "--dir", str(folder)]
    with _running([command, *options], folder / "redis.log", port):
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def both() -> Iterator[dict[str, str]]:
    """Both servers; yields additions to the environment."""
    folder = Path(tempfile.mkdtemp(prefix="commentsvc-services-"))
    folder.chmod(0o755)
    try:
        with postgres(folder) as database_url, redis(folder) as redis_url:
            yield {"TEST_DATABASE_URL": database_url, "TEST_REDIS_URL": redis_url}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path, data: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    name = next(each for each in ("postgres", "nobody") if _exists(each))
    for path in (folder, data):
        shutil.chown(path, user=name)
    return name


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@contextmanager
def _running(
    command: list[object], log: Path, port: int, *, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        server = subprocess.Popen(
            [str(each) for each in command], stdout=out, stderr=out, user=user, cwd="/"
        )
    try:
        _wait_for(port, server, log)
        yield server
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast stop; Redis stops as well
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as line:
            line.settimeout(0.5)
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"This server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _keep_files_in_memory() -> None:
    """Keep temporary files in memory, for this process and its children. Otherwise durable writes
    wait for the disk, which took a quarter of the tests' time."""
    try:
        there = os.statvfs(_MEMORY)
    except OSError:
        return
    can_run = not there.f_flag & os.ST_NOEXEC  # tests install packages
    if can_run and there.f_bavail * there.f_frsize >= _ROOM and _free_memory() >= _ROOM:
        tempfile.tempdir = os.environ["TMPDIR"] = str(_MEMORY)


def _free_memory() -> int:
    """Bytes available without swapping."""
    lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    sizes = dict(line.split(":", 1) for line in lines)
    return int(sizes["MemAvailable"].split()[0]) << 10


def main() -> int:
    """Run the command given as arguments; returns its exit status."""
    command = sys.argv[1:]
    if command[0] == "--in-memory":
        del command[0]
        _keep_files_in_memory()
    with both() as added:
        child = subprocess.Popen(command, env={**os.environ, **added})
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the child got it too; let it finish its output


if __name__ == "__main__":
    sys.exit(main())
