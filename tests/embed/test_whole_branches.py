"""One press on "Show more replies" shows a whole branch of up to 200 comments, whatever its shape."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.sites import commands as sites
from commentsvc.threads import branches
from commentsvc.threads.commands import comment_by_public_id
from commentsvc.threads.placing import Place, Text, place
from tests.embed.test_thread import get
from tests.factories import HREF, post
from tests.tables import every_row

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)

#: A button: how many it says, below which comment and after which reply.
_LINK = re.compile(r'data-count="(\d+)"\s+data-of="([^"]+)"\s+data-after="([^"]+)"')


def grow(cast: Cast, parents: list[int], href: str) -> str:
    """A comment with a tree below it: for each comment, the number of the one that it answers, 0
    for the first. The first one's id."""
    first = post(cast.site, "First.", href=href).comment
    given = {"site_id": cast.site.id, "thread_id": first.thread_id, "author_id": first.author_id}
    start = clock.now()
    with unit_of_work():
        place(
            [
                Place(
                    key=str(at),
                    **given,
                    parent=(first.id, 0) if above == 0 else str(above),
                    status="published",
                    created_at=start + timedelta(seconds=at),
                    texts=(Text(f"Number {at}.", start),),
                )
                for at, above in enumerate(parents, 1)
            ]
        )
    return first.public_id


def wide_then_deep() -> list[int]:
    """25 replies, and a chain of 15 below the last."""
    return [0] * 25 + list(range(25, 40))


def grown_at_random(seed: int) -> list[int]:
    """A bushy, a wide or a deep tree of up to 200 comments."""
    chance = random.Random(seed)
    size, pull = chance.choice((60, 150, 199, 200)), chance.choice((0.0, 0.3, 0.8, 0.97))
    deep = [at - 1 if chance.random() < pull else chance.randrange(at) for at in range(1, size + 1)]
    return [0, *deep[1:]]


SHAPES = {
    "wide, then deep": wide_then_deep(),
    "200 replies": [0] * 200,
    "a chain of 200": list(range(200)),
    "pairs": [at // 3 * 2 for at in range(200)],
    **{f"random {seed}": grown_at_random(seed) for seed in range(8)},
}


def links(text: str) -> list[tuple[str, ...]]:
    return _LINK.findall(text)


def fetched(client: FlaskClient, link: tuple[str, ...]) -> str:
    query = {"comment": link[1], "after": link[2]}
    return client.get("/embed/replies", query_string=query).text


@every_row("shape", list(SHAPES))
def test_one_press_shows_a_whole_branch(client: FlaskClient, cast: Cast, shape: str) -> None:
    """As many as the button says, with no button among them; from the page and from a permalink."""
    chance = random.Random(shape)
    values = {"depth": chance.randint(1, 6), "inline_replies": chance.choice((0, 3, 10))}
    sites.set_policy(cast.site, {**values, "page_size": chance.choice((1, 20, 100))}, by=cast.olga)
    href = f"{HREF}-{list(SHAPES).index(shape)}"
    first = grow(cast, SHAPES[shape], href)
    text = get(client, href=href)
    shown = text.count("<article")
    for link in links(text):
        below = fetched(client, link)
        assert below.count("<article") == int(link[0]) and 'data-action="replies' not in below
        shown += int(link[0])
    assert shown == 1 + len(SHAPES[shape])
    named = get(client, href=href, comment=first)
    assert named.count("<article") == 1 + len(SHAPES[shape])
    assert 'data-action="replies' not in named


@every_row("size", [201, 230, 450])
def test_a_larger_one_comes_in_pieces_of_whole_branches(
    client: FlaskClient, cast: Cast, size: int
) -> None:
    """Each press shows up to 200 (or 201: one reply is never all that is hidden), in order."""
    parents = [at - 1 if at % 5 else 0 for at in range(size)]  # chains of four or five
    first = grow(cast, parents, f"{HREF}-{size}")
    seen: list[str] = []
    query = {"comment": first}
    while True:
        text = client.get("/embed/replies", query_string=query).text
        piece = re.findall(r'id="c-(\w+)"', text)
        assert 0 < len(piece) <= branches.MOST_BELOW + 1
        seen += piece
        if not (link := links(text)):
            break
        assert len(link) == 1 and len(piece) > branches.MOST_BELOW - 5
        assert int(link[0][0]) == size - len(seen)
        query = {"comment": link[0][1], "after": link[0][2]}
    assert len(seen) == len(set(seen)) == size
    assert comment_by_public_id(seen[0]).parent_id == comment_by_public_id(first).id


@every_row("shape", list(SHAPES))
def test_all_comments_and_one_among_them(client: FlaskClient, cast: Cast, shape: str) -> None:
    """The list with one that a link named is the plain list, with it, what leads to it and what is
    below it in their places; and what is left is counted once."""
    chance = random.Random(shape)
    href = f"{HREF}-{list(SHAPES).index(shape)}"
    first = grow(cast, SHAPES[shape], href)
    everything = re.findall(r'id="c-(\w+)"', get(client, href=href, comment=first))
    plain = re.findall(r'id="c-(\w+)"', get(client, href=href, part="list"))
    for named in chance.sample(everything, 4):
        text = get(client, href=href, part="list", comment=named)
        shown = re.findall(r'id="c-(\w+)"', text)
        assert {named, *plain} <= set(shown) and "passed" not in text and "aside" not in text
        assert shown == [each for each in everything if each in shown]
        assert len(shown) + sum(int(link[0]) for link in links(text)) == len(everything)
