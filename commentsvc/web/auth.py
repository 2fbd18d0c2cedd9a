"""Who sends a request: sessions for the dashboard and accounts, bearer and guest tokens for the
frame, API keys.

`viewer()` is the same throughout a request. `require` and `requires` check in `sites.permissions`
what the viewer may do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar
from urllib.parse import quote

from flask import current_app, redirect, request

from ..accounts import proofs
from ..core.addresses import origin_matches
from ..core.errors import NotAllowed, NotFound
from ..sites import permissions
from ..sites.queries import refusal, role_of, roles_of
from . import csrf, sessions
from .home import here
from .problems import Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response

    from ..accounts.models import Credential, User
    from ..sites.models import Site
    from ..sites.permissions import Role

P = ParamSpec("P")
R = TypeVar("R")

Kind = Literal["session", "bearer", "guest", "api"]

_KEPT = "commentsvc.viewer"
#: Where `requires` stores the sites that it found, by action, for the page that it guards.
MY_SITES = "commentsvc.my_sites"
_ROLES = "commentsvc.roles"  # the viewer's roles on all sites, for the rest of the request

#: The scope that an API key needs for each action; everything else requires a person.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "read": "read",
        "post": "write",
        "like": "write",
        "flag": "write",
        "appeal": "write",
        "moderate": "moderate",
        "see_people": "moderate",
        "sanction": "moderate",
        "close_thread": "moderate",
        "set_policy": "manage",
        "set_role": "manage",
        "manage_site": "manage",
        "export": "manage",
        "add_site": "manage",
    }
)
#: What a frame's token can never do, because the page around the frame is not ours.
NOT_IN_A_FRAME = frozenset(("set_policy", "set_role", "manage_site", "export", "add_site"))


@dataclass(frozen=True)
class Viewer:
    """Who sends the request, and with what proof. `site_id` is set if the proof is valid for one
    site only."""

    user: User | None = None
    kind: Kind | None = None
    site_id: int | None = None
    origin: str | None = None
    grants: Mapping[str, Any] = field(default_factory=dict)
    credential: Credential | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of an API key."""
        return frozenset(self.grants.get("scopes", ()))


NOBODY = Viewer()


def viewer() -> Viewer:
    """Who sends this request. Raises `Unauthorized` for an invalid token or key."""
    found: Viewer | None = request.environ.get(_KEPT)
    if found is None:
        found = _by_header() or _by_session() or NOBODY
        # Stored in the request, not in flask.g: tests keep one context open for many requests.
        request.environ[_KEPT] = found
    return found


def proved() -> bool:
    """Whether this request has a valid token or key."""
    found: Viewer | None = request.environ.get(_KEPT)
    return found is not None and found.credential is not None


def signed_in() -> User:
    """The signed-in person. Raises `Unauthorized`."""
    user = viewer().user
    if user is None:
        raise Unauthorized("sign_in_needed")
    return user


def acting() -> User:
    """The person who changes something of their own; a key needs the scope `write`. Raises
    `Unauthorized` or `NotAllowed`."""
    user, seen = signed_in(), viewer()
    if seen.kind == "api" and "write" not in seen.scopes:
        raise NotAllowed("wrong_scope")
    return user


def require(action: str, site: Site) -> User | None:
    """The viewer, if they may do this on the site. Raises `Unauthorized` if nobody is signed in,
    else `NotAllowed`."""
    user = require_proof(action, site)
    if not permissions.may(role_of(user, site), action):
        if user is None:
            raise Unauthorized("sign_in_needed")
        raise refusal(user, action, site)
    return user


def require_proof(action: str, site: Site) -> User | None:
    """The viewer, if the token or key allows this on the site; does not check the role (a banned
    author may still withdraw). Raises `NotAllowed`."""
    seen = viewer()
    if not _proof_reaches(seen, action, site):
        raise NotAllowed("wrong_scope")
    return seen.user


def may(action: str, site: Site) -> bool:
    """Whether the viewer may do this on the site."""
    seen = viewer()
    return _proof_reaches(seen, action, site) and permissions.may(role_of(seen.user, site), action)


def require_hidden(
    action: str, site: Site, what: Literal["comment", "thread", "site"] = "comment"
) -> User:
    """Like `require`, for things that others must not know to exist. Raises `Unauthorized`, or
    `NotFound` for people who may not do this on the site."""
    user = signed_in()
    if not may(action, site):
        raise NotFound(f"not_found.{what}")
    return user


def my_sites(action: str = "moderate") -> list[Site]:
    """The sites on which the viewer may do this, sorted by name. Raises `Unauthorized` or
    `NotAllowed`."""
    user, seen = signed_in(), viewer()
    kept: dict[int, list[tuple[Site, Role]]] = request.environ.setdefault(_ROLES, {})
    if user.id not in kept:
        kept[user.id] = roles_of(user)
    there = [site for site, role in kept[user.id] if permissions.may(role, action)]
    found = [site for site in there if _proof_reaches(seen, action, site)]
    if not found:
        raise NotAllowed(f"may_not_{action}")
    return found


def requires(action: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Decorator for pages of the dashboard and the account: requires a session and, with `action`,
    the right to do it on at least one site. Without a session, redirects to the sign-in page and
    back."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if viewer().kind != "session":  # tokens in a header are for programs and the frame
                return _to_sign_in()
            user = signed_in()
            if action is not None and sessions.lacks_factor(user):
                return _to_set_up()
            sessions.see()
            if action is not None:
                request.environ.setdefault(MY_SITES, {})[action] = my_sites(action)
            return view(*args, **kwargs)

        guarded.required_action = action or "signed_in"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in() -> Response:
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if request.method not in ("GET", "HEAD") or wanted == "application/json":
        raise Unauthorized("sign_in_needed")
    return redirect(f"{request.script_root}/account/sign-in?next={quote(here(), safe='/')}", 303)


def _to_set_up() -> Response:
    """If staff must have a second factor, no other page opens before it is set up."""
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("not_allowed.set_up_second_factor")
    return redirect(f"{request.script_root}/account/security?required=1", 303)


# --- proofs ---------------------------------------------------------------------------------------


def _by_header() -> Viewer | None:
    header = request.headers.get("Authorization", "")
    key = request.headers.get("X-Api-Key", "")
    scheme, _, secret = header.partition(" ")
    if not key and (not header or (scheme.lower() not in _SCHEMES and _is_for_a_proxy())):
        return None
    kinds: list[tuple[str, Kind]]
    if key:
        secret, kinds = key, [("api", "api")]
    elif scheme.lower() == "bearer":
        kinds = [("access", "bearer"), ("api", "api")]
    elif scheme.lower() == "guest":
        kinds = [("guest", "guest")]
    else:
        raise Unauthorized("unknown_scheme")
    for stored, kind in kinds:
        proof = proofs.proof_of(stored, secret.strip()) if secret.strip() else None
        if proof is not None:
            if stored == "api":
                _from_its_pages(proof.credential)
            return _of(proof, kind)
    raise Unauthorized("token_not_in_force.ended")


_SCHEMES = ("bearer", "guest")


def _is_for_a_proxy() -> bool:
    """Whether an unknown scheme is for a proxy: a browser that has signed in to one with Basic
    sends it with every page and every request of a page. Programs get an error instead."""
    is_page = not request.path.startswith("/api/")
    return is_page or request.headers.get("Sec-Fetch-Site") == "same-origin"


def _from_its_pages(credential: Credential) -> None:
    """Check that a key in a page is used on the pages it was created for. Raises `NotAllowed`."""
    origins = (credential.grants or {}).get("origins") or ()
    sent = request.headers.get("Origin", "")
    if origins and not any(origin_matches(sent, each) for each in origins):
        raise NotAllowed("wrong_scope.origin")


def _of(proof: proofs.Proof, kind: Kind) -> Viewer:
    credential = proof.credential
    return Viewer(
        user=proof.user,
        kind=kind,
        site_id=credential.site_id,
        origin=credential.origin,
        grants=dict(credential.grants or {}),
        credential=credential,
    )


def _by_session() -> Viewer | None:
    """A session is valid for our own pages, and for the API if a CSRF token proves that the page is
    ours (or if it only reads what staff read). Never inside a frame."""
    if request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "embed", "object"):
        return None
    if not sessions.is_there():
        return None
    if request.path.startswith("/api/") and not csrf.is_sent():
        view = current_app.view_functions.get(request.endpoint or "")
        reads = request.method in ("GET", "HEAD") and getattr(view, "for_staff", False)
        if not reads or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            return None
    user = sessions.user()
    if user is not None and request.path.startswith("/api/") and sessions.lacks_factor(user):
        return None
    return Viewer(user=user, kind="session") if user else None


def _proof_reaches(seen: Viewer, action: str, site: Site) -> bool:
    if seen.site_id is not None and seen.site_id != site.id:
        return False
    if seen.kind == "api":
        return SCOPES[action] in seen.scopes
    return not (seen.kind in ("bearer", "guest") and action in NOT_IN_A_FRAME)
