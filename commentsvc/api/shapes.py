"""Rooms' views as the API shows them: only public IDs and public words."""

from __future__ import annotations

from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ..core import clock
from ..core.locale import pick_locale
from ..moderation.outcomes import outcomes
from ..posting.commands import editable_until
from ..sites.badges import badges_among
from ..threads import pages
from ..threads.reactions import shown as counts_of
from ..threads.rules import policy_around
from ..web.render import comment_html
from .schemas import responses

if TYPE_CHECKING:
    from ..accounts.models import User
    from ..posting.commands import Posted
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Comment
    from ..threads.views import CommentView

#: Fields with the same name in shape and view are copied: a new field needs no line here.
_SAME = tuple(
    name
    for name in responses.Comment().fields
    if name not in ("author", "html", "replies", "reactions")
)
_values = attrgetter(*_SAME)


def comment(view: CommentView, *, html: bool, locale: str, policy: Policy) -> dict[str, Any]:
    """A comment with its first replies; its markup includes theirs."""
    author = None
    if view.author_kind:
        author = {
            "id": view.author_id,
            "name": view.author_name,
            "kind": view.author_kind,
            "badges": [*view.badges, *_given(view, policy)],
        }
    shown = dict(zip(_SAME, _values(view), strict=True))
    shown["author"] = author
    kinds = policy.kinds
    if kinds and kinds != ("like",):
        shown["reactions"] = dict(counts_of(kinds, view.like_count, view.reactions))
    shown["html"] = str(comment_html(view, locale, policy)) if html else None
    shown["replies"] = [
        comment(each, html=html, locale=locale, policy=policy) for each in view.replies
    ]
    return shown


def _given(view: CommentView, policy: Policy) -> list[str]:
    return [each.code for each in badges_among(policy.badges, view.given)] if view.given else []


def posted(made: Posted, site: Site, query: dict[str, Any]) -> dict[str, Any]:
    """The comment as it is now, as its author sees it."""
    policy = policy_around(made.comment, site)
    locale = language(query, policy)
    outcome = outcomes([made.comment], locale=locale)[made.comment.id]
    html = query.get("include") == "html"
    view = made.view or pages.view(made.comment)
    shown = comment(view, html=html, locale=locale, policy=policy)
    return {
        **shown,
        "status": outcome.status,
        "reasons": outcome.reasons,
        "automated": outcome.automated,
        "can_edit_until": can_edit_until(made.comment, policy),
        "edit_token": made.edit_token,
    }


def person(user: User) -> dict[str, Any]:
    """A person, as they see themselves."""
    return {"id": user.public_id, "name": user.name, "kind": user.kind}


def can_edit_until(
    comment: Comment, policy: Policy, *, status: str | None = None
) -> datetime | None:
    """When the time to edit ends; None if it is over. `status` is the one its author is shown: a
    missing time must not reveal a rejection that may still be undone."""
    left = editable_until(comment, policy, status=status)
    return clock.now() + timedelta(seconds=left) if left else None


def language(query: dict[str, Any], policy: Policy) -> str:
    """The requested language, else the site's own, else English. Headers do not count here, because
    responses are cached by address."""
    return pick_locale([query.get("locale"), policy.locale or None])
