"""Posts in saved Graph responses: distinguishes what people commented on from what they wrote."""

from __future__ import annotations

import re
from typing import Any

from ..importing import values

# Only posts have these fields; a response about a comment cannot contain any of them.
_OF_POSTS = frozenset(
    """
    story status_type full_picture picture shares is_published promotable_id admin_creator actions privacy
    updated_time to icon link caption description properties subscribed timeline_visibility permalink
    targeting feed_targeting is_eligible_for_promotion is_popular is_spherical type attachments place
    application with_tags via sharedposts
    """.split()  # noqa: SIM905
)


def is_post(value: dict[str, Any]) -> bool:
    """Whether this is a post: by a field that only posts have, because its page wrote it, or
    because the IDs of its comments begin with its own number and not with the object before it."""
    name = values.identifier(value.get("id")) or ""
    above, _, own = name.partition("_")
    if "parent" in value or "comment_count" in value or values.web(name):
        return False
    author = value.get("from")
    by = values.identifier(author.get("id")) if isinstance(author, dict) else None
    if _OF_POSTS & value.keys() or (own and by == above):
        return not {"message", "story", "created_time"}.isdisjoint(value)
    comments = value.get("comments")
    under = comments.get("data") if isinstance(comments, dict) else None
    first = under[0] if isinstance(under, list) and under else None
    below = values.identifier(first.get("id")) if isinstance(first, dict) else None
    return bool(own and below and below.startswith((f"{own}_", f"{name}_")))


def is_facebooks(url: str) -> bool:
    """Whether an address is Facebook's own."""
    return (
        re.match(r"https?://(?:[\w-]+\.)*facebook\.com(?:[:/?#]|$)", url, re.IGNORECASE) is not None
    )
