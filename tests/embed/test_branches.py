"""Branches of a conversation as the page shows them: unfolded whole, counted whole, flat at the cap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.posting.commands import withdraw
from commentsvc.sites import commands as sites
from commentsvc.threads import branches
from tests.embed.test_thread import get
from tests.factories import post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

pytestmark = pytest.mark.engines


def chain(cast: Cast, length: int, above: str | None = None) -> list[str]:
    """Comments that answer one another; their ids."""
    made = []
    for number in range(length):
        posted = post(cast.site, f"Link {number}.", name=f"Reader {number}", parent=above)
        made.append(above := posted.comment.public_id)
    return made


def rest_of(client: FlaskClient, text: str, said: str) -> str:
    """What pressing the one link fetches; it says this."""
    found = re.search(r'data-of="([^"]+)"\s+data-after="([^"]+)"\s*>([^<]+)<', text)
    assert found is not None and found[3] == said
    query = {"comment": found[1], "after": found[2]}
    return client.get("/embed/replies", query_string=query).text


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    """Numbers count places at any depth. Beyond the cap they stand flat and say whom they answer."""
    made = chain(cast, 16)
    rest = rest_of(client, get(client), "Show 13 more replies")
    assert re.findall(r'id="c-(\w+)"', rest) == made[3:] and 'data-action="replies' not in rest
    assert 'data-action="open"' not in rest
    # The fourth is the last that is indented: what is below it stands in one flat list.
    assert rest.count("<ol") == 1 and rest.count('class="replies flat"') == 1
    to = re.findall(r'class="to" href="#c-(\w+)"[^>]*>\s*↳ to ([^<]+?)\s*<', rest)
    assert to == [(made[at], f"Reader {at}") for at in range(3, 15)]


def test_what_is_left_is_counted_once(client: FlaskClient, cast: Cast) -> None:
    """All links of a page and all that it shows are the whole conversation, also below long branches."""
    top = post(cast.site, "Top.").comment.public_id
    for at in range(7):
        chain(cast, 1 + at % 3 * 3, top)
    total = 1 + sum(1 + at % 3 * 3 for at in range(7))
    text = get(client)
    left = sum(map(int, re.findall(r"Show (\d+) more", text)))
    assert left and text.count("<article") + left == total


def test_one_reply_is_never_all_that_is_hidden(client: FlaskClient, cast: Cast) -> None:
    """On the page, at every depth and at the end of a page of replies; only beside a named comment."""
    sites.set_policy(cast.site, {"page_size": 5}, by=cast.olga)
    top = chain(cast, 1)[0]
    made = [chain(cast, 1, top)[0] for _ in range(4)]
    below = [chain(cast, 1, made[0])[0] for _ in range(3)]
    lone = chain(cast, 1, below[0])[0]
    text = get(client)
    assert {top, *made, *below, lone} == set(re.findall(r'id="c-(\w+)"', text))
    assert 'data-action="replies' not in text
    rest_of(client, get(client, comment=below[1]), "Show 3 more replies")
    made += [chain(cast, 1, top)[0] for _ in range(2)]
    assert "Show 3 more replies" in get(client)
    end = client.get("/embed/replies", query_string={"comment": top}).text
    assert re.findall(r'id="c-(\w+)"', end)[-1] == made[-1] and 'data-action="replies' not in end
    two = [chain(cast, 1, lone)[0] for _ in range(2)]
    near = get(client, comment=two[0])
    assert f'id="c-{two[1]}"' not in near and near.count('<li class="more aside">') == 3


@pytest.mark.parametrize(("depth", "lists"), [(1, 1), (2, 2), (10, 10)])
def test_a_branch_is_flat_below_the_sites_depth(
    client: FlaskClient, cast: Cast, depth: int, lists: int
) -> None:
    sites.set_policy(cast.site, {"depth": depth}, by=cast.olga)
    made = chain(cast, 12)
    text = get(client, comment=made[0])
    assert re.findall(r'id="c-(\w+)"', text) == made
    assert len(re.findall(r'<ol class="replies(?: flat)?"', text)) == lists
    assert text.count('class="to"') == 12 - depth


def test_a_huge_branch_comes_in_pieces(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branches, "MOST_BELOW", 12)
    made = chain(cast, 4) + chain(cast, 15, None)
    sides = [chain(cast, 1, made[4])[0] for _ in range(3)]
    text = get(client, comment=made[4])
    shown = re.findall(r'id="c-(\w+)"', text)
    rest = rest_of(client, text, f"Show {15 + 3 - len(shown)} more replies")
    assert shown[0] == made[4] and set(sides) < set(shown) and len(shown) <= 13
    assert re.findall(r'id="c-(\w+)"', rest) == made[4 + len(shown) - len(sides) :]


def test_those_above_a_named_comment_hold_it(client: FlaskClient, cast: Cast) -> None:
    """A permalink shows the way down; the rest of each branch is counted and can be unfolded."""
    made = chain(cast, 5)
    sides = [chain(cast, 2, made[1]) for _ in range(3)]
    text = get(client, comment=made[4])
    assert re.findall(r'id="c-(\w+)"', text) == made
    rest = rest_of(client, text, "Show 6 more replies")
    assert set(re.findall(r'id="c-(\w+)"', rest)) == {made[2], made[3], made[4]}.union(*sides)


def test_beside_a_named_comment_stands_no_other(client: FlaskClient, cast: Cast) -> None:
    """Not even a lone one, which would look like its reply; the links to them wait for all comments."""
    made = chain(cast, 6)
    alone = chain(cast, 1, made[0])[0]
    below = chain(cast, 1, made[5])[0]
    text = get(client, comment=made[5])
    assert re.findall(r'id="c-(\w+)"', text) == [*made, below] and alone not in text
    assert re.findall(r'class="(more[^"]*)"', text) == ["more aside"]
    assert re.findall(r'class="c ([^"]*lit[^"]*)"\s+id="c-(\w+)"', text) == [("lit level", made[5])]
    path = text.split('id="path"')[1].split("</nav>")[0]
    linked = [made[0], made[1], made[3], made[4]]
    assert re.findall(r'href="#c-(\w+)"', path) == linked and path.count("…") == 1


def test_an_answer_to_nobody_one_may_name(client: FlaskClient, cast: Cast) -> None:
    sites.set_policy(cast.site, {"depth": 1}, by=cast.olga)
    made = post(cast.site, "Regretted.", user=cast.rita).comment
    post(cast.site, "Reply.", parent=made.public_id)
    assert "↳ to Rita" in get(client)
    withdraw(made.public_id, user=cast.rita)
    text = get(client, numposts="3")  # an address that no finished answer is kept for
    assert "Reply." in text and "↳" not in text and "Rita" not in text


def test_the_way_down_is_a_path_of_names(client: FlaskClient, cast: Cast) -> None:
    """From two above it on; the comment that is answered is drawn, those before it are passed."""
    made = chain(cast, 4)
    text = get(client, comment=made[3])
    _, path = text.split('id="path"')
    path = path[: path.index("</nav>")]
    assert re.findall(r'href="#c-(\w+)"', path) == made[:3]
    passed = re.findall(r'class="c passed[^"]*"\s+id="c-(\w+)"', text)
    assert passed == made[:2] and ".passed" in text
    for named in (made[0], made[1]):
        near = get(client, comment=named)
        assert 'id="path"' not in near and 'class="c passed' not in near
    assert "passed" not in get(client)
