"""Sections in the dashboard: added, changed, removed; their policy as what differs from the site's."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from commentsvc.sites.queries import by_key, policy_of
from commentsvc.sites.sections.queries import sections_of
from commentsvc.threads.commands import thread_of
from tests.dashboard.test_pieces import typed
from tests.factories import post

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/sites/harbour/sections"
POLICY = "/dashboard/sites/harbour/policy"
SPORT = "https://news.example.org/sport/cup"


def plain(page: str) -> str:
    return re.sub("[\u2066-\u2069]", "", page)


def added(olga: Staff) -> None:
    answer = olga.post(PAGE, name="Sport", patterns="/sport\r\n/*/sport/*\r\n")
    assert answer.status_code == 303
    assert answer.location.endswith("/policy?section=sport")


def test_it_works(cast: Cast, olga: Staff) -> None:
    assert "Sections" in olga.page(POLICY)
    added(olga)
    page = olga.page(f"{POLICY}?section=sport")
    assert "Policy of section “Sport”" in page and 'aria-current="page"' in page
    assert 'name="accent"' not in page and 'name="token_role"' not in page
    assert 'name="comments_a_day"' not in page
    sent = {**typed(policy_of(by_key("harbour"))), "max_links": "0", "premoderate_all": "on"}
    assert olga.post(f"{POLICY}?section=sport", **sent).status_code == 303
    [section] = sections_of(by_key("harbour"))
    assert dict(section.policy) == {"max_links": 0, "premoderate_all": True}
    page = olga.page(f"{POLICY}?section=sport")
    assert "Site: 2" in page and "2 settings differ from the site" in olga.page(PAGE)
    assert policy_of(by_key("harbour")).max_links == 2
    log = olga.page("/dashboard/log?site=harbour")
    assert "Section: Sport" in plain(log) and "added a section" in log


def test_a_secured_setting_of_the_site_is_not_touched_from_a_section(
    cast: Cast, olga: Staff
) -> None:
    added(olga)
    sent = {**typed(policy_of(by_key("harbour"))), "token_role": "moderator", "max_links": "1"}
    assert olga.post(f"{POLICY}?section=sport", **sent).status_code == 303
    [section] = sections_of(by_key("harbour"))
    assert dict(section.policy) == {"max_links": 1}


def test_trying_out_is_of_the_section(cast: Cast, olga: Staff) -> None:
    added(olga)
    post(cast.site, "A walnut.", href=SPORT)
    post(cast.site, "A walnut.")
    sent = {**typed(policy_of(by_key("harbour"))), "banned_words": "walnut"}
    answer = olga.post(f"{POLICY}/replay?section=sport", **sent)
    assert "1 comment" in answer.text or "Of 1 " in answer.text, answer.text
    answer = olga.post(f"{POLICY}/text?section=sport", **sent, text="A walnut.")
    assert "It would be rejected." in answer.text
    assert re.search(r'action="[^"]*/policy\?section=sport"[^>]*id="policy"', answer.text)


def test_history_and_back(cast: Cast, olga: Staff) -> None:
    added(olga)
    sent = {**typed(policy_of(by_key("harbour"))), "max_links": "0"}
    olga.post(f"{POLICY}?section=sport", **sent)
    page = olga.page(f"{POLICY}/history?section=sport")
    assert "2 → 0" in page and "history/0?section=sport" in page
    assert "2 → 0" not in olga.page(f"{POLICY}/history")
    preview = olga.page(f"{POLICY}/history/0?section=sport")
    seen = re.search(r'name="seen" value="(\d+)"', preview)
    assert seen and "0 → 2" in preview
    answer = olga.post(f"{POLICY}/history/0?section=sport", seen=seen[1])
    assert answer.location.endswith("/policy?section=sport")
    assert sections_of(by_key("harbour"))[0].policy == {}


def test_changed_and_removed(cast: Cast, olga: Staff) -> None:
    added(olga)
    answer = olga.post(f"{PAGE}/sport", name="Sports", patterns="/sports")
    assert answer.status_code == 303
    assert sections_of(by_key("harbour"))[0].patterns == ("/sports",)
    assert "/sport, /*/sport/* → /sports" in plain(olga.page("/dashboard/log?site=harbour"))
    olga.post(f"{PAGE}/sport", name="Sports", patterns="sports?")
    again = olga.page(PAGE)
    assert "isn’t a valid address for a section" in again
    assert re.search(r">\s*sports\?\s*</textarea>", again)
    assert sections_of(by_key("harbour"))[0].patterns == ("/sports",)
    olga.post(f"{PAGE}/sport", name="Sports", patterns="", tags="Cup,  live")
    assert sections_of(by_key("harbour"))[0].tags == ("cup", "live")
    assert re.search(r'value="cup, live"', olga.page(PAGE))
    header = olga.page(f"{POLICY}?section=sport")
    assert "<bdi>cup</bdi>" in header and "Your changes apply only to:" in header
    assert "Tags" in (log := plain(olga.page("/dashboard/log?site=harbour")))
    assert "→ cup, live" in log
    olga.post(f"{PAGE}/sport", name="Sports", patterns="", tags=" , ")
    assert "Enter at least one address or tag." in olga.page(PAGE)
    assert sections_of(by_key("harbour"))[0].tags == ("cup", "live")
    assert olga.post(f"{PAGE}/sport/remove").status_code == 303
    assert sections_of(by_key("harbour")) == ()
    assert olga.get(f"{POLICY}?section=sport").status_code == 404


def test_the_tags_of_a_conversation(cast: Cast, mona: Staff) -> None:
    made = post(cast.site, "One.", tags="live, <b>").comment
    post(cast.site, "Two.", href=SPORT)
    page, thread = f"/dashboard/comments/{made.public_id}", thread_of(made).public_id
    assert 'value="live, &lt;b&gt;"' in mona.page(page)
    queue = mona.page("/dashboard/?queue=all")
    link = re.search(r'href="([^"]*tag=live[^"]*)"', queue)
    assert link and "Two." in queue
    found = mona.page(html.unescape(link[1]))
    assert "One." in found and "Two." not in found and re.search(r"Tag:?\s*</", found), found
    answer = mona.post(f"/dashboard/threads/{thread}/tags", tags="a," * 3 + "B", back=page)
    assert answer.location.endswith(page)
    assert 'value="a, b"' in mona.page(page)
    mona.post(f"/dashboard/threads/{thread}/tags", tags="c" * 51, back=page)
    assert "Enter up to 10 tags, separated by commas." in plain(mona.page(page))
    log = plain(mona.page("/dashboard/log?site=harbour"))
    assert "set a conversation’s tags" in log and "live, <b> → a, b" in html.unescape(log)
