"""Preview of a site's look: the page of the box with example comments, for a frame of ours.
Sessions are not valid in frames, but nothing here is private: readers of the site see it anyway."""

from __future__ import annotations

from datetime import timedelta
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal

from flask import request
from markupsafe import Markup

from ..core import clock
from ..core.locale import direction, pick_locale, say
from ..core.paging import Page
from ..sites.look.looks import tried
from ..sites.queries import by_key, policy_of
from ..threads import text as texts
from ..threads.views import CommentView, ThreadView
from ..web import headers
from ..web.limits import limit
from .asked import Asked
from .page import Shown, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from ..sites.policy import Policy

STATES = ("long", "empty", "closed", "error")
_HREF = "https://example.org/"
#: Per example comment: the one it replies to, its age in hours, and other fields.
_TALK: tuple[tuple[int | None, int, dict[str, Any]], ...] = (
    (None, 26, {"badges": ("staff",), "pinned": True, "like_count": 12}),
    (None, 20, {"like_count": 31}),
    (1, 18, {"author_kind": "guest", "like_count": 4}),
    (2, 15, {"badges": ("trusted",), "edited_at": True, "like_count": 2}),
    (None, 9, {"author_kind": "guest", "featured": True, "like_count": 7}),
    (4, 7, {}),
    (None, 3, {"author_kind": "guest", "like_count": 1}),
    (None, 1, {}),
)
#: Per reaction that the site offers to its pages.
_REACTIONS = (24, 9, 0, 3, 1, 0)


@limit("read")
def look() -> Response:
    """The page in the form's look; stores nothing. Links and frames use GET, the form uses POST,
    because a style sheet may be too long for an address."""
    given = request.values
    site = by_key(given.get("site", ""))
    policy = tried(policy_of(site), given)
    state = given.get("state", "")
    state = state if state in STATES else STATES[0]
    locale = _locale(policy, given)
    comments = [] if state == "empty" else _conversation(locale)
    many = len(_TALK) if comments else 0
    given_to_page = dict(zip(policy.page_kinds, _REACTIONS if many else repeat(0), strict=False))
    thread = ThreadView(
        *(None, site.key, _HREF, None, state == "closed", many, 0),
        reactions=given_to_page or None,
    )
    scheme: Literal["light", "dark"] = "dark" if given.get("scheme") == "dark" else "light"
    want = Asked(_HREF, None, (), policy.default_sort, policy.page_size, locale, scheme, None, None)
    headers.allow("frame-ancestors", "'self'")
    shut = "closed" if thread.closed else ""
    shown = Shown(thread, want, policy, Page(comments, None), None, False, "", shut)
    classes = "apart lost" if state == "error" else "apart"
    return page(shown, "embed/look.html", state=state, marks=Markup(' class="{}"').format(classes))


def _locale(policy: Policy, given: Mapping[str, str]) -> str:
    """A language in the requested direction: the site's, that of the page around, or another."""
    wanted = "rtl" if given.get("direction") == "rtl" else "ltr"
    some = (policy.locale, given.get("locale", ""), "ar", "en")
    return next(each for each in map(pick_locale, filter(None, some)) if direction(each) == wanted)


def _conversation(locale: str) -> list[CommentView]:
    """The examples as in a thread, each with its replies."""
    views: list[CommentView] = []
    for number, (parent, _, _) in enumerate(_TALK):
        above = views[parent] if parent is not None else None
        views.append(_example(number, above, locale))
        if above is not None:
            above.replies.append(views[-1])
    return [each for each in views if each.parent_id is None]


def _example(number: int, above: CommentView | None, locale: str) -> CommentView:
    _, hours, more = _TALK[number]
    # whole hours, so that rendered pieces can be reused (web/render.py)
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    source = say(f"dashboard.look.example.{number}", locale)
    view = CommentView(
        replies=[],
        id=f"example{number}",
        thread_id="example",
        parent_id=above.id if above else None,
        depth=above.depth + 1 if above else 0,
        revision=-1 - number,
        language=None,
        author_id="23456789"[number] * 8,
        author_name=say(f"dashboard.look.name.{number}", locale),
        author_kind="member",
        badges=(),
        html=texts.html(source),
        text=source,
        status="published",
        gap=None,
        created_at=at,
        edited_at=None,
        like_count=0,
        reply_count=0,
        permalink="#",
        parent_name=above.author_name if above else "",
    )
    if more.get("edited_at"):
        more = {**more, "edited_at": at}
    return view._replace(**more)
