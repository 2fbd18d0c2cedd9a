"""All secrets that are stored sealed: counted by state, and sealed again after the key changes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts.models import Credential, SignInProvider
from ..core.db import db, unit_of_work
from ..core.sealing import State, sealer
from ..sites.models import Site
from .chat.models import ChatChannel
from .models import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

_APPS = select(Credential).where(Credential.kind == "totp")


def states() -> Counter[State]:
    """How many secrets are in each state."""
    return Counter(sealer().state(each) for each in _kept())


def _kept() -> Iterator[str]:
    for site in db.session.scalars(select(Site)):
        yield from (*site.kept_secrets, *(site.kept_coral_secrets or ()))
        if site.kept_disqus_secret:
            yield site.kept_disqus_secret
        if site.judge:
            yield site.judge["secret"]
    for pair in db.session.execute(select(Webhook.kept_secret, Webhook.kept_verify_token)):
        yield from pair
    yield from db.session.scalars(select(SignInProvider.kept_secret))
    yield from db.session.scalars(select(ChatChannel.kept_address))
    for row in db.session.scalars(_APPS):
        yield row.grants["secret"]


def reseal() -> Counter[State]:
    """Seal with the current key every secret that is open or sealed with an old key; those that no
    key opens stay unchanged. Returns the states found."""
    with unit_of_work():
        found = states()
        for site in db.session.scalars(select(Site)):
            site.kept_secrets = [_again(each) for each in site.kept_secrets]
            if site.kept_disqus_secret:
                site.kept_disqus_secret = _again(site.kept_disqus_secret)
            if site.kept_coral_secrets:
                site.kept_coral_secrets = [_again(each) for each in site.kept_coral_secrets]
            if site.judge:
                site.judge = {**site.judge, "secret": _again(site.judge["secret"])}
        for webhook in db.session.scalars(select(Webhook)):
            webhook.kept_secret = _again(webhook.kept_secret)
            webhook.kept_verify_token = _again(webhook.kept_verify_token)
        for provider in db.session.scalars(select(SignInProvider)):
            provider.kept_secret = _again(provider.kept_secret)
        for channel in db.session.scalars(select(ChatChannel)):
            channel.kept_address = _again(channel.kept_address)
        for row in db.session.scalars(_APPS):
            row.grants = {**row.grants, "secret": _again(row.grants["secret"])}
        db.session.flush()
    return found


def _again(kept: str) -> str:
    box = sealer()
    return box.seal(box.open(kept)) if box.state(kept) in ("open", "old key") else kept
