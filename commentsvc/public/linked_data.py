"""A conversation in schema.org's vocabulary, as JSON-LD:
https://schema.org/DiscussionForumPosting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..threads.text.spoken import NO_PAGE, lang_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..sites.models import Site
    from ..threads.models import Thread
    from ..threads.views import CommentView
    from ..threads.whole import Whole


def posting(
    thread: Thread, site: Site, conversation: Whole, name_of: Callable[[CommentView], str]
) -> dict[str, Any]:
    """The article and its comments, as a flat list, however deep the conversation is; `parentItem`
    is the comment that a reply answers."""
    known = {each.id for each in conversation.everything}
    return {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": f"{thread.href}#comments",
        "url": thread.href,
        "mainEntityOfPage": thread.href,
        "headline": thread.title or site.name,
        "author": {"@type": "Organization", "name": site.name},
        "datePublished": thread.created_at.isoformat(),
        "commentCount": thread.comment_count,
        "interactionStatistic": _count("CommentAction", thread.comment_count),
        "comment": [_comment(each, known, name_of) for each in conversation.everything],
    }


def _comment(
    view: CommentView, known: set[str], name_of: Callable[[CommentView], str]
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "Comment",
        "@id": f"urn:commentsvc:{view.id}",
        "url": view.permalink,
        "text": view.text,
        "datePublished": view.created_at.isoformat(),
        "author": {"@type": "Person", "name": name_of(view)},
        "interactionStatistic": _count("LikeAction", view.like_count),
    }
    if lang := lang_of(view.language, view.text, NO_PAGE):
        said["inLanguage"] = lang
    if view.edited_at:
        said["dateModified"] = view.edited_at.isoformat()
    if view.url:
        said["author"]["url"] = view.url
    if view.parent_id in known:
        said["parentItem"] = {"@type": "Comment", "@id": f"urn:commentsvc:{view.parent_id}"}
    return said


def _count(action: str, number: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": number,
    }
