"""The start page; the path in PUBLIC_URL under which all pages are, whether the proxy strips it or
passes it on; and the class of URL rules."""

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
    """Serve the start page at /."""
    app.register_blueprint(home)


@home.get("/")
def index() -> str:
    """The start page, for people who type the server's address; in the demo, also what to try
    first."""
    return render_template(
        "home.html",
        base=settings().public_url,
        demo=current_app.config.get("COMMENTSVC_DEMO", False),
    )


# --- addresses as browsers see them ---------------------------------------------------------------


def here() -> str:
    """The path of this request and its query."""
    return f"{request.script_root}{request.full_path.rstrip('?')}"


def path_here() -> str:
    """The same without the query."""
    return f"{request.script_root}{request.path}"


def public_address(endpoint: str, **values: Any) -> str:
    """A page's full address, for other servers and for people to copy."""
    public = urlsplit(settings().public_url)
    return f"{public.scheme}://{public.netloc}{url_for(endpoint, **values)}"


# --- under a path ---------------------------------------------------------------------------------


class Mounted:
    """A WSGI layer that strips the path of PUBLIC_URL."""

    def __init__(self, app: Any, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        mount(environ, self._prefix)
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def mount(environ: dict[str, Any], prefix: str) -> None:
    """Move the path prefix from PATH_INFO to SCRIPT_NAME, once."""
    if environ["SCRIPT_NAME"] == prefix:
        return
    environ["SCRIPT_NAME"] = prefix
    path: str = environ["PATH_INFO"]
    if path == prefix or path.startswith(f"{prefix}/"):
        environ["PATH_INFO"] = path[len(prefix) :] or "/"


def put_under(app: Flask, prefix: str) -> None:
    """Serve the complete `app` under this path. Raises `WrongSettings` for a path that one of our
    own addresses uses: we could not tell whether the proxy has stripped it."""
    if any(
        each.rule == prefix or each.rule.startswith(f"{prefix}/")
        for each in app.url_map.iter_rules()
    ):
        raise WrongSettings(
            [f"PUBLIC_URL: “{prefix}” is the path of one of our own pages. Use another path."]
        )
    app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign]


class Route(Rule):
    """A rule that compiles its address builders on first use. werkzeug compiles two functions for
    each of three hundred rules when it is added, and most are never called
    (docs/performance.md)."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        make = super()._compile_builder
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Any, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
