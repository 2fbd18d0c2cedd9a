"""Real proxies with the configurations of deploy/, on free ports of this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
_NGINX = """{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{ access_log off; default_type text/plain;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
{servers} }}"""
_NEWS = """server {{ listen 443 ssl http2; server_name news.example.org;
ssl_certificate /etc/ssl/comments.example.org.pem;
ssl_certificate_key /etc/ssl/comments.example.org.key;
location / {{ return 200 "news"; }}
{path} }}"""


@dataclass(frozen=True)
class Place:
    """Where a proxy is to listen, what is behind it, and the certificate it shows."""

    folder: Path
    port: int
    behind: str
    cert: Path

    def fitted(self, text: str) -> str:
        """A configuration of deploy/ with this machine's names, ports and files."""
        text = re.sub(r"\b(comments|news)\.example\.org\b(?!\.(pem|key))", "localhost", text)
        text = text.replace("listen [::]:443", f"listen [::1]:{self.port}")
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        text = text.replace("bind :443", f"bind 127.0.0.1:{self.port}")
        text = text.replace("/etc/ssl/comments.example.org.pem", str(self.cert))
        text = text.replace("/etc/ssl/comments.example.org.key", str(self.cert))
        return text.replace("127.0.0.1:5000", self.behind)


def read(name: str) -> str:
    """A file of deploy/."""
    return (DEPLOY / name).read_text("utf-8")


def nginx(place: Place, under_a_path: bool) -> list[str]:
    """nginx with its file for the kind of address."""
    servers = (
        _NEWS.format(path=read("nginx/path.conf"))
        if under_a_path
        else read("nginx/commentsvc.conf")
    )
    file = place.folder / "nginx.conf"
    file.write_text(_nginx(place, servers))
    return [_found("nginx"), "-e", "stderr", "-c", str(file)]


def nginx_with_a_cache(place: Place, under_a_path: bool) -> list[str]:
    """nginx as deploy/compose.scale.yaml runs it."""
    assert not under_a_path
    text = read("nginx/cache.conf.template").replace("${COMMENTS_HOST}", "localhost")
    text = text.replace("web:5000", "127.0.0.1:5000").replace(
        "listen 80;", "listen unix:plain.sock;"
    )
    text = text.replace("/var/cache/nginx", str(place.folder / "cache"))
    text = re.sub(r"/etc/nginx/certificates/certificate\.(pem|key)", str(place.cert), text)
    (place.folder / "cache").mkdir()
    file = place.folder / "nginx.conf"
    file.write_text(_nginx(place, text.replace("unix:plain", f"unix:{place.folder}/plain")))
    return [_found("nginx"), "-e", "stderr", "-c", str(file)]


def _nginx(place: Place, servers: str) -> str:
    user = "user root; " if os.geteuid() == 0 else ""  # whose folder it is
    return _NGINX.format(user=user, folder=place.folder, servers=place.fitted(servers))


def haproxy(place: Place, under_a_path: bool) -> list[str]:
    """HAProxy, whose file has both kinds."""
    file = place.folder / "haproxy.cfg"
    text = read("haproxy/haproxy.cfg")
    if under_a_path:  # both hosts have one name here
        text = text.replace("if is_comments_host or is_comments_path", "if is_comments_path")
    file.write_text(place.fitted(text))
    return [_found("haproxy"), "-f", str(file)]


def caddy(place: Place, under_a_path: bool) -> list[str]:
    """Caddy with its file for the kind of address, and the test's certificate instead of one of its own."""
    text = place.fitted(read("caddy/path.Caddyfile" if under_a_path else "caddy/Caddyfile"))
    text = text.replace(
        "localhost {", f"https://localhost:{place.port} {{\n\ttls {place.cert} {place.cert}"
    )
    file = place.folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n" + text)
    return [_found("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]


KINDS: dict[str, Callable[[Place, bool], list[str]]] = {
    "nginx": nginx,
    "cache": nginx_with_a_cache,
    "haproxy": haproxy,
    "caddy": caddy,
}


def _found(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install --no-install-recommends {name}")
    return path


@contextmanager
def running(name: str, place: Place, *, under_a_path: bool) -> Iterator[None]:
    """The proxy, which answers at its port by now."""
    command = KINDS[name](place, under_a_path)
    log = place.folder / "proxy.log"
    environ = {**os.environ, "HOME": str(place.folder)}
    with log.open("wb") as out:
        proxy = subprocess.Popen(command, stdout=out, stderr=out, env=environ, cwd=place.folder)
    try:
        _wait(proxy, place.port, log)
        yield
    finally:
        proxy.terminate()
        proxy.wait(20)


def _wait(proxy: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if proxy.poll() is not None:
            raise AssertionError(f"it ended at once:\n{log.read_text()[-3000:]}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return
        time.sleep(0.05)
    raise AssertionError(f"it does not listen:\n{log.read_text()[-3000:]}")


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate for a name and its key, in one file."""
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", str(key), "-out", str(cert)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    return both


def trusting(cert: Path) -> ssl.SSLContext:
    """What a browser would use that knows the certificate."""
    return ssl.create_default_context(cafile=str(cert))
