"""The authorization code flow with PKCE, a nonce and the issuer's name (RFC 9700, RFC 9207).

The browser stores only the state. Verifier and nonce are derived from it with the installation's
key, so that nobody who sees an address knows them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

from ...core import clock
from ...core.errors import Invalid, NotAllowed
from ...core.ids import new_secret
from ...settings import settings
from ..commands import clean_email
from ..names import name_from_elsewhere
from ..vouching.claims import WrongToken, of_issuer
from ..vouching.tokens import read_id_token
from ..ways import Place
from .asking import TENANT, ask, configuration

if TYPE_CHECKING:
    from . import Provider
    from .asking import Configuration

log = logging.getLogger(__name__)

_MOST_CODE, _MOST_SUBJECT = 2000, 200
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_APPLE_SECONDS = 300


@dataclass(frozen=True)
class ProviderUser:
    """The person as the provider describes them. `email` is set only if the provider has verified
    it."""

    subject: str
    name: str
    email: str | None
    locale: str | None = None


def begin(provider: Provider, back: str) -> tuple[str, str]:
    """A new state, and the address to send the browser to; the provider redirects it to `back`.
    Raises `Unavailable` or `Invalid` if the provider's configuration is unavailable."""
    found = configuration(provider)
    state = new_secret()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": provider.preset.scope,
        "state": state,
        "code_challenge": _challenge(_derived(state, "verifier")),
        "code_challenge_method": "S256",
    }
    if provider.preset.api is None:
        asked["nonce"] = _derived(state, "nonce")
    if provider.preset.form_post:
        asked["response_mode"] = "form_post"
    return state, f"{found.authorize}{'&' if '?' in found.authorize else '?'}{urlencode(asked)}"


def finish(
    provider: Provider, *, state: str, code: str, iss: str | None, back: str
) -> ProviderUser:
    """The person who came back with this code. The caller must first check that the state is this
    browser's, for this provider, and was not used before. Raises `NotAllowed` or `Unavailable`."""
    found = configuration(provider)
    if (iss is not None and not _is_of(iss, found)) or (iss is None and found.says_iss):
        raise NotAllowed("not_allowed.provider")
    if not code or len(code) > _MOST_CODE:
        raise NotAllowed("not_allowed.provider")
    given = _tokens(provider, found, _derived(state, "verifier"), code=code, back=back)
    if provider.preset.api is not None:
        return _of_api(provider, given)
    try:
        return _of_id_token(provider, found, given, _derived(state, "nonce"))
    except WrongToken as error:  # its message is for developers
        log.warning("sign-in refused", extra={"provider": provider.name, "why": error.key})
        raise NotAllowed("not_allowed.provider") from error


def _is_of(iss: str, found: Configuration) -> bool:
    before, is_template, after = found.issuer.partition(TENANT)
    if not is_template:
        return iss == found.issuer
    tenant = iss.removeprefix(before).removesuffix(after)
    return iss == before + tenant + after and _TENANT.fullmatch(tenant) is not None


def _tokens(
    provider: Provider, found: Configuration, verifier: str, *, code: str, back: str
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": provider.client_id,
        "code_verifier": verifier,
    }
    headers: dict[str, str] = {}
    if found.basic:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form["client_secret"] = _secret(provider)
    status, said = ask(provider, found.token, form=form, headers=headers)
    if status != 200 or not isinstance(said, dict) or "error" in said:
        raise NotAllowed("not_allowed.provider")
    return said


def _secret(provider: Provider) -> str:
    """The client's secret; Apple's is created each time, from its private key."""
    if provider.kind != "apple":
        return provider.secret
    import jwt  # only Apple needs it, and it is large

    now = int(clock.now().timestamp())
    said = {"iss": provider.options["team"], "iat": now, "exp": now + _APPLE_SECONDS}
    said |= {"aud": provider.issuer, "sub": provider.client_id}
    header = {"kid": provider.options["key"]}
    try:
        return jwt.encode(said, provider.secret, algorithm="ES256", headers=header)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotAllowed("not_allowed.provider") from error


def _of_id_token(
    provider: Provider, found: Configuration, given: dict[str, Any], nonce: str
) -> ProviderUser:
    token = given.get("id_token")
    if not isinstance(token, str):
        raise NotAllowed("not_allowed.provider")
    said = read_id_token(token, keys_url=found.keys, client_id=provider.client_id, nonce=nonce)
    if not _is_of(str(said.get("iss")), found):
        raise WrongToken("wrong_site_token.unsigned", field="token")
    if TENANT in found.issuer and said["iss"] != found.issuer.replace(TENANT, str(said.get("tid"))):
        raise WrongToken("wrong_site_token.unsigned", field="token")
    if "email" not in said and found.person:
        said = {**_person(provider, found, given, said), **said}
    is_proved = said.get(provider.preset.verified) in (True, 1, "true", "1")
    checked = of_issuer({**said, "email_verified": is_proved}, Place(client_id=provider.client_id))
    subject = f"{said['tid']}|{checked.subject}" if TENANT in found.issuer else checked.subject
    name = "" if checked.name == _NOBODY else checked.name
    return ProviderUser(subject, name, checked.email, checked.locale)


_NOBODY = "Reader"  # what claims.py calls people without a name


def _person(
    provider: Provider, found: Configuration, given: dict[str, Any], said: dict[str, Any]
) -> dict[str, Any]:
    """Userinfo about the token's person, and nobody else (OpenID Connect Core, 5.3.4); {} if
    unavailable."""
    status, more = ask(provider, found.person, headers=_bearer(given))
    if status != 200 or not isinstance(more, dict) or more.get("sub") != said.get("sub"):
        return {}
    return {name: more[name] for name in _OF_A_PERSON if name in more}


_OF_A_PERSON = ("email", "email_verified", "name", "preferred_username", "nickname", "locale")


def _of_api(provider: Provider, given: dict[str, Any]) -> ProviderUser:
    """The person at a provider without ID tokens, fetched with the new access token."""
    api = provider.preset.api
    assert api is not None
    status, person = ask(provider, api.person, headers=_bearer(given))
    subject = person.get("id") if isinstance(person, dict) else None
    if (
        status != 200
        or type(subject) not in (int, str)
        or not 0 < len(str(subject)) <= _MOST_SUBJECT
    ):
        raise NotAllowed("not_allowed.provider")
    names = (person.get(each) for each in ("name", "global_name", "login", "username"))
    name = next((each for each in names if isinstance(each, str) and each.strip()), "")
    if api.emails:
        email = _primary(*ask(provider, api.emails, headers=_bearer(given)))
    else:
        email = person.get("email") if person.get("verified") is True else None
    return ProviderUser(str(subject), name_from_elsewhere(name, ""), _clean(email))


def _primary(status: int, listed: Any) -> Any:
    """The person's primary address, if it is verified."""
    for each in listed if status == 200 and isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("primary") is True and each.get("verified") is True:
            return each.get("email")
    return None


def _clean(email: Any) -> str | None:
    try:
        return clean_email(email[:1000]) if isinstance(email, str) else None
    except Invalid:
        return None


def _bearer(given: dict[str, Any]) -> dict[str, str]:
    token = given.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise NotAllowed("not_allowed.provider")
    return {"Authorization": f"Bearer {token}"}


def _derived(state: str, what: str) -> str:
    text = f"sign-in|{what}|{state}".encode("utf-8", "surrogatepass")
    made = hmac.new(settings().secret_key.encode(), text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
