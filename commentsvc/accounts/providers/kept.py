"""The providers that a site's owner has entered, and all that are offered somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from ...core import clock
from ...core.addresses import web_address
from ...core.db import changed, db, unit_of_work
from ...core.errors import Invalid, NotFound
from ...core.sealing import sealer
from ...core.shown import one_line
from ..models import SignInProvider
from . import OWN, PRESETS, Provider, asking, installed, needed

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST, _MOST_LABEL = 300, 40
_MICROSOFT = "https://login.microsoftonline.com/"


def of_site(site_id: int, site_key: str) -> list[Provider]:
    """The site's providers, in the order of the presets, without those whose secret is lost."""
    rows = db.session.scalars(select(SignInProvider).where(SignInProvider.site_id == site_id))
    found = [
        _provider(each, site_key) for each in rows if sealer().state(each.kept_secret) != "lost"
    ]
    return sorted(found, key=lambda each: list(PRESETS).index(each.kind))


def offered(site_id: int | None = None, site_key: str = "") -> list[Provider]:
    """The providers offered at a site, or on our own pages: the site's come first, and replace the
    installation's of the same kind."""
    own = of_site(site_id, site_key) if site_id is not None else []
    kinds = {each.kind for each in own}
    return [*own, *(each for each in installed().values() if each.kind not in kinds)]


def put(site_id: int, site_key: str, kind: str, given: Mapping[str, str]) -> Provider:
    """Add or change a site's client at a provider; an empty secret keeps the stored one if the
    client is the same: otherwise, another issuer would receive it. Checks the provider's
    configuration first. Raises `Invalid`."""
    if kind not in PRESETS:
        raise Invalid("invalid.provider", field="kind")
    fields = {name: value.strip() for name, value in given.items()}
    kept = None if fields.get("client_secret") else _row(site_id, kind)
    if kept is not None and sealer().state(kept.kept_secret) != "lost":
        fields["client_secret"] = sealer().open(kept.kept_secret)
    for name in needed(kind):
        if not fields.get(name):
            raise Invalid("invalid.provider_field", field=name)
    client_id, issuer = fields["client_id"][:_MOST], _issuer(kind, fields.get("issuer", ""))
    if kept is not None and (kept.client_id, kept.issuer) != (client_id, issuer):
        raise Invalid("invalid.provider_secret", field="client_secret")
    provider = Provider(
        kind,
        client_id,
        fields["client_secret"],
        issuer,
        label=one_line(fields.get("label", ""))[:_MOST_LABEL] if kind == OWN else "",
        site_id=site_id,
        site_key=site_key,
        options={name: fields[name][:40] for name in ("team", "key") if kind == "apple"},
    )
    asking.check(provider)
    _keep(provider)
    return provider


def remove(site_id: int, kind: str) -> None:
    """Stop offering it; if it is added again, it knows its people again. Raises `NotFound`."""
    gone = delete(SignInProvider).where(
        SignInProvider.site_id == site_id, SignInProvider.kind == kind
    )
    with unit_of_work():
        if not changed(gone):
            raise NotFound("not_found.provider")


def site_ids() -> set[int]:
    """The sites that have providers of their own."""
    return set(db.session.scalars(select(SignInProvider.site_id)))


def _keep(provider: Provider) -> None:
    assert provider.site_id is not None
    with unit_of_work():
        row = _row(provider.site_id, provider.kind)
        if row is None:
            row = SignInProvider(
                site_id=provider.site_id, kind=provider.kind, created_at=clock.now()
            )
            db.session.add(row)
        row.label, row.issuer = provider.label, provider.issuer
        row.client_id, row.options = provider.client_id, dict(provider.options)
        row.kept_secret = sealer().seal(provider.secret)
        db.session.flush()


def _row(site_id: int, kind: str) -> SignInProvider | None:
    return db.session.scalar(
        select(SignInProvider).where(SignInProvider.site_id == site_id, SignInProvider.kind == kind)
    )


def _issuer(kind: str, typed: str) -> str:
    """The issuer to trust: a preset's own, a Microsoft directory, or any that is named."""
    usual = PRESETS[kind].issuer
    if kind != OWN and not (kind == "microsoft" and typed):
        return usual
    if kind == "microsoft" and not typed.startswith(_MICROSOFT):
        raise Invalid("invalid.provider_tenant", field="issuer")
    if len(typed) > _MOST or not web_address(typed):
        raise Invalid("invalid.address_incomplete", field="issuer")
    return typed


def _provider(row: SignInProvider, site_key: str) -> Provider:
    return Provider(
        row.kind,
        row.client_id,
        sealer().open(row.kept_secret),
        row.issuer,
        label=row.label,
        site_id=row.site_id,
        site_key=site_key,
        options=row.options,
    )
