"""Sessions of the dashboard and the account pages: Flask-Login with a signed cookie and a proof in
the database, so that signing out also ends copies of the cookie."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, after_this_request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user, logout_user

from ..accounts import commands as accounts
from ..accounts import devices, frames, proofs
from ..accounts.factors import factors_of, proving
from ..accounts.factors.passkeys import CHALLENGE_VALID
from ..accounts.leaving import check_stays
from ..core import clock
from ..core.errors import NotAllowed
from ..core.ids import new_secret
from ..settings import settings
from ..sites import second_factor, staff
from ..sites.queries import sites_of
from .network import address_of, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import Credential, User
    from ..settings import Settings

DAYS = 14
HALF_VALID = timedelta(minutes=10)  # from the password to the second factor
MOST_TRIES = 5
#: How long a proof is valid for sensitive actions.
FRESH = timedelta(minutes=15)
_PROOF = "proof"
_HALF = "half"
_CHALLENGE = "challenge"
_ASKED = "asked"
_MOST_ASKED = 3
_IN_HAND = "commentsvc.session"
_DEVICE = re.compile(r"[\w-]{32}")
_CARRIED: list[str] = []


def register(app: Flask) -> None:
    """Set the cookie's flags, and let Flask-Login load people by their proof."""
    given = settings.of(app)
    app.config.update(
        SESSION_COOKIE_NAME=_cookie_name("commentsvc", given),
        SESSION_COOKIE_SECURE=given.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH=given.prefix or "/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=DAYS),
    )
    app.session_interface = _Cookies()
    manager = LoginManager()
    manager.session_protection = None  # it ties the session to an address, which phones change
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    # It reads the session for a cookie that we do not use, which makes every response private.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    app.before_request(_forget)


class _Cookies(SecureCookieSessionInterface):
    """Flask's own, without preparing to check a cookie that was not sent, as with most requests."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def carried(name: str) -> str:
    """Keep this key of the session on sign-in: it does not identify anybody."""
    _CARRIED.append(name)
    return name


def is_there() -> bool:
    """Whether the browser sent a session at all; checking only this does not make the response
    private."""
    return request.cookies.get(_cookie_name("commentsvc", settings())) is not None


def user() -> User | None:
    """The person signed in by this session, if its proof is still valid."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def sign_in(user: User, *, family: str | None = None, site_id: int | None = None) -> bool:
    """After a person has proved who they are, begin a session, or wait for their second factor.
    Returns whether they are signed in. The session ends with the sign-in `family`, if one created
    it, and works only for frames of `site_id` if only that site vouches for the person. Raises
    `NotAllowed` for an account that is being deleted."""
    check_stays(user)
    if not factors_of(user):
        begin(user, family=family, site_id=site_id)
        return True
    _clear()
    session[_HALF] = proofs.issue("half", user=user, ttl=HALF_VALID, label=family, site_id=site_id)
    return False


def begin(user: User, *, family: str | None = None, site_id: int | None = None) -> None:
    """Begin a new session for a person who has just given all required proofs. Drops the session's
    previous content, against session fixation. Raises like `sign_in`."""
    check_stays(user)
    _clear()
    agent, network = request.headers.get("User-Agent", "")[:300], shortened(address_of(request))
    now = int(clock.now().timestamp())
    facts: dict[str, Any] = {"agent": agent, "network": network, "seen": now, "proved": now}
    if second_factor.is_missing(user):
        facts["setup"] = True
    ttl = timedelta(days=DAYS)
    session[_PROOF] = proofs.issue(
        "session", user=user, ttl=ttl, label=family, site_id=site_id, grants=facts
    )
    session.permanent = True
    login_user(user)
    staff.signed_in(user, agent)
    if sites_of(user):
        devices.meet(user, _device(), agent=agent, network=network)


def half() -> tuple[User, Credential] | None:
    """The person who has completed the first step in this browser, and the credential of that
    step."""
    secret = session.get(_HALF)
    waits = proofs.find("half", secret) if isinstance(secret, str) else None
    if waits is None or waits.user_id is None or waits.grants.get("tries", 0) >= MOST_TRIES:
        return None
    return accounts.by_id(waits.user_id), waits


def finish(given: Mapping[str, str]) -> User:
    """The second step: begin the session if the proof is right. Raises `NotAllowed`; after too many
    tries, sign-in starts over."""
    found = half()
    if found is None:
        raise NotAllowed("not_allowed.second_step")
    user, waits = found
    if not proving.fits(user, given, taken_challenge()):
        devices.note(waits, tries=waits.grants.get("tries", 0) + 1)
        raise NotAllowed("not_allowed.code", field="code")
    proofs.use_once("half", session[_HALF])
    begin(user, family=waits.label, site_id=waits.site_id)
    return user


def sign_out() -> None:
    """End the session here, in every copy of the cookie, and in the frames that were signed in from
    it."""
    secret = session.get(_PROOF)
    credential = proofs.find("session", secret) if isinstance(secret, str) else None
    if credential is not None:  # and not deleted with its person in this request
        frames.end_session(credential)
    logout_user()
    session.clear()


def remember(asked: str) -> None:
    """Remember the email that this browser asked for: a person who opens its link here also filled
    in the form."""
    others = [each for each in all_asked() if each != asked]
    session[_ASKED] = [*others, asked][-_MOST_ASKED:]


def asked() -> str:
    """The name of this browser's last request for an email; signing in forgets it."""
    return (all_asked() or [""])[-1]


def all_asked() -> list[str]:
    """The names of this browser's last requests for emails, newest last."""
    kept = session.get(_ASKED) or []
    return [kept] if isinstance(kept, str) else list(kept)  # one, in an older cookie


def public_id() -> str | None:
    """The public ID of the current session; sign-ins created from it end with it."""
    credential = in_hand()
    return credential.public_id if credential else None


def in_hand() -> Credential | None:
    """The session of this request, if it is valid. Looked up once per request."""
    secret = session.get(_PROOF)
    if not isinstance(secret, str):
        return None
    kept: tuple[str, Credential | None] = request.environ.get(_IN_HAND, ("", None))
    if kept[0] != secret:
        kept = request.environ[_IN_HAND] = (secret, proofs.find("session", secret))
    return kept[1]


# --- freshness of the proof -----------------------------------------------------------------------


def is_fresh() -> bool:
    """Whether the person has proved recently who they are."""
    credential = in_hand()
    proved = (credential.grants or {}).get("proved", 0) if credential else 0
    return 0 <= clock.latest().timestamp() - proved < FRESH.total_seconds()


def renew() -> None:
    """Store that the person has just proved again who they are."""
    if (credential := in_hand()) is not None:
        devices.note(credential, proved=int(clock.now().timestamp()))


def see() -> None:
    """Store that the current session is used."""
    if (credential := in_hand()) is not None:
        devices.see(credential)


def lacks_factor(user: User) -> bool:
    """Whether this session began after a second factor was required, and there is none yet."""
    credential = in_hand()
    due = credential is not None and (credential.grants or {}).get("setup", False)
    return due and second_factor.is_missing(user)


def reaches(site_id: int) -> bool:
    """Whether the current session may sign in frames of the site."""
    credential = in_hand()
    return credential is not None and credential.site_id in (None, site_id)


def is_everywhere() -> bool:
    """Whether the current session is not for the frames of one site only."""
    credential = in_hand()
    return credential is not None and credential.site_id is None


def challenge() -> str:
    """A new challenge for a passkey in this browser."""
    made = new_secret()
    session[_CHALLENGE] = [made, int((clock.now() + CHALLENGE_VALID).timestamp())]
    return made


def taken_challenge() -> str:
    """This browser's challenge, used up; "" if there is none, or it has expired."""
    made, ends = session.pop(_CHALLENGE, None) or ("", 0)
    return str(made) if ends > clock.now().timestamp() else ""


def _clear() -> None:
    kept = {name: session[name] for name in _CARRIED if name in session}
    session.clear()
    session.update(kept)


def _load(name: str) -> User | None:
    credential = in_hand()
    if credential is None or credential.user_id is None:
        return None
    user = accounts.by_id(credential.user_id)
    return user if user.get_id() == name else None


def _device() -> str:
    """The ID of this browser, in a cookie that means nothing to others."""
    name = _cookie_name("device", settings())
    known = request.cookies.get(name, "")
    device = known if _DEVICE.fullmatch(known) else new_secret()

    @after_this_request
    def keep(answer: Response) -> Response:
        answer.set_cookie(
            name,
            device,
            max_age=devices.DEVICE_DAYS * 86400,
            secure=settings().is_https,
            httponly=True,
            samesite="Lax",
            path=cookie_path(),
        )
        return answer

    return device


def _cookie_name(name: str, given: Settings) -> str:
    """`__Host-`: no other host of the domain can set or overwrite it (ASVS 5.0 V3.3.1, V3.3.3). It
    requires the path /, which belongs to somebody else if we are under a path."""
    kind = "__Secure-" if given.prefix else "__Host-"
    return f"{kind}{name}" if given.is_https else name


def cookie_path() -> str:
    """The path of our cookies."""
    return settings().prefix or "/"


def _forget() -> None:
    """Clear the person that Flask-Login stores in `g`, which outlives a request if a context is
    kept open."""
    g.pop("_login_user", None)
