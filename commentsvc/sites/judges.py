"""External moderation: a service that a site asks before publishing, and Coral, which asks us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..accounts.acts import record
from ..core.addresses import host_of
from ..core.calling import address_to_call
from ..core.db import db, unit_of_work
from ..core.errors import Invalid
from ..core.ids import new_secret
from ..core.locale import named
from ..core.sealing import sealer
from ..core.signing.standard import secret_form
from ..settings import settings
from .queries import require

if TYPE_CHECKING:
    from ..accounts.models import User
    from .models import Site

FAILURES = ("publish", "hold")  # what happens to a comment without an answer from the judge
MS, LEAST_MS, MOST_MS = 400, 50, 1000
_LEAST_SECRET, _MOST_SECRET = 8, 200
_MOST_CORAL = 2  # active secrets: Coral signs with both during a rotation


@dataclass(frozen=True)
class OwnJudge:
    """The service that a site asks before publishing. `ms`: the timeout. `failure`: what happens to
    a comment without an answer, one of `FAILURES`."""

    url: str
    secret: str
    ms: int
    failure: str

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def standard_secret(self) -> str:
        """The secret in the form for Standard Webhooks libraries."""
        return secret_form(self.secret)


def judge_of(site: Site) -> OwnJudge | None:
    """The site's own judge, if it has one and its secret can be unsealed. No query."""
    kept, box = site.judge, sealer()
    if not kept or box.state(kept["secret"]) == "lost":
        return None
    return OwnJudge(kept["url"], box.open(kept["secret"]), kept["ms"], kept["failure"])


def set_judge(site: Site, url: str, *, ms: int, failure: str, by: User | None) -> OwnJudge:
    """Ask this address before publishing; a judge on the same host keeps its secret. `by` is None
    for the operator. Raises `NotAllowed`, `Invalid`."""
    _may(site, by)
    address = address_to_call(url.strip(), private=settings().webhook_private)
    if not LEAST_MS <= ms <= MOST_MS:
        raise Invalid("invalid.number_between", field="ms", least=LEAST_MS, most=MOST_MS)
    if failure not in FAILURES:
        names = named("judge_failure", FAILURES)
        raise Invalid("invalid.choose", field="failure", names=names)
    with unit_of_work():
        before = judge_of(site)
        same = before is not None and before.host == host_of(address)
        secret = before.secret if before is not None and same else new_secret()
        site.judge = {"url": address, "secret": sealer().seal(secret), "ms": ms, "failure": failure}
        _changed(site)
        record("judge_set", site_id=site.id, by=by, host=host_of(address))
    return OwnJudge(address, secret, ms, failure)


def remove_judge(site: Site, *, by: User | None) -> None:
    """Remove the judge. Idempotent. Raises `NotAllowed`."""
    _may(site, by)
    with unit_of_work():
        if not site.judge:
            return
        host = host_of(site.judge["url"])
        site.judge = None
        _changed(site)
        record("judge_removed", site_id=site.id, by=by, host=host)


def coral_secrets(site: Site) -> list[str]:
    """The secrets with which Coral signs its requests to us, newest first."""
    box = sealer()
    kept = site.kept_coral_secrets or []
    return [box.open(each) for each in kept if box.state(each) != "lost"]


def add_coral_secret(site: Site, secret: str, *, by: User | None) -> None:
    """Accept requests signed with this secret of Coral's; the previous one stays valid. Raises
    `NotAllowed`, `Invalid`."""
    _may(site, by)
    secret = secret.strip()
    if not _LEAST_SECRET <= len(secret) <= _MOST_SECRET:
        raise Invalid("invalid.coral_secret", field="coral_secret")
    with unit_of_work():
        others = [each for each in coral_secrets(site) if each != secret]
        kept = [secret, *others][:_MOST_CORAL]
        site.kept_coral_secrets = [sealer().seal(each) for each in kept]
        _changed(site)
        record("coral_secret_set", site_id=site.id, by=by)


def forget_coral(site: Site, *, by: User | None) -> None:
    """Stop answering Coral. Idempotent. Raises `NotAllowed`."""
    _may(site, by)
    with unit_of_work():
        if not site.kept_coral_secrets:
            return
        site.kept_coral_secrets = None
        _changed(site)
        record("coral_secret_removed", site_id=site.id, by=by)


def _may(site: Site, by: User | None) -> None:
    if by is not None:
        require(by, "manage_site", site)


def _changed(site: Site) -> None:
    site.version += 1
    db.session.flush()
