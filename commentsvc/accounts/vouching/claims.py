"""What a token says about a reader, checked claim by claim: nothing in it is trusted unchecked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...core import clock
from ...core.addresses import origin_matches, origin_of, web_address
from ...core.errors import Invalid, NotAllowed
from ...core.locale import DEFAULT, pick_locale
from ..commands import clean_email
from ..names import name_from_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..ways import Place

_LEEWAY = 10  # seconds that a token may be used longer than it says
_FAST = 60  # seconds that the clock of a site's server may be ahead
_LONGEST = 600  # seconds that a site's own token may be valid
_LONGEST_ID_TOKEN = 24 * 3600
_LONGEST_MESSAGE = 7200  # for Disqus, whose messages say only when they were created
_LAST = 32_503_680_000  # the year 3000
_MOST_ID, _MOST_BADGES, _MOST_ADDRESS = 250, 10, 500
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BADGE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,29})")
#: Roles that a token may ask for, lowest first; a token never creates an owner.
ROLES = ("none", "trusted", "moderator")


class WrongToken(NotAllowed):
    """A token that is not accepted; the message says why. `signed`: its signature was valid."""

    signed = False


@dataclass(frozen=True)
class Vouched:
    """A token's checked claims: its subject, when it was issued and when it expires. `role` is what
    it asks for; the site decides what it gets. `once`: its ID, if it is valid only once."""

    subject: str
    name: str
    issued_at: datetime
    over_at: datetime
    once: str | None = None
    email: str | None = None
    locale: str | None = None
    url: str = ""
    picture: str = ""
    badges: tuple[str, ...] = ()
    role: str = "none"


def of_site(said: Mapping[str, Any], place: Place) -> Vouched:
    """What a site says about its reader in `user`. Raises `WrongToken`."""
    issued, expires = _times(said, _LONGEST)
    user = said.get("user")
    subject = _id(user.get("id")) if isinstance(user, dict) else None
    if not isinstance(user, dict) or subject is None:
        raise WrongToken("wrong_site_token.user", field="token")
    once = said.get("jti")
    if once is not None and _id(once) is None:
        raise WrongToken("wrong_site_token.id", field="token")
    role = user.get("role")
    return Vouched(
        subject=subject,
        name=_name(user, "username", "name"),
        issued_at=issued,
        over_at=expires,
        once=_id(once),
        badges=_badges(user.get("badges")),
        role=role if role in ROLES else "none",
        **_shown(user, place),
    )


def of_issuer(said: Mapping[str, Any], place: Place) -> Vouched:
    """What an OpenID provider says about its user in an ID token. It never grants roles or badges:
    those are not its claims to make, and some providers let users write their own. Raises
    `WrongToken`."""
    issued, expires = _times(said, _LONGEST_ID_TOKEN)
    subject = _id(said.get("sub"))
    if subject is None or type(said["sub"]) is not str:
        raise WrongToken("wrong_site_token.user", field="token")
    if said.get("azp") not in (None, place.client_id):
        raise WrongToken("wrong_site_token.audience", field="token")
    return Vouched(
        subject=subject,
        name=_name(said, "name", "preferred_username", "nickname", "given_name"),
        issued_at=issued,
        over_at=expires,
        **_shown(said, place, url="profile"),
    )


def of_disqus(said: Mapping[str, Any], stamp: int, place: Place) -> Vouched:
    """What a message for Disqus says about its reader. Its email address is unproven and not
    stored. Raises `WrongToken`."""
    now = clock.now().timestamp()
    if now - stamp > _LONGEST_MESSAGE:
        raise WrongToken("wrong_site_token.over", field="token")
    if stamp > now + _FAST:
        raise WrongToken("wrong_site_token.time", claim="timestamp", field="token")
    subject = _id(said.get("id"))
    if subject is None or subject == "0":
        raise WrongToken("wrong_site_token.user", field="token")
    return Vouched(
        subject=subject,
        name=_name(said, "username"),
        issued_at=datetime.fromtimestamp(stamp, UTC),
        over_at=datetime.fromtimestamp(stamp + _LONGEST_MESSAGE, UTC),
        url=_address(said.get("url"), place.origins),
        picture=_address(said.get("avatar"), place.pictures),
    )


def _times(said: Mapping[str, Any], longest: int) -> tuple[datetime, datetime]:
    """When it was issued, and when it expires."""
    now = clock.now().timestamp()
    issued, expires = _seconds(said, "iat"), _seconds(said, "exp")
    starts = _seconds(said, "nbf") if said.get("nbf") is not None else issued
    if expires <= now - _LEEWAY:
        raise WrongToken("wrong_site_token.over", field="token")
    if expires - now > longest + _FAST:
        raise WrongToken("wrong_site_token.long", n=longest // 60, field="token")
    if not 0 < issued <= min(now + _FAST, expires) or starts > now + _FAST:
        raise WrongToken("wrong_site_token.time", claim="iat", field="token")
    return datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires + _LEEWAY, UTC)


def _seconds(said: Mapping[str, Any], claim: str) -> float:
    """A time as in RFC 7519: a number, and within our calendar."""
    value: Any = said.get(claim)
    if type(value) not in (int, float) or not 0 <= value < _LAST:
        raise WrongToken("wrong_site_token.time", claim=claim, field="token")
    return float(value)


def _id(value: Any) -> str | None:
    """The site's own ID: text or an integer. It is never shortened: two IDs must stay different."""
    text = str(value) if type(value) in (str, int) else ""
    return text if text.strip() and len(text) <= _MOST_ID and not _NO_TEXT.search(text) else None


def _name(said: Mapping[str, Any], *claims: str) -> str:
    given = next((said[each] for each in claims if said.get(each)), "")
    return name_from_elsewhere(given if isinstance(given, str) else "", "Reader")


def _shown(said: Mapping[str, Any], place: Place, *, url: str = "url") -> dict[str, Any]:
    """Other facts about a person. An unusable claim is left out: a wrong picture must not prevent
    signing in."""
    return {
        "email": _email(said),
        "locale": _locale(said.get("locale")),
        "url": _address(said.get(url), place.origins),
        "picture": _address(said.get("picture"), place.pictures),
    }


def _email(said: Mapping[str, Any]) -> str | None:
    """An address that the site has verified as the reader's; any other is not stored."""
    value = said.get("email")
    if said.get("email_verified") is not True or not isinstance(value, str):
        return None
    try:
        return clean_email(value[:1000])
    except Invalid:
        return None


def _locale(value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_-]{2,16}", value):
        return None
    found = pick_locale([value])
    return found if found != DEFAULT or value.lower().startswith(DEFAULT) else None


def _address(value: Any, origins: Iterable[str]) -> str:
    """A web address on one of these origins, else ""."""
    address = web_address(value) if isinstance(value, str) and len(value) <= _MOST_ADDRESS else ""
    if not address or len(address) > _MOST_ADDRESS:
        return ""
    return address if any(origin_matches(origin_of(address), each) for each in origins) else ""


def _badges(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else ()
    codes = [each for each in found if isinstance(each, str) and _BADGE.fullmatch(each)]
    return tuple(dict.fromkeys(codes))[:_MOST_BADGES]
