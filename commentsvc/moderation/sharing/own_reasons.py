"""A site's own reasons beside the built-in ones: owners add, change, order and retire them."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ...accounts.acts import record
from ...core import clock
from ...core.addresses import web_address
from ...core.db import db, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.ids import new_id
from ...core.shown import one_line
from ...core.typed import BLANK, is_visible, tidy
from ...sites.models import Site
from ...sites.queries import require
from ..judging.own import PREFIX, forget
from ..taxonomy import BY_CODE, NOT_SPECIFIED_NOTICE, NOT_SPECIFIED_ORDER, OTHER_TERMS
from .models import OwnReason
from .worded import check, default_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...accounts.models import User

LONGEST_TITLE = 60
LONGEST_HINT = 500
LONGEST_RULE = 200
MOST = 30  # active reasons per site
#: The categories for a reason, the default first.
CATEGORIES = tuple(
    sorted(
        BY_CODE.keys() - {NOT_SPECIFIED_ORDER, NOT_SPECIFIED_NOTICE},
        key=lambda code: (code != OTHER_TERMS, BY_CODE[code].label),
    )
)


@dataclass(frozen=True)
class Wording:
    """An owner's words for a reason. `titles`, `hints`: language -> text; `rule`: name, address."""

    titles: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)
    category: str = OTHER_TERMS
    rule: str = ""


def add(site: Site, said: Wording, *, by: User) -> OwnReason:
    """Add a reason at the end. Raises `Invalid`, also for a title that another reason has,
    `NotAllowed`, `Conflict` for too many."""
    require(by, "set_policy", site)
    kept = _checked(site, said)
    with unit_of_work():
        _room(site)
        _unlike(site, kept)
        row = _row(site, PREFIX + new_id(), kept)
        db.session.add(row)
        _recorded("reason_added", site, row, by)
    return row


def change(site: Site, code: str, said: Wording, *, by: User) -> OwnReason:
    """Change a reason's words. Earlier decisions show the new ones; the public log keeps the old
    ones. Raises `Invalid`, `NotAllowed`, `NotFound`."""
    require(by, "set_policy", site)
    kept = _checked(site, said)
    with unit_of_work():
        row = one(site, code)
        _unlike(site, kept, code)
        if any(getattr(row, name) != value for name, value in kept.items()):
            for name, value in kept.items():
                setattr(row, name, value)
            _recorded("reason_changed", site, row, by)
    return row


def retire(site: Site, code: str, *, by: User) -> OwnReason:
    """Stop offering a reason; earlier decisions keep it. Raises `NotAllowed`, `NotFound`."""
    return _turn(site, code, active=False, by=by)


def restore(site: Site, code: str, *, by: User) -> OwnReason:
    """Offer a reason again, at the end. Raises `NotAllowed`, `NotFound`, `Conflict` at `MOST`."""
    return _turn(site, code, active=True, by=by)


def raise_up(site: Site, code: str, *, by: User) -> OwnReason:
    """Move a reason up by one; keys follow the order. Raises `NotAllowed`, `NotFound`."""
    require(by, "set_policy", site)
    with unit_of_work():
        row = one(site, code)
        above = db.session.scalar(
            select(OwnReason)
            .where(OwnReason.site_id == site.id, OwnReason.active)
            .where(OwnReason.position < row.position)
            .order_by(OwnReason.position.desc())
            .limit(1)
        )
        if above is not None:
            row.position, above.position = above.position, row.position
            _recorded("reason_changed", site, row, by)
    return row


def one(site: Site, code: str) -> OwnReason:
    """A reason of this site. Raises `NotFound`."""
    row = db.session.get(OwnReason, code)
    if row is None or row.site_id != site.id:
        raise NotFound("not_found.own_reason")
    return row


# --- export and import ----------------------------------------------------------------------------


def kept_of(site: Site) -> list[dict[str, Any]]:
    """All of a site's own reasons, as an export stores them."""
    rows = db.session.scalars(
        select(OwnReason)
        .where(OwnReason.site_id == site.id)
        .order_by(OwnReason.position, OwnReason.code)
    )
    return [
        {
            "code": row.code,
            "titles": row.titles,
            "hints": row.hints,
            "category": row.category,
            "rule": row.rule or "",
            "active": row.active,
        }
        for row in rows
    ]


def put_in(site: Site, stored: Iterable[Mapping[str, Any]]) -> None:
    """Add the reasons of an export to a new site; those invalid in this version are left out, and
    so are codes in use here. One with another's title, as earlier versions allowed, is retired.
    Inside a unit."""
    taken = {each["code"] for each in kept_of(site)}
    for each in list(stored)[: 10 * MOST]:
        with suppress(Invalid, KeyError, TypeError, ValueError, AttributeError):
            code = str(each["code"])
            said = Wording(**{name: each[name] for name in asdict(Wording({})) if name in each})
            kept = _checked(site, said, whole=False)
            row = _row(site, code, kept)
            row.active = each.get("active") is True and len(taken) < MOST and _is_unlike(site, kept)
            if _fits(code) and code not in taken and db.session.get(OwnReason, code) is None:
                db.session.add(row)
                db.session.flush()
                taken.add(code)
    forget()


def _fits(code: str) -> bool:
    return code.startswith(PREFIX) and len(code) <= 40 and code.isascii() and code.isidentifier()


# --- helpers --------------------------------------------------------------------------------------


def _turn(site: Site, code: str, *, active: bool, by: User) -> OwnReason:
    require(by, "set_policy", site)
    with unit_of_work():
        row = one(site, code)
        if row.active != active:
            if active:
                _room(site)
                row.position = _last(site) + 1
            row.active = active
            _recorded("reason_restored" if active else "reason_retired", site, row, by)
    return row


def _room(site: Site) -> None:
    here = select(func.count()).where(OwnReason.site_id == site.id, OwnReason.active)
    if (db.session.scalar(here) or 0) >= MOST:
        raise Conflict("conflict.own_reason_most", n=MOST)


def _unlike(site: Site, kept: Mapping[str, Any], code: str = "") -> None:
    """Raises `Invalid` if another reason of the site, active or retired, has one of these titles in
    the same language: nobody could tell them apart."""
    db.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    rows = db.session.scalars(
        select(OwnReason).where(OwnReason.site_id == site.id, OwnReason.code != code)
    ).all()
    for language, title in kept["titles"].items():
        other = next((row for row in rows if _alike(row.titles.get(language), title)), None)
        if other is not None:
            state = "used" if other.active else "used_retired"
            raise Invalid(f"invalid.own_reason_{state}", field=f"title_{language}")


def _is_unlike(site: Site, kept: Mapping[str, Any]) -> bool:
    with suppress(Invalid):
        _unlike(site, kept)
        return True
    return False


def _alike(one: str | None, other: str) -> bool:
    return one is not None and _folded(one) == _folded(other)


def _folded(title: str) -> str:
    """A title without case, and without what nobody sees."""
    letters = unicodedata.normalize("NFKC", title).casefold()
    seen = [c for c in letters if c not in BLANK and unicodedata.category(c) != "Cf"]
    return " ".join("".join(seen).split())


def _last(site: Site) -> int:
    here = select(func.max(OwnReason.position)).where(OwnReason.site_id == site.id)
    return db.session.scalar(here) or 0


def _row(site: Site, code: str, kept: Mapping[str, Any]) -> OwnReason:
    made = {"position": _last(site) + 1, "active": True, "created_at": clock.now()}
    return OwnReason(code=code, site_id=site.id, **made, **kept)


def _recorded(kind: str, site: Site, row: OwnReason, by: User) -> None:
    db.session.flush()
    forget()
    name = row.titles.get(default_language(site)) or next(iter(row.titles.values()))
    record(kind, site_id=site.id, by=by, name=name)


def _checked(site: Site, said: Wording, *, whole: bool = True) -> dict[str, Any]:
    """The columns. Raises `Invalid`; without `whole`, a title in any language is enough."""
    titles = _texts(said.titles, "title", LONGEST_TITLE)
    hints = _texts(said.hints, "hint", LONGEST_HINT)
    own = default_language(site)
    if not titles or (whole and own not in titles):
        raise Invalid("invalid.own_reason_title", field=f"title_{own}")
    if said.category not in CATEGORIES:
        raise Invalid("invalid.category", field="category")
    rule = one_line(said.rule)
    if len(rule) > LONGEST_RULE:
        raise Invalid("invalid.too_long", n=LONGEST_RULE, field="rule")
    if "://" in rule and not web_address(rule):
        raise Invalid("invalid.own_reason_rule", field="rule")
    return {"titles": titles, "hints": hints, "category": said.category, "rule": rule or None}


def _texts(given: Mapping[str, str], name: str, longest: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, typed in given.items():
        text = one_line(typed) if name == "title" else tidy(typed).strip()
        check(language, text, longest=longest, name=name)
        if is_visible(text):
            found[language] = text
    return found
