"""The log holds everything that staff do, not decisions alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import acts, keys
from commentsvc.accounts.acts import GROUPS
from commentsvc.core import clock
from commentsvc.core.db import unit_of_work
from commentsvc.core.locale import has
from commentsvc.moderation import commands
from commentsvc.moderation.cases import cooling, networks, sanctions
from commentsvc.moderation.desk import log
from commentsvc.moderation.sharing import filters as saving
from commentsvc.notifications import webhooks
from commentsvc.sites import commands as sites
from commentsvc.sites import judges
from commentsvc.threads import commands as threads
from commentsvc.threads import merging
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

LATER = timedelta(days=3)


def _sanction(cast: Cast) -> None:
    until = clock.now() + LATER
    sanctions.sanction(
        cast.site, cast.rita, "suspend", by=cast.mona, reason="off_topic", until=until
    )


def _network(cast: Cast) -> None:
    made = post(cast.site, "Hello.").comment
    networks.block(made, until=clock.now() + LATER, reason="spam", by=cast.mona)


def _merge(cast: Cast) -> None:
    post(cast.site, "Here.")
    post(cast.site, "There.", href=f"{HREF}/other")
    one, other = (
        threads.find_thread(cast.site, HREF),
        threads.find_thread(cast.site, f"{HREF}/other"),
    )
    assert one and other
    merging.merge(one, other, by=cast.olga)


def _closed(cast: Cast) -> None:
    threads.set_closed(threads.open_thread(cast.site, HREF, title="The bridge"), True, by=cast.mona)


def _slow(cast: Cast) -> None:
    cooling.slow_down(threads.open_thread(cast.site, HREF, title="The bridge"), 60, by=cast.mona)


def _share_a_filter(cast: Cast) -> None:
    what = saving.Narrowed("pending", "urgent", {"q": "walnut"})
    saving.save("Walnuts", what, site=cast.site, shared=True, by=cast.mona)


DONE: dict[str, tuple[Callable[[Cast], Any], str, tuple[str, ...]]] = {
    "sanction": (_sanction, "sanctions", ("Mona", "suspended", "Rita", "Off topic", "through ")),
    "network": (_network, "sanctions", ("Mona", "blocked a network", "Spam")),
    "role": (
        lambda cast: sites.set_role(cast.site, cast.rita, "moderator", by=cast.olga),
        "roles",
        ("Olga", "changed a role", "Rita", "reader → moderator"),
    ),
    "policy": (
        lambda cast: sites.set_policy(cast.site, {"max_links": 7}, by=cast.olga),
        "settings",
        ("Olga", "changed the policy", "→ 7"),
    ),
    "site": (
        lambda cast: sites.change_site(
            cast.site, name="New name", origins=["https://x.example"], app_ids=[], by=cast.olga
        ),
        "settings",
        ("Olga", "changed the site", "→ New name", "https://x.example"),
    ),
    "secret": (
        lambda cast: sites.rotate_secret(cast.site, by=cast.olga),
        "access",
        ("Olga", "created a signing secret"),
    ),
    "key": (
        lambda cast: keys.add_key(
            label="Coral", scopes=["analyze"], site_id=cast.site.id, by=cast.olga
        ),
        "access",
        ("Olga", "created an API key", "Coral", "score texts"),
    ),
    "webhook": (
        lambda cast: webhooks.subscribe(
            cast.site, "https://hooks.example/a?key=s3cret", events=["comment.held"], by=cast.olga
        ),
        "access",
        ("Olga", "added a webhook", "hooks.example"),
    ),
    "judge": (
        lambda cast: judges.set_judge(
            cast.site, "https://judge.example/?key=s3cret", ms=400, failure="hold", by=cast.olga
        ),
        "access",
        ("Olga", "set up the site’s own moderation service", "judge.example"),
    ),
    "merge": (_merge, "conversations", ("Olga", "merged conversations", "/other")),
    "closed": (_closed, "conversations", ("Mona", "closed a conversation", "The bridge")),
    "filter": (
        _share_a_filter,
        "work",
        ("Mona", "shared a filter", "Walnuts"),
    ),
    "slow": (_slow, "conversations", ("Mona", "turned slow mode on", "60 seconds")),
}


@pytest.mark.parametrize("what", DONE)
def test_it_is_in_the_log_and_under_its_group_alone(cast: Cast, mona: Staff, what: str) -> None:
    act, group, words = DONE[what]
    act(cast)
    page = mona.page(f"/dashboard/log?action={group}")
    for each in words:
        assert each in page, each
    assert "s3cret" not in page
    for other in set(GROUPS) - {group}:
        assert words[1] not in _rows_of(mona.page(f"/dashboard/log?action={other}"))
    assert words[1] not in _rows_of(mona.page("/dashboard/log?by=rules"))
    assert words[1] in _rows_of(mona.page("/dashboard/log?by=people"))


def _rows_of(page: str) -> str:
    return page.partition("<tbody>")[2]


def test_every_kind_has_its_words_and_one_group() -> None:
    grouped = [each for kinds in GROUPS.values() for each in kinds]
    assert sorted(grouped) == sorted(acts.KINDS)
    assert len(set(grouped)) == len(grouped)
    assert all(has(f"dashboard.did.{each}") for each in acts.KINDS)


def test_what_changes_nothing_is_not_in_it(cast: Cast) -> None:
    before = len(log.entries([cast.site]).items)
    sites.set_policy(cast.site, {"max_links": 2}, by=cast.olga)
    sites.set_role(cast.site, cast.mona, "moderator", by=cast.olga)
    threads.set_closed(threads.open_thread(cast.site, HREF), False, by=cast.mona)
    assert len(log.entries([cast.site]).items) == before


def test_an_act_that_fails_is_not_in_it(cast: Cast) -> None:
    before = len(log.entries([cast.site]).items)
    with pytest.raises(RuntimeError), unit_of_work():
        sites.set_policy(cast.site, {"max_links": 7}, by=cast.olga)
        raise RuntimeError
    assert len(log.entries([cast.site]).items) == before


def test_pages_hold_each_row_once_whatever_its_moment(cast: Cast) -> None:
    made = post(cast.site, "Back and forth.").comment
    with clock.frozen(clock.now()):
        for number in range(12):
            action = "unpin" if number % 2 else "pin"
            commands.decide(made.public_id, action=action, by=cast.mona)
            sites.set_policy(cast.site, {"max_links": 10 + number}, by=cast.olga)
    whole = [_key(each) for each in log.entries([cast.site], limit=500).items]
    assert len(whole) == len(set(whole)) >= 24
    for size in (1, 2, 5, 7):
        found, after = [], None
        while True:
            page = log.entries([cast.site], after=after, limit=size)
            found += [_key(each) for each in page.items]
            if (after := page.next) is None:
                break
        assert found == whole, size


def _key(row: Any) -> tuple[str, int]:
    return type(row).__name__, row.row_id


def test_a_reason_finds_sanctions_too(cast: Cast, mona: Staff) -> None:
    _sanction(cast)
    assert "suspended" in _rows_of(mona.page("/dashboard/log?reason=off_topic"))
    assert "suspended" not in _rows_of(mona.page("/dashboard/log?reason=spam"))


def test_days_are_whole_days(cast: Cast, mona: Staff) -> None:
    sites.rotate_secret(cast.site, by=cast.olga)
    today, words = clock.now().date(), "created a signing secret"
    for query, there in (
        (f"since={today}", True),
        (f"until={today}", True),
        (f"since={today + timedelta(days=1)}", False),
        (f"until={today - timedelta(days=1)}", False),
    ):
        assert (words in _rows_of(mona.page(f"/dashboard/log?{query}"))) == there, query
    answer = mona.get("/dashboard/log?since=31.12.")
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    turned = mona.get("/dashboard/log?since=2026-11-02&until=2026-11-01")
    assert turned.status_code == 422 and "The first day is after the last." in turned.text
    assert mona.get("/dashboard/log?since=2026-11-01&until=2026-11-01").status_code == 200


def test_the_file_holds_all_that_is_asked_for(cast: Cast, mona: Staff) -> None:
    made = post(cast.site, "=HYPERLINK(1)", name="Kim").comment
    for number in range(60):
        action = "unpin" if number % 2 else "pin"
        commands.decide(made.public_id, action=action, by=cast.mona)
    sites.set_role(cast.site, cast.rita, "trusted", by=cast.olga)
    answer = mona.get("/dashboard/log.csv?by=people")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["what"] for row in rows].count("pin") == 30
    assert rows[0]["what"] == "role" and rows[0]["details"] == "reader → trusted"
    assert rows[0]["person"] == "Rita"
    assert rows[1]["text"].startswith("'=")
    others = mona.get(f"/dashboard/log.csv?by={cast.olga.public_id}").text
    assert "role" in others and "pin" not in others


def test_others_do_not_read_it(
    cast: Cast, app: Flask, sign_in: Callable[[str | None], Staff]
) -> None:
    sites.set_policy(cast.site, {"max_links": 7}, by=cast.olga)
    assert "Olga" not in sign_in("max").get("/dashboard/log.csv").text
    assert sign_in("rita").get("/dashboard/log.csv").status_code == 403


def test_a_name_in_the_other_direction_turns_nothing_around(cast: Cast, olga: Staff) -> None:
    sites.change_site(
        cast.site, name="الميناء (2)", origins=["https://x.example"], app_ids=[], by=cast.olga
    )
    shown = olga.page("/dashboard/log?action=did.site")
    assert "The Harbour Post → \u2068الميناء (2)\u2069" in shown
    assert "→ الميناء (2)" in olga.get("/dashboard/log.csv?action=did.site").text
