"""People from elsewhere: each is one person here, identified by the source and their ID there.

Never by email address: anybody could write one into a file. The site's key is part of the identity,
so that a file for one site cannot reach the people of another.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select, tuple_

from ...accounts.models import Identity, User
from ...accounts.names import name_from_elsewhere
from ...core import clock
from ...core.db import db
from ...core.errors import Invalid
from ...core.rows import insert_each, next_ids
from ...core.typed import clean_name
from ...sites.commands import ROLES
from ...sites.models import Membership, Site
from ...threads.models import Comment
from ..records import OWN, AuthorRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

_FALLBACK = {"facebook": "Facebook user", "disqus": "Disqus user"}
#: Formats whose people are known under another's name, as the comments of all three once were.
_SHARED = {"valine": "artalk", "waline": "artalk"}
_ID = frozenset("23456789bcdfghjkmnpqrstvwxz")

Known = tuple[str, str]  # provider, subject


def known_as(site: Site, source: str, author: AuthorRecord, thread: str) -> Known:
    """The identity of a record's author here: by ID, else by name and address, else, for a bare
    name, within one conversation (two people called Anna need not be the same)."""
    provider = f"{_SHARED.get(source, source)[:18]}@{site.key}"
    if author.source_id:
        return provider, author.source_id
    if author.email:
        return provider, _digest("who", author.name or "", author.email)
    return provider, _digest("name", author.name or "", thread)


def _digest(*parts: str) -> str:
    return f"{parts[0]}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:40]}"


class People:
    """The people of one import. IDs found or created are cached, a batch at a time."""

    def __init__(self, site: Site, *, trusted: bool) -> None:
        self._site, self._trusted = site, trusted
        self._ids: dict[Known, int] = {}
        self._roles: list[
            tuple[int, str]
        ] = []  # membership, who set it: may come later in the file
        self._planned: set[Known] = set()
        self.made = 0
        self.fresh: list[int] = []  # rows created in the current unit

    def forget(self, *, above: int = 50_000) -> None:
        """Clear the cache, so that a file of any size takes little memory; `above=0` always clears
        it, after a unit that was rolled back."""
        if len(self._ids) > above:
            self._ids.clear()

    def find(self, wanted: Collection[Known]) -> dict[Known, int]:
        """Row IDs of those who are here."""
        missing = sorted(set(wanted) - self._ids.keys())
        for start in range(0, len(missing), 400):
            some = missing[start : start + 400]
            rows = db.session.execute(
                select(Identity.provider, Identity.subject, Identity.user_id).where(
                    tuple_(Identity.provider, Identity.subject).in_(some)
                )
            )
            for provider, subject, user_id in rows:
                self._ids[provider, subject] = user_id
            self._ids.update(self._natives(set(some) - self._ids.keys()))
        return {each: self._ids[each] for each in wanted if each in self._ids}

    def own(self, ids: Iterable[str]) -> dict[str, int]:
        """Row IDs of people, by their ID in our own export."""
        names = {each: (f"{OWN}@{self._site.key}", each) for each in ids}
        found = self.find(names.values())
        return {each: found[key] for each, key in names.items() if key in found}

    def _natives(self, missing: set[Known]) -> dict[Known, int]:
        """People of our own export who already wrote, or have a role, on this very site.

        Only the operator may let a file act for accounts that people sign in to.
        """
        own = f"{OWN}@{self._site.key}"
        names = [subject for provider, subject in missing if provider == own]
        if not names or not self._trusted:
            return {}
        here = or_(
            exists().where(Comment.author_id == User.id, Comment.site_id == self._site.id),
            exists().where(Membership.user_id == User.id, Membership.site_id == self._site.id),
        )
        rows = db.session.execute(
            select(User.public_id, User.id).where(User.public_id.in_(names), here)
        )
        return {(own, public_id): user_id for public_id, user_id in rows}

    def plan(self, wanted: Mapping[Known, AuthorRecord]) -> None:
        """Count the people that `make` would create, in a dry run."""
        new = wanted.keys() - self.find(wanted).keys() - self._planned
        self._planned |= new
        self.made += len(new)

    def make(self, wanted: Mapping[Known, AuthorRecord]) -> dict[Known, int]:
        """Row IDs of all of them; creates those who are not here yet. Inside a unit."""
        found = self.find(wanted)
        new = {key: record for key, record in wanted.items() if key not in found}
        free = self._free([key[1] for key in new if key[0].startswith(f"{OWN}@")])
        made = dict(zip(new, next_ids(User, len(new)), strict=True))
        users = [{"id": made[key], **_user(key, record)} for key, record in new.items()]
        for user, key in zip(users, new, strict=True):
            if key[1] in free:
                user["public_id"] = key[1]
        insert_each(User, users)
        insert_each(
            Identity,
            [
                {"user_id": user_id, "provider": key[0], "subject": key[1]}
                for key, user_id in made.items()
            ],
        )
        self.made += len(made)
        self.fresh += made.values()
        self._ids.update(made)
        return found | made

    def _free(self, names: Sequence[str]) -> set[str]:
        """IDs of our own export that nobody has here: their addresses keep working."""
        fitting = {each for each in names if is_public_id(each)}
        taken = db.session.scalars(select(User.public_id).where(User.public_id.in_(fitting)))
        return fitting - set(taken)

    # --- only in our own exports ------------------------------------------------------------------

    def bring(self, records: Sequence[AuthorRecord]) -> int:
        """Import people of our own export with all their data. Returns how many roles were unknown.
        Inside a unit."""
        named = [each for each in records if each.source_id]
        keys = {self._own(each): each for each in named}
        self._recognise(keys)
        before = self.made
        ids = self.make(keys)
        if self.made > before:
            self._know(keys, ids)
        return self._give_roles(keys, ids)

    def _own(self, record: AuthorRecord) -> Known:
        return f"{OWN}@{self._site.key}", record.source_id or ""

    def _provider(self, name: str) -> Known | None:
        """The identity here for "disqus:5" or "site:5": always of this site, whatever
        the file says."""
        provider, _, subject = name.partition(":")
        if not provider or not subject or provider == OWN:
            return None
        key = self._site.key
        return (f"site:{key}" if provider == "site" else f"{provider[:18]}@{key}"), subject[:250]

    def _recognise(self, keys: Mapping[Known, AuthorRecord]) -> None:
        """Find those who are here under another identity: from an earlier import, or the
        site's sign-in."""
        others = {
            found: key
            for key, record in keys.items()
            for name in record.identities
            if (found := self._provider(name)) is not None
        }
        known = self.find([*keys, *others])
        new: dict[Known, int] = {}
        for other, key in others.items():
            if other in known and key not in known:
                new.setdefault(key, known[other])
        db.session.add_all(
            Identity(user_id=user_id, provider=key[0], subject=key[1])
            for key, user_id in new.items()
        )
        db.session.flush()
        self._ids.update(new)

    def _know(self, keys: Mapping[Known, AuthorRecord], ids: Mapping[Known, int]) -> None:
        """Store the other identities of these people."""
        wanted = {
            found: ids[key]
            for key, record in keys.items()
            for name in record.identities
            if (found := self._provider(name)) is not None
        }
        here = self.find(wanted)
        db.session.add_all(
            Identity(user_id=user_id, provider=key[0], subject=key[1])
            for key, user_id in wanted.items()
            if key not in here
        )
        db.session.flush()

    def _give_roles(self, keys: Mapping[Known, AuthorRecord], ids: Mapping[Known, int]) -> int:
        """Give roles to those who have none here yet. Returns how many roles were unknown."""
        given = {ids[key]: record for key, record in keys.items() if record.role}
        have = set(
            db.session.scalars(
                select(Membership.user_id).where(
                    Membership.site_id == self._site.id, Membership.user_id.in_(given)
                )
            )
        )
        unknown = 0
        for user_id, record in given.items():
            if record.role not in ROLES:
                unknown += 1
            elif user_id not in have:
                self._add_role(user_id, record)
        return unknown

    def _add_role(self, user_id: int, record: AuthorRecord) -> None:
        row = Membership(
            site_id=self._site.id,
            user_id=user_id,
            role=record.role,
            until=record.until,
            message=_cut(record.message, 1000),
            note=_cut(record.note, 1000),
            set_at=record.set_at or clock.now(),
            earned=_earned(record),
        )
        db.session.add(row)
        db.session.flush()
        if record.set_by:
            self._roles.append((row.id, record.set_by))

    def finish(self) -> None:
        """Set who gave the roles, now that everybody is here. Inside a unit."""
        ids = self.own(name for _, name in self._roles)
        for row_id, name in self._roles:
            db.session.get_one(Membership, row_id).set_by_id = ids.get(name)
        self._roles.clear()


def _user(key: Known, record: AuthorRecord) -> dict[str, Any]:
    fallback = _FALLBACK.get(key[0].partition("@")[0], "Guest")
    name = record.name or ""
    erased = record.erased_at is not None
    return {
        "kind": "member" if record.member else "guest",
        "name": "[deleted]" if erased else _name(name, fallback),
        "email": None if erased else _cut(record.email, 254),
        "locale": None if erased else _cut(record.locale, 16),
        "settings": {},
        "created_at": _moment(record.created_at),
        "erased_at": record.erased_at,
    }


def _name(given: str, fallback: str) -> str:
    try:
        return clean_name(given)  # names from our own exports stay exactly the same
    except Invalid:
        return name_from_elsewhere(given, fallback)


def _moment(given: datetime | None) -> datetime:
    return given or clock.now()


def is_public_id(name: str) -> bool:
    """Whether an ID in our own export has the form that this software generates."""
    return len(name) == 13 and _ID.issuperset(name)


def _earned(record: AuthorRecord) -> dict[str, int] | None:
    """The facts by which the service trusted them there, if it did and they have our shape."""
    said = record.earned or {}
    facts = {name: said.get(name) for name in ("approved", "days")}
    if record.role != "trusted" or not all(isinstance(each, int) for each in facts.values()):
        return None
    return {name: int(value or 0) for name, value in facts.items()}


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None
