"""The markup of comments for every surface: one macro, each piece of it made once.

A piece is one comment without its replies, cut where they belong. It is kept by everything it shows,
so a page of comments that were seen before is joined, not rendered (docs/performance.md).
"""

from __future__ import annotations

import threading
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from flask import current_app
from markupsafe import Markup

from ..core.locale import say
from ..threads.views import CommentView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..sites.policy import Policy

_SLOT = Markup("\x00replies\x00")
_MOST_PIECES = 4000  # about 6 MB

#: What a key need not hold: the revision stands for its texts, and replies are pieces of their own.
_NOT_IN_KEYS = frozenset(("html", "text", "replies"))
_shown = attrgetter(*(each.name for each in fields(CommentView) if each.name not in _NOT_IN_KEYS))

_pieces: dict[tuple[Any, ...], tuple[str, str]] = {}
_lock = threading.Lock()


def comment_html(
    view: CommentView, locale: str, policy: Policy, *, depth_left: int | None = None
) -> Markup:
    """A comment with the replies that are in the view, the same for every viewer. `depth_left` says
    how many levels may be drawn below it, where it is not drawn in its own place (a conversation)."""
    left = policy.depth - 1 - view.depth if depth_left is None else depth_left
    return Markup(_joined(view, locale, max(0, left)))


def comments_html(
    views: Iterable[CommentView], locale: str, policy: Policy, *, depth_left: int | None = None
) -> Markup:
    """Some comments, one after the other."""
    return Markup(
        "".join(comment_html(view, locale, policy, depth_left=depth_left) for view in views)
    )


def _joined(view: CommentView, locale: str, depth_left: int) -> str:
    nested = view.replies if depth_left > 0 else []
    head, tail = _piece(view, locale, depth_left, has_slot=bool(nested))
    if not nested:
        return head
    return head + "".join(_joined(each, locale, depth_left - 1) for each in nested) + tail


def _piece(view: CommentView, locale: str, depth_left: int, *, has_slot: bool) -> tuple[str, str]:
    key = (*_shown(view), len(view.replies), locale, depth_left > 0, has_slot)
    kept = _pieces.get(key)
    if kept is not None:
        return kept
    macro = current_app.jinja_env.get_template("macros/comment.html").module.comment  # type: ignore[attr-defined]
    html = str(macro(view, say, locale, depth_left, _SLOT if has_slot else None))
    head, _, tail = html.partition(_SLOT)
    with _lock:
        if len(_pieces) >= _MOST_PIECES:
            for old in list(_pieces)[: _MOST_PIECES // 4]:
                del _pieces[old]
        _pieces[key] = (head, tail)
    return head, tail
