"""API keys: secrets for programs, with scopes, a quota and the pages that may use each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Invalid, NotFound
from ..core.ids import new_secret, secret_hash
from ..core.locale import named
from . import proofs
from .acts import record
from .models import Credential, User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

#: What a key may be allowed to do. `analyze` is Perspective's protocol; the others act for a
#: person.
SCOPES = ("analyze", "read", "write", "moderate", "manage")
QUOTA = "600/minute"
_KIND = "api"
_PREFIX = "cs_"  # so that scanners for leaked secrets can find ours


@dataclass(frozen=True)
class Key:
    """What we know about a key; the secret itself is not stored."""

    id: str
    credential_id: int
    label: str
    site_id: int | None
    user_id: int | None
    scopes: tuple[str, ...]
    quota: str
    origins: tuple[str, ...]
    keeps_text: bool
    created_at: datetime
    expires_at: datetime | None


def add_key(
    *,
    label: str,
    scopes: Sequence[str],
    site_id: int | None = None,
    user: User | None = None,
    quota: str = QUOTA,
    origins: Sequence[str] = (),
    keeps_text: bool = False,
    ttl: timedelta | None = None,
    by: User | None = None,
) -> str:
    """Create a key and return it; it can never be shown again. `by` None is the command line.

    `site_id` None is valid for every site. `origins` are the pages from which browsers may use it,
    checked by `core.addresses.allowed_origin`; if any are given, nobody else may. `keeps_text`:
    what `suggestscore` sends is stored with its text. Raises `Invalid`.
    """
    _check(scopes, user)
    label = label.strip()[:120]
    grants = {
        "scopes": sorted(set(scopes)),
        "quota": quota,
        "origins": list(origins),
        "keeps_text": keeps_text,
    }
    with unit_of_work():
        record("key_created", site_id=site_id, by=by, label=label, scopes=grants["scopes"])
        return proofs.issue(
            _KIND,
            user=user,
            site_id=site_id,
            ttl=ttl,
            label=label,
            secret=_PREFIX + new_secret(),
            grants=grants,
        )


def _check(scopes: Sequence[str], user: User | None) -> None:
    if unknown := set(scopes) - set(SCOPES):
        raise Invalid("invalid.scope", name=min(unknown), field="scopes")
    if not scopes:
        raise Invalid("invalid.scope_missing", names=named("scope", SCOPES), field="scopes")
    if user is None and set(scopes) != {"analyze"}:
        raise Invalid("invalid.scope_person", field="user")


def find_key(secret: str) -> Key | None:
    """The valid key with this secret, or None.

    Keys are cached for a second, so that a program that sends a hundred requests is looked up once.
    A key revoked in another process works that much longer.
    """
    if not secret:
        return None
    known, moment = secret_hash(secret), time.monotonic()
    kept = _found.get(known)
    if kept is None or moment - kept[0] > _KEPT_SECONDS:
        credential = proofs.find(_KIND, secret)
        if credential is None:
            _found.pop(known, None)
            return None
        if len(_found) >= _MOST_KEPT:
            _found.clear()
        _found[known] = kept = (moment, _key(credential))
    key = kept[1]
    return None if key.expires_at is not None and key.expires_at <= clock.latest() else key


_KEPT_SECONDS, _MOST_KEPT = 1.0, 1000
_found: dict[str, tuple[float, Key]] = {}


def keys(site_id: int | None = None) -> list[Key]:
    """The keys of one site, or of all, that are not revoked, oldest first."""
    query = (
        select(Credential)
        .where(Credential.kind == _KIND, Credential.revoked_at.is_(None))
        .order_by(Credential.id)
    )
    if site_id is not None:
        query = query.where(Credential.site_id == site_id)
    return [_key(each) for each in db.session.scalars(query)]


def revoke_key(public_id: str, *, by: User | None = None) -> Key:
    """Revoke a key at once. `by` None is the command line. Raises `NotFound`."""
    with unit_of_work():
        found = db.session.scalar(
            select(Credential).where(
                Credential.kind == _KIND,
                Credential.public_id == public_id,
                Credential.revoked_at.is_(None),
            )
        )
        if found is None:
            raise NotFound("not_found.key")
        proofs.revoke(found)
        record("key_revoked", site_id=found.site_id, by=by, label=found.label)
    _found.clear()
    return _key(found)


def _key(credential: Credential) -> Key:
    grants = credential.grants or {}
    return Key(
        id=credential.public_id,
        credential_id=credential.id,
        label=credential.label or "",
        site_id=credential.site_id,
        user_id=credential.user_id,
        scopes=tuple(grants.get("scopes", ())),
        quota=str(grants.get("quota") or QUOTA),
        origins=tuple(grants.get("origins", ())),
        keeps_text=bool(grants.get("keeps_text")),
        created_at=credential.created_at,
        expires_at=credential.expires_at,
    )
