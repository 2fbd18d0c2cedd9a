"""Every state of the box on one page, /demo/states/, and each on its own page: ordinary boxes on
conversations in that state (staged.py). Failures of the network or the service are simulated here,
only for these articles; the box's own markup and scripts show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from ..core.errors import NotFound
from ..core.locale import available, direction
from . import paper, staged
from .pages import href_of, page

if TYPE_CHECKING:
    from flask import Flask

states = Blueprint("states", __name__)


@dataclass(frozen=True)
class State:
    """One state: its name in addresses, a title, one sentence, and the site on which it is staged.
    `shows` selects what appears in the box (or on the page) once the state is reached. `article` is
    another page of the demo."""

    name: str
    title: str
    says: str
    shows: str
    site: str = staged.OPEN
    article: str = ""
    on_page: bool = False


STATES = (
    State(
        "skeleton",
        "Loading",
        "A quiet gray surface holds the place until the conversation has loaded.",
        "iframe[data-commentsvc=waiting]",
        on_page=True,
    ),
    State("empty", "No comments yet", "Readers are invited to write the first one.", "#empty"),
    State("one", "One comment", "There is nothing to sort yet.", "#list > .c:only-child"),
    State(
        "long",
        "A long conversation",
        "Branches, a featured comment, several languages.",
        "#list > .c:nth-child(3) .text",
        paper.SITE_KEY,
        "night-ferry",
    ),
    State("closed", "Closed", "Comments stay readable, but the form is not offered.", ".note"),
    State("hours", "Outside opening hours", "The box says when comments open again.", ".note"),
    State(
        "reacted",
        "Reactions to the page",
        "Each reader can give the article one reaction.",
        ".page-kinds [data-kind=love] b:not(:empty)",
    ),
    State("slow", "Slow mode", "Readers see the required wait before they write.", ".note"),
    State(
        "waiting",
        "Waiting for review",
        "Only the comment’s author and moderators see it.",
        ".pending .own",
        staged.AUTHOR,
    ),
    State(
        "rejected",
        "Rejected",
        "The reason, who or what decided, and a way to appeal.",
        ".rejected [data-action=appeal]",
        staged.AUTHOR,
    ),
    State(
        "warned",
        "Warned",
        "The reader must acknowledge the warning once before posting again.",
        "#warned-by",
        staged.WARNED,
    ),
    State(
        "suspended",
        "Suspended",
        "The reason, the last day, and a way to appeal.",
        "#banned-by",
        staged.SUSPENDED,
    ),
    State("banned", "Banned", "The reason, and a way to appeal.", "#banned-by", staged.BANNED),
    State(
        "offline",
        "Offline",
        "A comment that cannot be sent stays in the form, and the box keeps trying.",
        "#write .tell:not(:empty)",
    ),
    State(
        "lost",
        "Half loaded",
        "The frame’s script did not load, but reading works.",
        "#lost:not([hidden])",
    ),
    State(
        "away",
        "Service unavailable",
        "The box shows one line, and the page stays as it is.",
        "[data-commentsvc=line]",
        on_page=True,
    ),
    State("refused", "Refused page", "For an address that isn’t the site’s.", "main[role=alert]"),
    State(
        "noscript",
        "No script",
        "Reading, paging and sorting work.",
        "noscript .note",
        paper.SITE_KEY,
        "night-ferry",
    ),
)
_BY_NAME = {each.name: each for each in STATES}
_FOREIGN = "https://elsewhere.example.com/article"


def register(app: Flask) -> None:
    """Serve the pages, and simulate their failures."""
    app.register_blueprint(states, url_prefix="/demo/states")
    app.before_request(_stop)
    # the first one registered runs last, when the response has its own policy
    app.after_request_funcs.setdefault(None, []).insert(0, _cut)


@states.get("/")
def every() -> Response:
    """All states on one page. `locale`, `scheme` and `only` (names) change what is shown."""
    names = request.args.get("only", "").split() or list(_BY_NAME)
    return _shown("states", [_BY_NAME[each] for each in names if each in _BY_NAME])


@states.get("/<id:name>")
def one(name: str) -> Response:
    """One state, on the page of its article; with `alone=1` only the box, for a frame."""
    found = _BY_NAME.get(name.removesuffix("-rtl"))
    if found is None:
        raise NotFound("not_found.article")
    return _shown("state" if request.args.get("alone") else "states", [found])


@states.get("/actor.js")
def actor() -> Response:
    """The script that acts for the reader in states that need it."""
    answer = make_response(render_template("demo/states.js"))
    answer.content_type = "text/javascript; charset=utf-8"
    return answer


def _shown(template: str, found: list[State]) -> Response:
    staged.ready()
    asked = request.args.get("locale", "")
    locale = asked if asked in available() else "en"
    scheme = request.args.get("scheme", "")
    boxes = [(each, _href(each, locale), staged.token(each.site)) for each in found]
    answer = page(
        f"demo/{template}.html",
        framed=template == "state",
        boxes=boxes,
        locale=locale,
        direction=direction(locale),
        scheme=scheme if scheme in ("light", "dark") else "",
        plain=_plain,
    )
    answer.headers["Cache-Control"] = "no-store"  # it contains tokens
    return answer


def _href(state: State, locale: str) -> str:
    if state.name == "refused":
        return _FOREIGN
    if state.article:
        return href_of(state.article)
    rtl = "-rtl" if state.name == "one" and direction(locale) == "rtl" else ""
    return staged.address(state.name + rtl)


def _plain(site: str, href: str, locale: str, scheme: str) -> str:
    """The query of the box's page, for a frame without scripts."""
    query = {"site": site, "href": href, "locale": locale, "colorscheme": scheme or "auto"}
    return urlencode(query)


# --- simulated failures ---------------------------------------------------------------------------

#: What an additional policy blocks in the box's page: its requests, or its script.
_CUT = {"offline": "connect-src 'none'", "lost": "script-src 'unsafe-inline'"}


def _fails() -> str:
    """The state staged on the article of the requested box."""
    if request.endpoint != "embed_thread":
        return ""
    start, _, name = request.args.get("href", "").rpartition("/")
    return name if f"{start}/" == staged.address("") else ""


def _stop() -> Response | None:
    name = _fails()
    if name == "skeleton":
        return Response(status=204)  # a frame loads nothing from it
    if name == "away":
        return Response("The proxy has no answer.", 503, content_type="text/plain")
    return None


def _cut(answer: Response) -> Response:
    if cut := _CUT.get(_fails()):
        answer.headers.add("Content-Security-Policy", cut)
    return answer
