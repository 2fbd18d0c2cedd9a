"""Narrowing the queue down: links on cards, chips, how many match, what is wrong said on the page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import bounded, queue
from commentsvc.sites.commands import set_policy, set_role
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

    SignIn = Callable[[str | None], Staff]

INSULT = "You are an idiot"
ELSEWHERE = "https://news.example.org/2026/lighthouse"


@pytest.fixture(autouse=True)
def some(cast: Cast) -> None:
    """Two held comments by Rita on two articles, three by guests on one of them."""
    set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    for href in (HREF, ELSEWHERE):
        post(cast.site, f"{INSULT}, walnut.", user=cast.rita, href=href)
    for name in ("Ben", "Kim", "Jo"):
        post(cast.site, f"{INSULT}, {name}.", name=name)


def names(page: str) -> list[str]:
    return re.findall(r'<a class="name"[^>]*><bdi>([^<]+)', page)


def link(page: str, action: str, *, nth: int = 0) -> str:
    found = re.findall(rf'<a (?:class="[^"]+" )?href="([^"]+)"[^>]*data-action="{action}"', page)
    return html.unescape(found[nth])


def matches(page: str) -> str | None:
    found = re.search(r'id="matches"[^>]*>([^<]*)<', page)
    return found[1] if found else None


def test_it_works(cast: Cast, mona: Staff) -> None:
    whole = mona.page("/dashboard/?order=newest")
    assert len(names(whole)) == 5 and matches(whole) is None
    at = names(whole).index("Rita")
    page = mona.page(link(whole, "same-author", nth=at))
    assert names(page) == ["Rita", "Rita"]
    assert matches(page) == "Matches: 2 of 5"
    assert "<span>Author: <bdi>Rita</bdi></span>" in page
    # the order stays, an article is added, one press takes all of it away
    assert "order=newest" in link(page, "clear-filter")
    page = mona.page(link(page, "same-article"))
    assert names(page) == ["Rita"] and matches(page) == "Matches: 1 of 5"
    assert "<span>Article: " in page
    assert len(names(mona.page(link(page, "clear-filter")))) == 5


def test_each_chip_goes_alone(cast: Cast, mona: Staff) -> None:
    page = mona.page("/dashboard/?q=walnut&reason=insult&label=insult&at_least=0.5&language=en")
    gone = re.findall(r'<a\s+href="([^"]+)"\s+aria-label="Remove filter ([^:]+):', page)
    assert [title for _, title in gone] == [
        "Search",
        "Why it’s here",
        "Label",
        "Minimum score",
        "Language",
    ]
    for address, title in gone:
        left = mona.page(html.unescape(address))
        titles = re.findall(r'aria-label="Remove filter ([^:]+):', left)
        assert title not in titles
        assert len(titles) == 4


def test_the_filter_stays_wherever_one_goes(cast: Cast, mona: Staff) -> None:
    author = link(mona.page("/dashboard/"), "same-author")
    page = html.unescape(mona.page(author + "&since=2020-01-01"))
    wanted = re.search(r"author=\w+", author)
    assert wanted
    tabs = re.findall(r'href="(/dashboard/\?[^"]*queue=(?:rejected|all)[^"]*)"', page)
    assert len(tabs) == 2 and all(wanted[0] in tab and "since=" in tab for tab in tabs)
    hidden = f'type="hidden" name="author" value="{wanted[0].partition("=")[2]}"'
    assert page.count(hidden) == 3  # in the search form, in the filter's and where it is saved
    assert re.search(rf'action="/dashboard/bulk\?[^"]*{wanted[0]}', page)


def test_sites(cast: Cast, sign_in: SignIn, mona: Staff) -> None:
    set_role(cast.other, cast.mona, "moderator", by=cast.max)
    post(cast.other, f"{INSULT}.", href="https://mountain.example.net/1", name="Yeti")
    whole = mona.page("/dashboard/")
    assert "Remove filter Site" not in whole
    there = re.search(r'href="([^"]*site=mountain[^"]*)"\s+title="Show only this site', whole)
    assert there
    page = mona.page(html.unescape(there[1]))
    assert names(page) == ["Yeti"]
    # the menu chooses a site, as the link does: it is no filter, and stays when one is cleared
    assert "clear-filter" not in page and "Remove filter" not in page
    page = mona.page(html.unescape(there[1]) + "&q=yeti")
    assert "Remove filter Site" not in page
    cleared = mona.page(link(page, "clear-filter"))
    assert names(cleared) == ["Yeti"] and "clear-filter" not in cleared


def test_many_are_not_counted_to_the_end(
    cast: Cast, mona: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_MATCHES", 2)
    assert matches(mona.page("/dashboard/?q=idiot")) == "Matches: 5 of 5"  # all are shown
    assert matches(mona.page("/dashboard/?q=walnut")) == "Matches: 2 of 5"
    for shown, said in ((0, "2+ of 5"), (4, "4+ of 5"), ("x", "2+ of 5")):
        counted = mona.get(f"/dashboard/live?q=idiot&matches={shown}").get_json()["matches"]
        assert counted == f"Matches: {said}"
    assert matches(mona.page("/dashboard/?q=walnut&queue=all")) == "Matches: 2 of 2+"
    monkeypatch.setattr(queue, "MOST_COUNTED", 5)
    assert matches(mona.page("/dashboard/?q=walnut")) == "Matches: 2 of 5+"
    assert '<span class="pill num" data-count="pending">5+</span>' in mona.page("/dashboard/")


def test_languages_are_chosen_by_name(cast: Cast, mona: Staff) -> None:
    """Those of the site's comments, and one that an address asks for."""
    listed = r'<select name="language">(.*?)</select>'
    page = mona.page("/dashboard/?language=de")
    found = re.search(listed, page, re.DOTALL)
    assert found is not None
    assert re.findall(r'value="(\w*)"', found[1]) == ["", "en", "de"]
    assert re.findall(r">\s*(\w+)\s*</option", found[1]) == ["Any", "English", "German"]
    assert "Language: <bdi>German</bdi>" in page
    german = mona.get("/dashboard/", headers={"Accept-Language": "de"}).text
    found = re.search(listed, german, re.DOTALL)
    assert found is not None and "Englisch" in found[1] and "Deutsch" not in found[1]


def test_the_page_asks_an_index_once(cast: Cast, mona: Staff) -> None:
    """For its cards and for how many match."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for filtered in ("q=walnut", "reason=insult"):
            mona.page(f"/dashboard/?{filtered}")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert sum("MATCH" in each for each in asked) == 1
    assert sum("DISTINCT rule_finding" in each for each in asked) == 1


def test_where_no_index_helps_some_are_looked_through(
    cast: Cast, mona: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert matches(mona.page("/dashboard/?language=en")) == "Matches: 5 of 5"
    monkeypatch.setattr(queue, "MOST_LOOKED_AT", 3)
    looked = mona.get("/dashboard/live?language=en&matches=0").get_json()["matches"]
    assert looked == "Matches: 3+ of 5"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("q=" + "+".join("abcdefghijkl"), "at most 10 words"),
        ("label=insult&at_least=7", "a number from 0 to 1"),
        ("label=nothing", "label"),
        ("since=31.12.2026", "date"),
        ("since=2026-11-02&until=2026-11-01", "The first day is after the last."),
        ("at_least=0.9&at_most=0,2", "The minimum score is above the maximum."),
    ],
)
def test_what_is_wrong_is_said_on_the_page(mona: Staff, asked: str, said: str) -> None:
    answer = mona.get(f"/dashboard/?{asked}")
    assert answer.status_code == 422
    wrong = re.search(r'id="wrong" role="alert">([^<]+)<', answer.text)
    assert wrong and said in wrong[1]
    assert 'data-action="clear-filter"' in answer.text and 'id="search"' in answer.text


def test_a_search_that_takes_too_long(mona: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.0)
    for path in ("/dashboard/", "/dashboard/people"):
        answer = mona.get(f"{path}?q=walnut")
        assert answer.status_code == 422
        assert "This search took too long. Add a word" in answer.text
        assert 'value="walnut"' in answer.text
    answer = mona.post("/dashboard/bulk?q=walnut", json=True, action="approve", scope="all")
    assert answer.status_code == 422 and answer.json
    assert answer.json["detail"].startswith("This search took too long.")
    answer = mona.get("/dashboard/live?q=walnut&matches=")
    assert answer.status_code == 200 and answer.json and answer.json["matches"] is None


def test_someone_of_another_site_has_no_name_here(cast: Cast, mona: Staff) -> None:
    stranger = post(cast.other, "Hello.", href="https://mountain.example.net/1", user=cast.max)
    page = mona.page(f"/dashboard/?author={cast.max.public_id}&thread=nothing")
    assert f"<bdi>{cast.max.name}</bdi>" not in page and names(page) == []
    assert stranger.comment.public_id not in page


def test_the_live_page_counts_again(cast: Cast, mona: Staff) -> None:
    rita = queue.page([cast.site], "pending").items
    first = next(each for each in rita if each.author.name == "Rita")
    address = f"/dashboard/live?queue=pending&author={first.author.id}"
    answer = mona.get(address).json
    assert answer and answer["matches"] is None
    decide(first.id, action="reject", reason="spam", by=cast.olga)
    answer = mona.get(address + "&matches=").json
    assert answer and answer["matches"] == "Matches: 1 of 4"
    assert answer["counts"]["rejected"] == 1
    assert answer["waiting"] == {"appeals": 0, "notices": 0, "second": 0}
