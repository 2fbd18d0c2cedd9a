"""Sessions of the dashboard and the account pages: Flask-Login over a signed cookie, with a proof in
the database, so that signing out ends the session also for whoever copied the cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from ..accounts import commands as accounts
from ..accounts import proofs
from ..settings import settings

if TYPE_CHECKING:
    from ..accounts.models import User

DAYS = 14
_PROOF = "proof"
_ASKED = "asked"


def register(app: Flask) -> None:
    """Set the cookie's flags and let Flask-Login find people by their proof."""
    secure = settings.of(app).is_https
    app.config.update(
        # `__Host-`: no other host of the domain can set or overwrite it (ASVS 5.0 V3.3.1, V3.3.3)
        SESSION_COOKIE_NAME="__Host-commentsvc" if secure else "commentsvc",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=DAYS),
    )
    manager = LoginManager()
    manager.session_protection = None  # it would tie the session to an address, which phones change
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    # It looks into the session for a cookie we do not use, and so makes every answer private.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    app.before_request(_forget)


def is_there() -> bool:
    """Whether the browser sent a session at all; asking this alone does not make the answer private."""
    return request.cookies.get(_cookie_name()) is not None


def user() -> User | None:
    """Who is signed in by this session, if its proof is still in force."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def sign_in(user: User, *, family: str | None = None) -> None:
    """Begin a new session for somebody who has just proved who they are; it ends with the sign-in
    `family`, if it was made by one. What the session held before is dropped, so that nobody can have
    prepared it (session fixation)."""
    session.clear()
    label = family or request.headers.get("User-Agent", "")[:120] or None
    session[_PROOF] = proofs.issue("session", user=user, ttl=timedelta(days=DAYS), label=label)
    session.permanent = True
    login_user(user)


def sign_out() -> None:
    """End the session here and in every copy of the cookie."""
    secret = session.get(_PROOF)
    credential = proofs.find("session", secret) if secret else None
    if credential is not None:
        proofs.revoke(credential)
    logout_user()
    session.clear()


def remember(asked: str) -> None:
    """What this browser has asked for by letter: who comes back with its link here typed the rest."""
    session[_ASKED] = asked


def asked() -> str:
    """What this browser has last asked for; signing in forgets it."""
    return str(session.get(_ASKED) or "")


def public_id() -> str | None:
    """The public id of the session in hand, by which what was made from it ends with it."""
    secret = session.get(_PROOF)
    credential = proofs.find("session", secret) if isinstance(secret, str) else None
    return credential.public_id if credential else None


def _load(name: str) -> User | None:
    secret = session.get(_PROOF)
    credential = proofs.find("session", secret) if isinstance(secret, str) else None
    if credential is None or credential.user_id is None:
        return None
    user = accounts.by_id(credential.user_id)
    return user if user.get_id() == name else None


def _cookie_name() -> str:
    return "__Host-commentsvc" if settings().is_https else "commentsvc"


def _forget() -> None:
    """Flask-Login keeps the person in `g`, which outlives a request where a context is held open."""
    g.pop("_login_user", None)
