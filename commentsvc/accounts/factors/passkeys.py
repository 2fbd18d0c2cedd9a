"""Passkeys (WebAuthn): keys that a browser or a security key holds only for this installation's
host.

The browser signs its page's challenge, which is valid once and for minutes. Only public keys are
stored. Importing the library is slow, so functions import it when they need it.
"""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import select

from ...core import clock
from ...core.db import IntegrityError, db, unit_of_work
from ...core.errors import Conflict, Invalid, NotAllowed, NotFound
from ...core.ids import secret_hash
from ...core.rows import insert_row
from ...core.typed import tidy_line
from ...settings import settings
from .. import proofs
from ..leaving import check_stays
from ..models import Credential, User
from . import drop, notify, recovery

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

log = logging.getLogger(__name__)

MOST = 20  # of one person
MAX_NAME = 60
CHALLENGE_VALID = timedelta(minutes=5)
_LONGEST = 20_000  # characters of a browser's response


@dataclass(frozen=True)
class Passkey:
    """One passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


def host() -> str | None:
    """The host that passkeys are bound to; None where browsers refuse to create them: for an IP
    address, or for plain HTTP to anything but this machine."""
    parts = urlsplit(settings().public_url)
    name = parts.hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        local = name == "localhost" or name.endswith(".localhost")
        return name if parts.scheme == "https" or local else None
    return None


def passkeys_of(user: User) -> list[Passkey]:
    """The person's passkeys, oldest first."""
    return [
        Passkey(row.public_id, row.label or "", row.created_at, _used(row)) for row in _rows(user)
    ]


def creation_options(user: User, challenge: str) -> dict[str, Any]:
    """The options for a browser that creates a passkey. Raises `Conflict` if the person has too
    many."""
    import webauthn
    from webauthn.helpers import structs

    rows = _rows(user)
    if len(rows) >= MOST:
        raise Conflict("conflict.passkeys", n=MOST)
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=_host(),
        user_id=user.public_id.encode(),
        user_name=user.member_email or user.name,
        user_display_name=user.name,
        challenge=challenge.encode(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_described(rows),
    )
    return _json(options)


def request_options(user: User | None, challenge: str) -> dict[str, Any]:
    """The options for a browser that uses a passkey: one of this person, or (None) any; then the
    browser must verify its holder, because there is no other factor."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement as Verification

    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=challenge.encode(),
        allow_credentials=_described(_rows(user)) if user else [],
        user_verification=Verification.PREFERRED if user else Verification.REQUIRED,
    )
    return _json(options)


def register(user: User, answer: str, challenge: str, name: str) -> list[str]:
    """Store a new passkey. Returns recovery codes if this is the person's first factor. Raises
    `NotAllowed` for an invalid response, `Conflict` for a known passkey, `Invalid` for the name."""
    import webauthn
    from webauthn.helpers import bytes_to_base64url

    name = _clean(name)
    given = _read(answer)
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge.encode(),
            expected_rp_id=_host(),
            expected_origin=_origin(),
        )
    except Exception as error:  # what is malformed fails in many ways
        raise _refused(error) from error
    key_id = bytes_to_base64url(made.credential_id)
    grants = {
        "id": key_id,
        "key": bytes_to_base64url(made.credential_public_key),
        "count": made.sign_count,
        "transports": _transports(given),
    }
    try:
        with unit_of_work():
            _take(challenge)
            insert_row(
                Credential,
                kind="passkey",
                hash=secret_hash(key_id),
                user_id=user.id,
                label=name,
                grants=grants,
                created_at=clock.now(),
            )
            notify(user, "passkey_on")
            return recovery.first(user)
    except IntegrityError as error:
        raise Conflict("conflict.passkey_known") from error


def owner_of(answer: str, challenge: str) -> User:
    """The owner of the passkey that signed, where that alone proves who they are. Raises
    `NotAllowed`."""
    row, user = _signed(answer, challenge, verified=True)
    handle = _read(answer).get("response", {}).get("userHandle")
    from webauthn.helpers import bytes_to_base64url

    if handle != bytes_to_base64url(user.public_id.encode()):
        raise _refused(f"passkey {row.public_id} names another user")
    return user


def fits(user: User, answer: str, challenge: str) -> bool:
    """Whether a passkey of this person has signed, as a second factor or as a fresh proof."""
    try:
        return _signed(answer, challenge, verified=False)[1].id == user.id
    except NotAllowed:
        return False


def rename(user: User, public_id: str, name: str) -> None:
    """Rename a passkey. Raises `NotFound`, `Invalid`."""
    row, name = _own(user, public_id), _clean(name)
    with unit_of_work():
        row.label = name


def remove(user: User, public_id: str) -> None:
    """Delete a passkey, so that it signs nobody in any more. Raises `NotFound`."""
    row = _own(user, public_id)
    with unit_of_work():
        drop(user, row)
        notify(user, "passkey_off")


def _signed(answer: str, challenge: str, *, verified: bool) -> tuple[Credential, User]:
    """The passkey that signed the challenge, and its owner. Uses up the challenge and stores the
    key's counter, which only rises, so that a copied key is noticed."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    given = _read(answer)
    found = db.session.execute(
        select(Credential, User)
        .join(User, User.id == Credential.user_id)
        .where(Credential.kind == "passkey", Credential.hash == secret_hash(str(given["id"])))
    ).first()
    if found is None or found[1].erased_at is not None:
        raise _refused("unknown passkey")
    row, user = found
    check_stays(user)
    try:
        done = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge.encode(),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(row.grants["key"]),
            credential_current_sign_count=row.grants["count"],
            require_user_verification=verified,
        )
    except Exception as error:  # what is malformed fails in many ways
        raise _refused(error) from error
    with unit_of_work():
        _take(challenge)
        used = int(clock.now().timestamp())
        row.grants = {**row.grants, "count": done.new_sign_count, "used": used}
        db.session.flush()
    return row, user


def _take(challenge: str) -> None:
    mark, until = secret_hash(f"passkey|{challenge}"), clock.now() + 2 * CHALLENGE_VALID
    try:
        taken = proofs.take(mark, until=until)
    except IntegrityError:  # by a concurrent response
        taken = False
    if not taken:
        raise _refused("a challenge was answered twice")


def _refused(why: object) -> NotAllowed:
    """The same error for everything that can be wrong; the log has the reason."""
    log.info("passkey refused", extra={"why": str(why)})
    return NotAllowed("not_allowed.passkey")


def _read(answer: str) -> dict[str, Any]:
    """A browser's response. Raises `NotAllowed` if it is malformed."""
    try:
        found = orjson.loads(answer[:_LONGEST].encode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        raise _refused(error) from error
    if not isinstance(found, dict) or not isinstance(found.get("id"), str):
        raise _refused("no answer of a passkey")
    if not isinstance(found.get("response"), dict):
        raise _refused("an answer without a response")
    return found


def _transports(given: dict[str, Any]) -> list[str]:
    """How the browser reached the key; we repeat it when we ask for the key again."""
    said = given["response"].get("transports")
    known = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")
    return [each for each in known if each in said] if isinstance(said, list) else []


def _described(rows: list[Credential]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {each.value for each in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.grants["id"]),
            transports=[
                AuthenticatorTransport(each) for each in row.grants["transports"] if each in known
            ],
        )
        for row in rows
    ]


def _json(options: Any) -> dict[str, Any]:
    import webauthn

    found: dict[str, Any] = orjson.loads(webauthn.options_to_json(options))
    return found


def _rows(user: User) -> list[Credential]:
    query = select(Credential).where(Credential.user_id == user.id, Credential.kind == "passkey")
    return list(db.session.scalars(query.order_by(Credential.id)))


def _own(user: User, public_id: str) -> Credential:
    for row in _rows(user):
        if row.public_id == public_id:
            return row
    raise NotFound("not_found.passkey")


def _used(row: Credential) -> datetime | None:
    used = row.grants.get("used")
    return datetime.fromtimestamp(used, clock.now().tzinfo) if used else None


def _clean(name: str) -> str:
    name = tidy_line(name, "name")
    if not name or len(name) > MAX_NAME:
        raise Invalid("invalid.passkey_name", n=MAX_NAME, field="name")
    return name


def _host() -> str:
    found = host()
    if found is None:
        raise NotAllowed("not_allowed.no_passkeys")
    return found


def _origin() -> str:
    parts = urlsplit(settings().public_url)
    return f"{parts.scheme}://{parts.netloc}"
