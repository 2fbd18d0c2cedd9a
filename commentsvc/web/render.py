"""The markup of comments for every surface: one macro, each piece rendered once.

A piece is one comment without its replies, split where they belong. Its cache key is everything it
shows, so that a page of known comments is joined, not rendered (docs/performance.md).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from flask import current_app
from markupsafe import Markup

from ..core.locale import say
from ..sites.badges import badges_among
from ..sites.own_sign_in import may_show
from ..threads import reactions
from ..threads.text.long import too_long_in
from ..threads.text.mentions import pressable
from ..threads.text.spoken import dir_of, directed, lang_of, sided

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..sites.policy import Policy
    from ..threads.views import CommentView

_SLOT = Markup("\x00replies\x00")
_MOST_PIECES = 4000  # of usual size: about 6 MB
_MOST_CHARACTERS = 6_000_000  # of all of them
_pieces: dict[tuple[Any, ...], tuple[str, str]] = {}
_characters = 0  # in them
_lock = threading.Lock()


def comment_html(view: CommentView, locale: str, policy: Policy) -> Markup:
    """A comment with the replies in the view, the same for every viewer. Below the policy's depth,
    replies are not indented and name the person they reply to."""
    return comments_html((view,), locale, policy)


def comments_html(
    views: Iterable[CommentView],
    locale: str,
    policy: Policy,
    path: Sequence[str] = (),
    named: str | None = None,
) -> Markup:
    """Several comments. The one in `named`, by ID, is marked and shows its whole text; `path` has those
    above it, top-level first. All of them but the last only show their place, and the links to
    their other replies are set apart."""
    written: list[str] = []
    changes = {each: _PASSED for each in path}
    if path:
        changes[path[-1]] = _ABOVE
    if named:
        changes[named] = _NAMED
    prefix = str(current_app.jinja_env.globals["prefix"])
    kinds = policy.kinds
    others = kinds if kinds and kinds != ("like",) else ()
    page = (locale, policy.profile_cards != "off", prefix, others)
    for view in views:
        _write(view, page, policy, written, changes)
    return Markup("".join(written))


def spoken(said: Any, locale: str) -> Markup:
    """The attributes `dir` and, if it is in another language than the page, `lang` of the element
    around a text. `said` has the `text` and its detected `language`."""
    told = Markup('dir="{}"').format(dir_of(said.text))
    lang = lang_of(said.language, said.text, locale)
    return told if lang is None else told + Markup(' lang="{}"').format(lang)


def rest_html(of: str, after: str, count: int, locale: str) -> Markup:
    """The link to the hidden replies of a comment."""
    return Markup(_macros().rest(of, after, count, say, locale))


#: What is replaced in a comment's markup, once each, and what by.
_Change = tuple[tuple[str, str], ...]
_ABOVE: _Change = (('<li class="more">', '<li class="more aside">'),)
_PASSED: _Change = (('class="c', 'class="c passed'), *_ABOVE)
_NAMED: _Change = (('class="c', 'class="c lit'), *((f' data-long="{n}"', "") for n in (1, 2, 3)))

#: Its language, whether names open cards, the path prefix, and the reactions other than likes.
_Page = tuple[str, bool, str, tuple[str, ...]]


def _write(
    view: CommentView, page: _Page, policy: Policy, written: list[str], changes: dict[str, _Change]
) -> None:
    head, tail = _piece(view, page, policy)
    for what, instead in changes.get(view.id, ()):
        head, tail = head.replace(what, instead, 1), tail.replace(what, instead, 1)
    written.append(head)
    for each in view.replies:
        _write(each, page, policy, written, changes)
    written.append(tail)


def _piece(view: CommentView, page: _Page, policy: Policy) -> tuple[str, str]:
    """The markup before and after a comment's replies. It depends on how many levels are left to
    the policy's depth (at most two), and on the author's badges."""
    room = max(0, min(policy.depth - view.depth, 2))
    has_slot = bool(view.replies)
    given = badges_among(policy.badges, view.given) if view.given else ()
    picture = may_show(policy, view.picture)
    key = (view.piece, page, room, has_slot, given, picture)
    kept = _pieces.get(key)
    if kept is not None:
        return kept
    locale, cards, _, others = page
    runs = dir_of(view.text)
    marked = view.html if runs == "rtl" else directed(view.html)
    html = sided(marked, runs)
    shown = view._replace(html=pressable(html) if cards else html)
    slot = _SLOT if has_slot else ""
    counts = reactions.shown(others, view.like_count, view.reactions)
    kinds = [(kind, reactions.EMOJI[kind], count) for kind, count in counts]
    long = too_long_in(view.text)
    html = str(
        _macros().comment(shown, say, locale, room, slot, given, picture, cards, kinds, long)
    )
    head, _, tail = html.partition(_SLOT)
    with _lock:
        _keep(key, (head, tail))
    return head, tail


def _keep(key: tuple[Any, ...], piece: tuple[str, str]) -> None:
    """Remember a piece, and forget the oldest beyond the bounds. The caller holds the lock."""
    global _characters
    _characters += _size_of(piece) - _size_of(_pieces.pop(key, ("", "")))
    _pieces[key] = piece
    if len(_pieces) <= _MOST_PIECES and _characters <= _MOST_CHARACTERS:
        return
    for old in list(_pieces):
        if len(_pieces) <= _MOST_PIECES * 3 // 4 and _characters <= _MOST_CHARACTERS * 3 // 4:
            break
        _characters -= _size_of(_pieces.pop(old))


def _size_of(piece: tuple[str, str]) -> int:
    return len(piece[0]) + len(piece[1])


def _macros() -> Any:
    return current_app.jinja_env.get_template("macros/comment.html").module
