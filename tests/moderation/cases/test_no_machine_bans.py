"""No machine restricts a person: rules, filters, judges and jobs hold and reject texts, and that is all."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, get_args

from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.moderation import commands as moderation
from commentsvc.moderation.cases import bulk, cooling, networks, sanctions, sweeping
from commentsvc.moderation.cases.models import NetworkBlock, Sanction
from commentsvc.moderation.waves import gathering
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Membership
from commentsvc.sites.policy import TokenRole
from commentsvc.sites.queries import role_of
from commentsvc.threads.models import Comment
from tests import laws
from tests.factories import post
from tests.laws import agree, modules
from tests.posting.test_own_judge import Judge, appoint, own

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

__all__ = ["own"]

#: Every door to a restriction.
DOORS = (
    sanctions.sanction,
    networks.block,
    sweeping.send_away,
    sweeping.sanction_shortly,
    sweeping.undo_sanction,
    bulk.start,
)


#: What may touch a door -> which person is behind it.
MAY_RESTRICT = {
    "cli/people.py": "whoever runs the server, by a command",
    "dashboard/cases/networks.py": "a moderator's form",
    "dashboard/cases/sanctions.py": "a moderator's form",
    "demo/seed.py": "people of a fictional newspaper",
    "demo/staged.py": "a fictional moderator, so that the page of states shows what it looks like",
    "moderation/cases/bulk.py": "carries out, or undoes, what a moderator has asked for",
    "moderation/cases/earning.py": "trusts, and takes that back: never less than a reader",
    "moderation/cases/networks.py": "the door",
    "moderation/cases/roles.py": "an owner's form; it gives no restriction, and lifts one",
    "moderation/cases/sanction_appeals.py": "lifts what a person's appeal was granted against",
    "moderation/cases/sanctions.py": "the door",
    "moderation/cases/standing.py": "puts back what was before a sanction",
    "moderation/cases/sweeping.py": "a moderator's sanction with what is rejected for it",
    "posting/leaving.py": "an account that is deleted has no role any more",
    "sites/commands.py": "the door to roles, and a new site's owner",
    "sites/inviting.py": "an invitation that a person has accepted",
    "sites/own_sign_in.py": "a token of the site's own sign-in: none, trusted or moderator",
}


def restrictions() -> tuple[int, ...]:
    banned = select(func.count()).where(Membership.role.in_(("banned", "premoderated")))
    counts = (select(func.count()).select_from(each) for each in (Sanction, NetworkBlock))
    return tuple(db.session.scalar(each) or 0 for each in (*counts, banned))


def test_it_works(cast: Cast, own: Judge, work: Callable[[], int]) -> None:
    """Whatever a machine can say against texts is said of forty of one person's."""
    sites.set_policy(
        cast.site,
        {
            "slow_seconds": 0,
            "reject_at": {"toxicity": 0.9},
            "banned_words": ["casino"],
            "flags_to_hold": 1,
            "heat_comments": 5,
            "heat_reports": 1,
            "heat_slow_seconds": 60,
            "trust_after": 1,
        },
        by=cast.olga,
    )
    before = restrictions()
    shown = post(cast.site, "The ferry was late.", user=cast.rita).comment
    appoint(cast, own)
    own.says({"status": "REJECTED", "reasons": ["ban this person"]})
    texts = ("You idiot, I kill you.", "The best casino, http://a.example http://b.example.")
    posted = [
        post(cast.site, f"{texts[n % 2]} {n}", user=cast.rita, href=f"https://news.example.org/{n}")
        for n in range(40)
    ]
    assert {each.comment.status for each in posted} == {"rejected"}
    moderation.flag(shown.public_id, user=cast.max, reason="illegal", network="net-2")
    while work():
        pass
    cooling._take_temperatures()
    gathering.gather_waves()
    while work():
        pass
    assert restrictions() == before
    written = select(func.count()).where(Comment.author_id == cast.rita.id)
    assert db.session.scalar(written) == len(posted) + 1
    assert role_of(cast.rita, cast.site) == "reader"


def test_only_these_restrict() -> None:
    agree(
        "No machine restricts a person. Only what a person is behind may (MAY_RESTRICT):",
        found=[name for name, tree in modules() if laws.restricts(tree)],
        listed=MAY_RESTRICT,
    )
    assert set(get_args(TokenRole)) == {"none", "trusted", "moderator"}


def test_every_door_needs_a_person() -> None:
    for door in DOORS:
        by = inspect.signature(door).parameters["by"]
        assert by.annotation == "User" and by.default is inspect.Parameter.empty, door
