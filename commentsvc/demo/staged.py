"""The states of the box, staged: sites of the demo with some history, created through the usual
commands. They are created when the demo starts; what is missing is added when the page of states is
opened. They are examples, which the dashboard keeps apart from the newspaper."""

from __future__ import annotations

import base64
import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from ..accounts import commands as accounts
from ..accounts.models import User
from ..core import clock
from ..core.addresses import origin_of, parts_of
from ..core.db import db
from ..core.errors import NotFound
from ..moderation import commands as moderation
from ..moderation.cases import cooling
from ..moderation.cases.sanctions import sanction
from ..posting.commands import NewComment, submit
from ..settings import settings
from ..sites import commands as sites
from ..sites import own_sign_in
from ..sites.queries import by_key, origins
from ..sites.sections import commands as sections
from ..threads.commands import open_thread, set_closed
from ..threads.reactions import pages as of_pages
from . import paper, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..sites.models import Site

#: Readers stay signed in per site, so each has their own site.
OPEN, AUTHOR, WARNED, SUSPENDED, BANNED = (
    f"{paper.SITE_KEY}-{name}" for name in ("states", "author", "warned", "suspended", "banned")
)
_POLICY: dict[str, Any] = {
    "slow_seconds": 0,
    "undo_seconds": 0,
    "links": "hold",
    "banned_words": ["miracle cure"],
}
_READERS = {
    AUTHOR: "Wilma Osei",
    WARNED: "Anton Reuter",
    SUSPENDED: "Sadia Karim",
    BANNED: "Rufus Blunt",
}
_ONE = {
    "one": (
        "Petra",
        "I was on the first boat at 23:55. Forty people, two bicycles and a cello. It left on the minute.",
    ),
    "one-rtl": (
        "ليلى",
        "كنت على متن أول قارب في الساعة 23:55. أربعون راكبًا ودراجتان وآلة تشيلو، وانطلق في موعده تمامًا.",
    ),
}
_SAID = (
    "The fare is fair, I think. But please put the figures online, as the board promised in May."
)
_LINKED = (
    "Three reports that say the same thing: https://example.org/a https://example.net/b "
    "https://example.com/c – worth an evening."
)
_SOLD = "My uncle sells a miracle cure for seasickness. Ask for the green bottle at the kiosk."
_RUDE = (
    "Whoever designed the new timetable should go back to school, and take the whole board along."
)
_REACTED = {"love": 6, "like": 14, "wow": 1, "sad": 2}
_LOCK = Lock()


def ready() -> None:
    """Stage what is missing. Of concurrent requests, only one does it."""
    with _LOCK:
        for key, stage in STAGES.items():
            try:
                by_key(key)
            except NotFound:
                stage(key)


def move_to(before: str, base: str) -> None:
    """Move the articles along when the demo runs at another port than last time."""
    for key in STAGES:
        with suppress(NotFound):
            seed.move_to(by_key(key), before, base)


def list_origins() -> None:
    """Mark the sites as examples, and let each list only the demo's address. Pages elsewhere on this
    machine that name no site belong to the newspaper, the only one that may list them."""
    for key in STAGES:
        with suppress(NotFound):
            site = by_key(key)
            if origins(site) != _origins():
                sites.set_origins(site, _origins())
            if not site.example:  # staged by an older demo
                sites.set_example(site)


def token(key: str) -> str:
    """A token from the site's own sign-in for its reader, valid for ten minutes; "" if
    nobody signs in."""
    if key not in _READERS:
        return ""
    now = int(clock.now().timestamp())
    user = {"id": key, "username": _READERS[key]}
    said = {"aud": key, "iat": now, "exp": now + 600, "user": user}
    start = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(said)}"
    secret = by_key(key).secrets[0].encode()
    signature = hmac.new(secret, start.encode(), hashlib.sha256).digest()
    return f"{start}.{_encoded(signature)}"


def address(name: str) -> str:
    """The article on which a state is staged."""
    return f"{settings().public_url}/demo/states/{name}"


def _part(said: Any) -> str:
    return _encoded(orjson.dumps(said))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _origins() -> list[str]:
    return [origin_of(settings().public_url)]


def _site(key: str, policy: dict[str, Any] | None = None) -> Site:
    made = sites.add_site(
        key=key,
        name=f"{paper.SITE_NAME} ({key.removeprefix(f'{paper.SITE_KEY}-')})",
        origins=_origins(),
        owner=_staff(seed.OWNER),
        policy={**_POLICY, **(policy or {})},
    )
    sites.set_example(made)
    sites.set_role(made, _staff(seed.MODERATOR), "moderator", by=_staff(seed.OWNER))
    return made


def _staff(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def _say(site: Site, name: str, text: str, *, by: User) -> str:
    """Post a comment on the article of a state; returns its ID."""
    new = NewComment(site=site, href=address(name), title=_title(name), text=text, user=by)
    return submit(new).comment.public_id


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _guest(name: str) -> User:
    return accounts.make_guest(name)[0]


def _open(key: str) -> None:
    """Conversations that look the same to everybody."""
    site, owner, moderator = _site(key), _staff(seed.OWNER), _staff(seed.MODERATOR)
    for name, (who, text) in _ONE.items():
        _say(site, name, text, by=_guest(who))
    for name in ("closed", "hours", "slow", "reacted", "offline", "lost"):
        _say(site, name, _SAID, by=_guest("T. Penrose"))
    set_closed(open_thread(site, address("closed")), True, by=moderator)
    cooling.slow_down(open_thread(site, address("slow")), 90, by=moderator)
    tomorrow = (clock.now().weekday() + 1) % 7 + 1
    shut = {"open_hours": [f"{tomorrow} 8:00-22:00"], "outside_hours": "close"}
    _section(site, "hours", shut, by=owner)
    _section(site, "reacted", {"page_reactions": True}, by=owner)
    reacted = open_thread(site, address("reacted"))
    for kind, people in _REACTED.items():
        for _ in range(people):
            of_pages.react(reacted, _guest("Reader"), kind)


def _section(site: Site, name: str, policy: dict[str, Any], *, by: User) -> None:
    """Settings for the article of one state."""
    path = parts_of(address(name)).path
    sections.add_section(site, name=_title(name), patterns=[path], by=by, code=name)
    sections.set_section_policy(site, name, policy, by=by)


def _author(key: str) -> None:
    """Comments that only their author sees, and why."""
    site = _site(key)
    me = own_sign_in.sign_in(site, token(key))
    for name in ("waiting", "rejected"):
        _say(site, name, _SAID, by=_guest("T. Penrose"))
    _say(site, "waiting", _LINKED, by=me)
    _say(site, "rejected", _SOLD, by=me)
    refused = _say(site, "rejected", _RUDE, by=me)
    moderation.decide(refused, action="reject", reason="offensive", by=_staff(seed.MODERATOR))


def _sanctioned(kind: str, message: str) -> Callable[[str], None]:
    def stage(key: str) -> None:
        site, name = _site(key), key.removeprefix(f"{paper.SITE_KEY}-")
        me = own_sign_in.sign_in(site, token(key))
        _say(site, name, _SAID, by=_guest("T. Penrose"))
        _say(site, name, _RUDE, by=me)
        until = clock.now() + timedelta(days=7) if kind == "suspend" else None
        moderator = _staff(seed.MODERATOR)
        sanction(site, me, kind, by=moderator, reason="offensive", message=message, until=until)

    return stage


STAGES: dict[str, Callable[[str], None]] = {
    OPEN: _open,
    AUTHOR: _author,
    WARNED: _sanctioned("warn", "Please argue about the timetable, not about people."),
    SUSPENDED: _sanctioned("suspend", "This is the third time this month."),
    BANNED: _sanctioned("ban", "You were asked twice to stop, and knew what would follow."),
}
