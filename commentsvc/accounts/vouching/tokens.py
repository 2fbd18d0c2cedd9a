"""Whether a token has a valid signature. We choose the key, never the token: its algorithm selects
between types of keys that never mix, and its key ID only among keys that we fetched."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

import orjson

from ...core.shown import one_line
from ...core.typed import named_twice
from . import keys
from .claims import Vouched, WrongToken, of_disqus, of_issuer, of_site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..ways import Place

_SECRET = "HS256"
_MOST_TOKEN = 16_000
_MESSAGE = re.compile(r"([A-Za-z0-9+/_=-]+) ([0-9a-fA-F]{40}) ([0-9]{1,10})")


def read(token: str, place: Place) -> tuple[str, Vouched]:
    """The namespace of a token's person, and what it says about them. Raises `WrongToken`."""
    if len(token) > _MOST_TOKEN:
        raise WrongToken("wrong_site_token", field="token")
    if message := _MESSAGE.fullmatch(token.strip()):
        return f"site:{place.site_key}", _for_disqus(message, place)
    algorithm, kid = _header(token)
    provider, audience, reads = f"site:{place.site_key}", place.site_key, of_site
    if place.issuer and _issuer(token) == place.issuer:
        provider = f"oidc:{place.site_key}:{keys.mark(place.issuer)}"
        audience, reads = place.client_id, of_issuer
    known = _known(place, algorithm, kid, by_issuer=reads is of_issuer)
    said = _signed(token, algorithm, known, audience)
    try:
        return provider, reads(said, place)
    except WrongToken as error:
        error.signed = True
        raise


def read_id_token(token: str, *, keys_url: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that was requested with this nonce. Checks signature and audience;
    `claims.of_issuer` checks subject and times. A client's secret never signs one. Raises
    `WrongToken`."""
    if len(token) > _MOST_TOKEN:
        raise WrongToken("wrong_site_token", field="token")
    algorithm, kid = _header(token)
    if algorithm == _SECRET:
        raise WrongToken("wrong_site_token.algorithm", field="token")
    said = _signed(token, algorithm, keys.at(keys_url, kid, algorithm), client_id)
    given = said.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise WrongToken("wrong_site_token.unsigned", field="token")
    return said


def _for_disqus(message: re.Match[str], place: Place) -> Vouched:
    """Read a message in Disqus's format: base64 of JSON, its HMAC-SHA1 with the timestamp, the
    timestamp. Raises `WrongToken`."""
    text, signature, stamp = message.groups()
    signed = f"{text} {stamp}".encode()
    for secret in filter(None, (place.disqus_secret, *place.secrets)):
        made = hmac.new(secret.encode(), signed, hashlib.sha1).hexdigest()
        if hmac.compare_digest(made, signature.lower()):
            break
    else:
        raise WrongToken("wrong_site_token.unsigned", field="token")
    try:
        decoded = base64.b64decode(text.replace("-", "+").replace("_", "/") + "==")
        said = orjson.loads(decoded)
    except ValueError as error:
        raise WrongToken("wrong_site_token", field="token") from error
    try:
        if not isinstance(said, dict):  # PHP's empty list: not signed in
            raise WrongToken("wrong_site_token.user", field="token")
        if (name := named_twice(decoded)) is not None:
            raise WrongToken("wrong_site_token.twice", claim=one_line(name)[:60], field="token")
        return of_disqus(said, int(stamp), place)
    except WrongToken as error:
        error.signed = True
        raise


def _known(place: Place, algorithm: str, kid: str | None, *, by_issuer: bool) -> Iterable[Any]:
    """The keys that may have signed it. A site's secret never signs for an issuer. Raises
    `WrongToken`."""
    if algorithm == _SECRET and not by_issuer:
        return place.secrets
    if algorithm != _SECRET and by_issuer:
        return keys.of_issuer(place.issuer, kid, algorithm)
    if algorithm != _SECRET and place.keys_url:
        return keys.at(place.keys_url, kid, algorithm)
    raise WrongToken("wrong_site_token.algorithm", field="token")


def _header(token: str) -> tuple[str, str | None]:
    import jwt  # few requests need it, and it is large

    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise WrongToken("wrong_site_token", field="token") from error
    algorithm, kid, kind = (header.get(name) for name in ("alg", "kid", "typ"))
    if not isinstance(algorithm, str) or algorithm not in (_SECRET, *keys.ALGORITHMS):
        raise WrongToken("wrong_site_token.algorithm", field="token")
    # an access token, for example, may have the same signature but another purpose
    if kind is not None and str(kind).upper() != "JWT":
        raise WrongToken("wrong_site_token.type", field="token")
    return algorithm, kid if isinstance(kid, str) else None


def _issuer(token: str) -> Any:
    """The issuer that the token names, unverified."""
    import jwt

    try:
        return jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise WrongToken("wrong_site_token", field="token") from error


def _signed(token: str, algorithm: str, known: Iterable[Any], audience: str) -> dict[str, Any]:
    import jwt

    # We check times ourselves: the library accepts numbers as text, and tests may freeze our clock.
    options: Any = {f"verify_{name}": False for name in ("exp", "iat", "nbf", "sub", "jti", "iss")}
    for key in known:
        try:
            said = jwt.decode(
                token, key, algorithms=[algorithm], audience=audience, options=options
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAudienceError as error:
            raise WrongToken("wrong_site_token.audience", field="token") from error
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise WrongToken("wrong_site_token", field="token") from error
        _refuse_twice(token)
        if said.get("aud") not in (audience, [audience]):  # also meant for others
            raise WrongToken("wrong_site_token.audience", field="token")
        return dict(said)
    raise WrongToken("wrong_site_token.unsigned", field="token")


def _refuse_twice(token: str) -> None:
    """Another reader of the token might use the other value of a repeated name."""
    for part in token.split(".")[:2]:
        name = named_twice(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        if name is not None:
            raise WrongToken("wrong_site_token.twice", claim=one_line(name)[:60], field="token")
