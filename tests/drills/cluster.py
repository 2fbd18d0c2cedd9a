"""A cluster on this machine: two web nodes and a worker, PostgreSQL with a streaming replica, Redis, and
nginx with its cache in front, by the file of deploy/."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts import services
from scripts.need import postgres_bin
from tests.deploy.proxies import _NGINX, _found, _wait, read
from tests.drills.test_faults import until
from tests.live import House, Process, free_port, house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Pair:
    """A primary, and a replica that has everything before it is acknowledged."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        first = folder / "first"
        first.mkdir(mode=0o755)
        self.primary = services.new_cluster(first)
        # Enough against a kill: only a power cut would take what the system has not put on the disk.
        self.primary.command.extend(("-c", "synchronous_commit=on"))
        self._stack = stack
        self._server = stack.enter_context(self.primary.running())
        self.standby = self._copied(folder / "second")
        stack.enter_context(self.standby.running())
        asked(self.primary.address, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        asked(self.primary.address, "SELECT pg_reload_conf()")
        sync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        until(lambda: asked(self.primary.address, sync)[0][0] == 1, 30)

    @property
    def address(self) -> str:
        """Both of them, and that only the one that can be written to will do."""
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://commentsvc@/postgres?{_hosts(hosts)}&target_session_attrs=read-write"

    def _copied(self, folder: Path) -> services.Cluster:
        bin_folder = postgres_bin()
        assert bin_folder is not None
        folder.mkdir(mode=0o755)
        if self.primary.user:
            shutil.chown(folder, user=self.primary.user)
        port, data = free_port(), folder / "postgres"
        subprocess.run(
            [bin_folder / "pg_basebackup", "-D", data, "-R", "-X", "stream", "--checkpoint=fast",
             "-d", f"host=127.0.0.1 port={self.primary.port} user=commentsvc"],
            check=True, capture_output=True, user=self.primary.user, cwd=folder, timeout=120,
        )  # fmt: skip
        words = list(self.primary.command)
        words[words.index("-D") + 1] = data
        words[words.index("-p") + 1] = str(port)
        return services.Cluster(folder, port, self.primary.user, words)

    def lose_the_primary(self) -> None:
        self._server.kill()
        self._server.wait()

    def promote(self) -> None:
        """What whoever watches the databases does (Patroni, repmgr, a person)."""
        asked(self.standby.address, "SELECT pg_promote(true, 30)")


def _hosts(pairs: str) -> str:
    return "&".join(f"host={each}" for each in pairs.split(","))


def asked(address: str, sql: str) -> list[Any]:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        return (
            connection.execute(sql).fetchall()
            if sql.startswith("SELECT")
            else _run(connection, sql)
        )


def _run(connection: Any, sql: str) -> list[Any]:
    connection.execute(sql)
    return []


class Redis:
    """A Redis server that can be killed, and comes back empty at the same address."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.port, self._folder, self._stack = free_port(), folder, stack
        self.start()

    def start(self) -> None:
        command = [shutil.which("redis-server") or "redis-server", "--port", str(self.port)]
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self._folder]
        running = services._running([*command, *options], self._folder / "redis.log", self.port)
        self._server = self._stack.enter_context(running)

    def kill(self) -> None:
        self._server.kill()
        self._server.wait()


@dataclass
class Cluster:
    """All of it. `port` is nginx's: what readers and writers know."""

    home: House
    databases: Pair
    redis: Redis
    nodes: list[Process]
    port: int

    def restart(self, number: int) -> None:
        """One node of a rolling upgrade: stopped as a system would, started at its address again."""
        node = self.nodes[number]
        assert node.stop() == 0, node.text()[-3000:]
        self.nodes[number] = self.home.start("run", "--no-worker", port=node.port)

    def lose(self, number: int) -> None:
        self.nodes[number].child.kill()
        self.nodes[number].child.wait()

    def start(self, number: int) -> None:
        port = self.nodes[number].port
        self.nodes[number] = self.home.start("run", "--no-worker", port=port)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster in which a site is set up."""
    with ExitStack() as stack:
        databases, redis = Pair(folder, stack), Redis(folder, stack)
        place = folder / "house"
        place.mkdir()
        environ = {
            "DATABASE_URL": databases.address,
            "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        home = stack.enter_context(house(place, **environ))
        home.set_up(hold_repeats=False, flood_count=1000)
        nodes = [home.start("run", "--no-worker") for _ in range(2)]
        home.start("worker")
        port = free_port()
        stack.enter_context(_nginx(folder / "nginx", port, [each.port for each in nodes]))
        yield Cluster(home, databases, redis, nodes, port)


@contextmanager
def _nginx(folder: Path, port: int, nodes: list[int]) -> Iterator[None]:
    (folder / "cache").mkdir(parents=True)
    text = read("nginx/cache.conf.template").replace("${COMMENTS_HOST}", "localhost")
    servers = "\n".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=1s;" for each in nodes)
    text = text.replace("server web:5000 max_fails=1 fail_timeout=1s;", servers)
    text = text.replace("/var/cache/nginx", str(folder / "cache"))
    text = text.replace("rate=50r/s", "rate=100000r/s")  # all come from this machine
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    text = re.sub(r"\s+ssl_certificate\w* [^;]+;", "", text)
    user = "user root; " if os.geteuid() == 0 else ""  # whose folder it is
    file = folder / "nginx.conf"
    file.write_text(_NGINX.format(user=user, folder=folder, servers=text))
    log = folder / "nginx.log"
    with log.open("wb") as out:
        proxy = subprocess.Popen(
            [_found("nginx"), "-e", "stderr", "-c", str(file)], stdout=out, stderr=out, cwd=folder
        )
    try:
        _wait(proxy, port, log)
        yield
    finally:
        proxy.terminate()
        proxy.wait(20)
