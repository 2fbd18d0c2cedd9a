"""Two web processes and a worker on one PostgreSQL and one Redis are one service."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import own_postgres
from tests.live import House, Process, ask, comment, house, thread_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WITHIN = 1.0  # seconds until what one node did is seen on the other


@pytest.fixture(scope="module")
def nodes(
    tmp_path_factory: pytest.TempPathFactory, engines: dict[str, str], worker_number: int
) -> Iterator[tuple[House, Process, Process]]:
    folder = tmp_path_factory.mktemp("nodes")
    # each worker has its own: beside each other two would use up each other's limits
    number = 32 + worker_number
    with house(
        folder,
        DATABASE_URL=own_postgres(engines["TEST_DATABASE_URL"], "nodes"),
        # patient, so that a busy machine does not make each node count alone
        REDIS_URL=f"{engines['TEST_REDIS_URL']}/{number}?socket_timeout=5&socket_connect_timeout=5",
        LIMITS="post=5/minute;read=100000/minute",
        PUBLIC_URL="http://127.0.0.1",
    ) as made:
        made.set_up(undo_seconds=0)
        first = made.start("run", "--no-worker", DATA_DIR=str(folder / "one"))
        second = made.start("run", "--no-worker", DATA_DIR=str(folder / "two"))
        made.start("worker", DATA_DIR=str(folder / "three"))
        yield made, first, second


def seen_within(is_so: Callable[[], bool], seconds: float) -> None:
    """A look that begins so much later sees it, however long the looks themselves take here."""
    began = time.monotonic()
    while True:
        late = time.monotonic() - began > seconds
        if is_so():
            return
        assert not late, "this took too long"
        time.sleep(0.02)


def test_they_are_one_service(nodes: tuple[House, Process, Process]) -> None:
    made, one, two = nodes
    mona = {"Authorization": f"Bearer {made.key}"}

    # read: a page that the second node has already given out is the new one within a second
    assert "Posted at one" not in thread_page(two.port)
    assert comment(one.port, "Posted at one, read at two.").status == 201
    seen_within(lambda: "Posted at one" in thread_page(two.port), WITHIN)

    # limited: what was posted at both counts together
    statuses = [comment((one, two)[n % 2].port, f"Number {n} of many.").status for n in range(6)]
    assert statuses.count(201) == 4 and statuses[-2:] == [429, 429]

    # moderated: held at the first, decided at the second, seen at the first
    queue = ask(two.port, "GET", "/api/v1/queue?site=harbour&queue=all", headers=mona).json
    card = next(each for each in queue["items"] if "Posted at one" in str(each))
    item = card.get("comment", card)
    decided = ask(
        two.port,
        "POST",
        f"/api/v1/comments/{item['id']}/decisions",
        {"action": "reject", "reason": "off_topic", "seen_version": item["version"]},
        headers=mona,
    )
    assert decided.status == 201, decided.body
    seen_within(lambda: "Posted at one" not in thread_page(one.port), WITHIN)


def test_a_lone_worker_does_what_was_asked_for(nodes: tuple[House, Process, Process]) -> None:
    _, one, _ = nodes

    def figures() -> str:
        return ask(one.port, "GET", "/metrics").body.decode()

    seen_within(lambda: 'commentsvc_jobs{state="waiting"} 0.0' in figures(), 15)
    assert 'commentsvc_jobs{state="parked"} 0.0' in figures()


def test_a_retry_at_another_node_is_one_comment(nodes: tuple[House, Process, Process]) -> None:
    made, one, two = nodes
    import redis

    redis.Redis.from_url(made.environ["REDIS_URL"]).flushdb()
    first = comment(one.port, "Sent twice.", key="the-same-key")
    again = comment(two.port, "Sent twice.", key="the-same-key")
    assert (first.status, again.status) == (201, 201), (first.body, again.body)
    assert first.json["id"] == again.json["id"]
    assert again.headers["idempotent-replayed"] == "true"
