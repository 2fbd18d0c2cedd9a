"""What stands in front of us: each configuration of deploy/ with the real proxy and a real server, asked as
`commentsvc check --public` asks."""

from __future__ import annotations

import json
import time
from http.client import HTTPSConnection
from typing import TYPE_CHECKING

import pytest

from tests.deploy.proxies import Place, certificate, running, trusting
from tests.live import HREF, KEY, MODERATOR, ORIGIN, House, free_port, house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: (proxy, path, how it reaches us): `make test` tries the one that most have, drills the others.
CASES = [
    ("nginx", "/comments", "tcp"),
    *(
        pytest.param(case, marks=pytest.mark.drill)
        for case in (
            ("nginx", "", "socket"),
            ("cache", "", "tcp"),
            ("haproxy", "/comments", "tcp"),
            ("haproxy", "", "tcp"),
            ("caddy", "/comments", "tcp"),
            ("caddy", "", "tcp"),
        )
    ),
]


_OWNER = ("--email", MODERATOR, "--name", "Mona", "--password", "correct horse")


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("cert"))


@pytest.fixture
def place(
    tmp_path: Path, cert: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[House, Place]]:
    """A server as PUBLIC_URL and a proxy before it, as the test's parameters say."""
    proxy, path, way = request.param
    port, own = free_port(), free_port()
    socket = tmp_path / "http.sock"
    given = Place(tmp_path, port, f"unix:{socket}" if way == "socket" else f"127.0.0.1:{own}", cert)
    more = {"TRUSTED_PROXIES": "127.0.0.1"}
    if way == "socket":
        more = {"TRUSTED_PROXIES": "unix", "HOST": f"unix:{socket}"}
    with house(
        tmp_path, PUBLIC_URL=f"https://localhost:{port}{path}", SSL_CERT_FILE=str(cert), **more
    ) as made:
        init = made.command(
            "init", "--yes", *_OWNER, "--site", "The Post", "--origin", ORIGIN, "--key", KEY
        )
        assert init.returncode == 0, init.stderr
        with running(proxy, given, under_a_path=bool(path)):
            made.start("run", "--no-worker", port=0 if way == "socket" else own)
            _wait(given, f"{path}/readyz")
            yield made, given


def _wait(given: Place, path: str) -> None:
    """Until the server answers through its proxy."""
    until = time.monotonic() + 60
    while get(given, path)[0] != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


def get(given: Place, path: str) -> tuple[int, bytes]:
    line = HTTPSConnection("localhost", given.port, context=trusting(given.cert), timeout=15)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


@pytest.mark.parametrize(
    "place", CASES, indirect=True, ids=lambda case: "-".join(filter(None, map(str, case)))
)
def test_it_works(place: tuple[House, Place]) -> None:
    made, given = place
    said = made.command("check", "--public", "--json")
    lines = {each["what"]: each for each in json.loads(said.stdout)}
    wrong = [each for each in lines.values() if each["state"] != "ok"]
    assert not wrong, wrong
    assert {"TLS", "reached", "client address", "headers", "frame", "large bodies"} <= lines.keys()
    assert lines["client address"]["says"].endswith(" 127.0.0.1")
    path = made.environ["PUBLIC_URL"].partition("://")[2].partition("/")[2]
    frame = get(given, f"{path and '/'}{path}/embed/thread?site={KEY}&href={HREF}")
    assert frame[0] == 200 and b"</html>" in frame[1]
    if (given.folder / "cache").exists():
        _check_the_cache(made, given)


def _check_the_cache(made: House, given: Place) -> None:
    """What is the same for everybody is kept; what is somebody's is not."""
    line = HTTPSConnection("localhost", given.port, context=trusting(given.cert), timeout=15)
    seen = []
    for path in [f"/embed/thread?site={KEY}&href={HREF}"] * 2 + ["/account/sign-in"] * 2:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        seen.append(answer.headers["X-Cache-Status"])
    line.close()
    assert seen[1] in ("HIT", "REVALIDATED") and seen[2:] == ["MISS", "MISS"]
