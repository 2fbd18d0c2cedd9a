"""Where the service stands on its host: its start page, and the path of PUBLIC_URL above all of its pages,
whether the proxy in front cuts that path off or passes it on; and what rules of addresses are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from werkzeug.routing import Rule

from ..settings import WrongSettings, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

home = Blueprint("home", __name__)


def register(app: Flask) -> None:
    """Answer / with the start page."""
    app.register_blueprint(home)


@home.get("/")
def index() -> str:
    """For whoever types the server's address; in the demo also what to try first."""
    return render_template(
        "home.html",
        base=settings().public_url.rstrip("/"),
        demo=current_app.config.get("COMMENTSVC_DEMO", False),
    )


# --- addresses as browsers have them --------------------------------------------------------------


def here() -> str:
    """The path of this request and its query."""
    return f"{request.script_root}{request.full_path.rstrip('?')}"


def path_here() -> str:
    """The same without the query."""
    return f"{request.script_root}{request.path}"


def public_address(endpoint: str, **values: Any) -> str:
    """A page's address in full, for other servers and for people to copy."""
    public = urlsplit(settings().public_url)
    return f"{public.scheme}://{public.netloc}{url_for(endpoint, **values)}"


# --- under a path ---------------------------------------------------------------------------------


class Mounted:
    """A WSGI layer that cuts the path of PUBLIC_URL off."""

    def __init__(self, app: Any, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        mount(environ, self._prefix)
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def mount(environ: dict[str, Any], prefix: str) -> None:
    """Tell the path under which everything stands from the rest, once."""
    if environ["SCRIPT_NAME"] == prefix:
        return
    environ["SCRIPT_NAME"] = prefix
    path: str = environ["PATH_INFO"]
    if path == prefix or path.startswith(f"{prefix}/"):
        environ["PATH_INFO"] = path[len(prefix) :] or "/"


def put_under(app: Flask, prefix: str) -> None:
    """Let `app`, which is complete, stand under this path. Raises `WrongSettings` for a path that one of our
    own addresses has: nobody could tell whether the proxy has cut it off."""
    if any(
        each.rule == prefix or each.rule.startswith(f"{prefix}/")
        for each in app.url_map.iter_rules()
    ):
        raise WrongSettings(
            [f"PUBLIC_URL: “{prefix}” is the path of a page of ours. Use another path."]
        )
    app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign]


class Route(Rule):
    """A rule that learns how to build an address when one is first built. werkzeug compiles two functions for
    each of three hundred rules as it is added, of which most are never called (docs/performance.md)."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        make = super()._compile_builder
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Any, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
