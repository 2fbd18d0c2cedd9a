"""A wave in the queue: one card, and a form that decides about all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts import commands as accounts
from commentsvc.core.db import db
from commentsvc.moderation.waves import reading
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

WHO = ("My sister", "My aunt", "A colleague", "My neighbor", "Grandma")


@pytest.fixture
def wave(cast: Cast, work: Callable[[], int]) -> list[str]:
    """Five comments alike, from two networks."""
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    return wave_of(cast, work)


def wave_of(cast: Cast, work: Callable[[], int]) -> list[str]:
    texts = [
        f"{who} had sore knees until the new Flexora drops came, ask for them now." for who in WHO
    ]
    made = [
        submit(
            NewComment(
                site=cast.site,
                href="https://news.example.org/2026/bridge",
                text=text,
                name=f"Guest {at}",
                network=f"hash-of-network-{at % 2}",
            )
        ).comment
        for at, text in enumerate(texts)
    ]
    work()
    return [each.public_id for each in made]


def statuses(ids: list[str]) -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Comment.status).where(Comment.public_id.in_(ids))))


def cards(page: str) -> list[str]:
    return re.findall(r'id="c-([a-z0-9]+)"', page)


def test_it_works(mona: Staff, wave: list[str], work: Callable[[], int]) -> None:
    page = mona.page("/dashboard/")
    assert cards(page) == [wave[0]]
    assert "4 more like this · 2 networks · 5 names" in page
    answer = mona.post(
        "/dashboard/bulk?queue=pending",
        scope="all",
        beside=f"like:{wave[0]}",
        action="reject",
        reason="spam",
    )
    where = answer.headers["Location"]
    preview = mona.page(where)
    assert "Reject 5 comments" in preview and "Networks: 2." in preview
    mona.post(f"{where}/start")
    work()
    assert statuses(wave) == {"rejected"} and cards(mona.page("/dashboard/")) == []
    mona.post(f"{where}/undo")
    work()
    assert statuses(wave) == {"pending"} and cards(mona.page("/dashboard/")) == [wave[0]]


def test_its_selected_card_means_all_of_it(
    cast: Cast, mona: Staff, wave: list[str], work: Callable[[], int]
) -> None:
    """Where the queue folds it; where each of its comments has a card, each means itself."""
    single = post(cast.site, "The ferry was late again, as every Monday this year.").comment
    both = {"ticked": [f"{wave[0]}:1", f"{single.public_id}:1"], "scope": "ticked"}
    folded = both | {"folded": "1", "action": "reject", "reason": "spam"}
    assert 'name="folded"' in mona.page("/dashboard/")
    for apart in (f"?like={wave[0]}", f"?network={wave[0]}", "?queue=all"):
        assert 'name="folded"' not in mona.page(f"/dashboard/{apart}")
    answer = mona.post("/dashboard/bulk?queue=pending", **folded | {"folded": ""})
    assert "Reject 2 comments" in mona.page(answer.headers["Location"])
    answer = mona.post("/dashboard/bulk?queue=pending", **folded)
    where = answer.headers["Location"]
    assert "Reject 6 comments" in mona.page(where)
    mona.post(f"{where}/start")
    work()
    assert statuses([*wave, single.public_id]) == {"rejected"}
    mona.post(f"{where}/undo")
    work()
    assert statuses([*wave, single.public_id]) == {"pending"}


def test_all_of_it_can_be_looked_at(mona: Staff, wave: list[str]) -> None:
    page = mona.page(f"/dashboard/?like={wave[2]}")
    assert set(cards(page)) == set(wave)
    assert "Similar to the comment by: <bdi>Guest 2</bdi>" in page
    page = mona.page(f"/dashboard/?network={wave[1]}&queue=pending")
    assert set(cards(page)) == {wave[1], wave[3]}
    assert "hash-of-network" not in page


def test_a_filter_says_how_much_of_it_is_shown(
    cast: Cast, mona: Staff, wave: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deciding on the wave decides on comments, too, that the filter hides."""
    shown = "this filter shows"
    found = (
        (f"network={wave[1]}", 2, 2),
        ("q=Grandma", 1, 1),
        ("q=My", 3, 1),  # asked of each text: no index has short words
    )
    for given, count, alone in (*found, ("q=%22My+aunt%22", 1, 1), ("q=knees", 5, 1)):
        page = mona.page(f"/dashboard/?{given}")
        part = f" · {shown} {count} of 5" if count < 5 else ""
        assert f"5 names{part}" in words(page) and len(cards(page)) == alone, given
        assert (shown in page) == (count < 5)
    # all of them match; the filter asks each comment's text for its score; the wave is long
    for given in ("", "?since=2020-01-01", f"?like={wave[2]}", "?at_most=0.99"):
        page = mona.page(f"/dashboard/{given}")
        assert "4 more like this" in page and shown not in page, given
    monkeypatch.setattr(reading, "_NEWEST", 2)
    page = mona.page(f"/dashboard/?network={wave[1]}")
    assert "in the newest 2:" in page and shown not in page


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", "", page).split())


def test_with_a_filter_no_card_comes_in_place_of_another(mona: Staff, wave: list[str]) -> None:
    """The next card of a wave is one that matches the filter, too."""
    for given in ("", "q=My", f"like={wave[0]}"):
        page = mona.page(f"/dashboard/?{given}")
        [address, *_] = re.findall(r'data-like="([^"]+)"', page)
        found = cards(mona.page(address.replace("&amp;", "&")))
        assert found == (wave if given != "q=My" else [wave[0], wave[1], wave[3]]), (given, address)


def test_nothing_is_said_where_nothing_waits_beside(
    cast: Cast, mona: Staff, wave: list[str]
) -> None:
    calm = post(cast.site, "A calm word.").comment.public_id
    assert 'class="wave"' not in mona.page("/dashboard/?queue=all&network=nobody")
    assert 'class="wave"' not in mona.page(f"/dashboard/comments/{calm}")


def test_a_comment_s_own_page_says_it_too(mona: Staff, wave: list[str]) -> None:
    page = mona.page(f"/dashboard/comments/{wave[1]}")
    assert "4 more like this · 2 networks · 5 names" in page and f'value="like:{wave[1]}"' in page


@pytest.mark.parametrize("beside", ["", "like:", "like", "q:bridge", "network:nobody", "like:'"])
def test_what_means_nothing_decides_about_nothing_more(
    mona: Staff, wave: list[str], beside: str
) -> None:
    """The form without its choice would mean the whole queue."""
    answer = mona.post(
        "/dashboard/bulk?queue=pending",
        scope="all",
        beside=beside,
        action="reject",
        reason="spam",
    )
    assert "/bulk/" not in answer.headers["Location"]


def test_only_of_ones_own_sites(
    mona: Staff, sign_in: Callable[[str | None], Staff], wave: list[str]
) -> None:
    max_ = sign_in("max")
    answer = max_.post(
        "/dashboard/bulk",
        scope="all",
        beside=f"like:{wave[0]}",
        action="reject",
        reason="spam",
    )
    assert answer.status_code in (403, 404) or "/bulk/" not in answer.headers.get("Location", "")
    assert statuses(wave) == {"pending"}


def test_what_one_author_has_waiting_is_counted(
    cast: Cast, mona: Staff, work: Callable[[], int]
) -> None:
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    bot = post(cast.site, "Cheap watches, 20 % off, at the corner shop today.", name="Bot").comment
    author = accounts.by_id(bot.author_id)
    for number in range(21, 35):
        post(
            cast.site,
            f"Cheap watches, {number} % off, at the corner shop today.",
            user=author,
            href=f"https://news.example.org/2026/{number}",
        )
    work()
    page = mona.page("/dashboard/")
    assert cards(page) == [bot.public_id] and "14 more like this" in page
    assert "15 comments waiting, none published yet" in page and "first comment" not in page
