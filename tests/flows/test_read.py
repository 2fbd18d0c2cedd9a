"""A reader reads: page by page without scripts, by the API, in a feed; and nothing that is not public."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.posting.commands import withdraw
from tests.factories import HREF, post
from tests.web.asking import HOST, NEWS, api_key, browser, settle

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

SECRET = "nobody but staff may read this"


def conversation(cast: Cast) -> list[str]:
    """What readers see, the newest first; and beside it one of each kind that they do not."""
    first = post(cast.site, "Question number 0?", name="Edda").comment.public_id
    for number in range(5):
        post(cast.site, f"Answer number {number}.", name=f"A{number}", parent=first)
    shown = ["Question number 0?"]
    for number in range(1, 27):
        shown.insert(0, f"Thought number {number}.")
        post(cast.site, shown[0], name=f"Reader {number}")
    post(cast.site, f"You idiot, {SECRET}.", name="Held")
    withdraw(post(cast.site, SECRET, user=cast.rita).comment.public_id, user=cast.rita)
    post(cast.other, SECRET, href="https://mountain.example.net/a")
    return shown


def thoughts(page: str) -> list[str]:
    return re.findall(r"(?:Thought|Question) number \d+[.?]", page)


def test_it_works(app: Flask, cast: Cast) -> None:
    shown, reader = conversation(cast), browser(app)
    query = {"site": "harbour", "href": HREF, "sort": "newest"}
    answer = reader.get("/embed/thread", query_string=query)
    seen: list[str] = []
    while True:
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert SECRET not in answer.text
        seen += thoughts(answer.text)
        more = re.search(r'href="([^"]+)" data-action="more"', answer.text)
        if more is None:
            break
        answer = reader.get(unescape(more[1]))
    assert seen == shown


def test_programs_read_the_same(app: Flask, cast: Cast) -> None:
    shown, reader = conversation(cast), browser(app)
    found = reader.get("/api/v1/threads", query_string={"site": "harbour", "href": HREF}).json
    path = f"/api/v1/threads/{found['id']}/comments"
    seen, after = [], None
    while True:
        page = reader.get(path, query_string={"sort": "newest", "limit": 10, "after": after}).json
        seen += [each["text"] for each in page["items"]]
        assert SECRET not in str(page)
        after = page["next"]
        if not after:
            break
    assert seen == shown
    counts = reader.get("/api/v1/counts", query_string={"site": "harbour", "href": HREF}).json
    assert counts == {"counts": {HREF: len(shown) + 5}} and found["comment_count"] == len(shown) + 5
    feed = reader.get(f"/feeds/threads/{found['id']}.atom", base_url=HOST)
    assert "Thought number 26." in feed.text and SECRET not in feed.text


def test_a_link_leads_to_one_answer_among_many(app: Flask, cast: Cast) -> None:
    conversation(cast)
    reader = browser(app)
    page = reader.get("/embed/thread", query_string={"site": "harbour", "href": HREF}).text
    links = re.findall(rf'class="at" href="({re.escape(NEWS)}[^"]+)"', page)
    name = links[0].partition("#commentsvc=")[2]
    query = {"site": "harbour", "href": HREF, "comment": name}
    linked = reader.get("/embed/thread", query_string=query).text
    assert f'data-comment="{name}"' in linked
    nowhere = {**query, "comment": "1_nothing"}
    assert reader.get("/embed/thread", query_string=nowhere).status_code == 200


def test_what_comes_and_goes_is_seen_on_the_next_look(app: Flask, cast: Cast) -> None:
    reader, mona = browser(app), api_key(cast.mona, "moderate", "read", site=cast.site)
    query = {"site": "harbour", "href": HREF}

    def look() -> str:
        settle()
        return str(reader.get("/embed/thread", query_string=query).text)

    assert "Thought" not in look()
    sent = {**query, "text": "Thought number 1.", "name": "Ann"}
    made = reader.post("/api/v1/comments", json=sent).json
    assert thoughts(look()) == ["Thought number 1."]
    queue = reader.get("/api/v1/queue?site=harbour&queue=all", headers=mona).json
    (card,) = queue["items"]
    decided = {"action": "reject", "reason": "spam", "seen_version": card["version"]}
    path = f"/api/v1/comments/{made['id']}/decisions"
    decision = reader.post(path, json=decided, headers=mona).json
    assert thoughts(look()) == []
    reader.post(f"/api/v1/decisions/{decision['id']}/undo", headers=mona)
    assert thoughts(look()) == ["Thought number 1."]


def test_an_old_conversation_is_read_and_not_written(app: Flask, cast: Cast) -> None:
    with clock.frozen(clock.now()):
        conversation(cast)
        reader, mona = browser(app), api_key(cast.mona, "moderate", site=cast.site)
        query = {"site": "harbour", "href": HREF}
        thread = reader.get("/api/v1/threads", query_string=query).json["id"]
        closed = reader.patch(f"/api/v1/threads/{thread}", json={"closed": True}, headers=mona)
        assert closed.status_code == 200, closed.text
        sent = reader.post("/api/v1/comments", json={**query, "text": "Late.", "name": "Ann"})
        assert sent.status_code in (403, 409)
        settle()
        page = reader.get("/embed/thread", query_string=query)
        assert "number" in page.text and "Late." not in page.text
