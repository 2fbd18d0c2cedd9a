"""Answering Coral: a text posted there is judged by the rules of a site here. Nothing is stored."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from ...core.db import release
from ...core.errors import Invalid
from ...moderation.judging.facts import gather, read_text
from ...moderation.judging.rules import RULES, judge
from ...sites.queries import policy_of
from ...threads import text as texts
from ...threads.rules import policy_at
from ...toxicity.perspective import html_text
from ..scoring import score
from .coral import STAFF, Asked, answer_of

if TYPE_CHECKING:
    from ...sites.models import Site
    from ...sites.policy import Policy

_MOST = 20_000  # characters that are read; Coral limits a comment's length
#: Rules about people and conversations, which Coral knows and we do not.
_ELSEWHERE = frozenset(
    (
        *("repeat", "flood", "new_commenter", "history", "staff_name", "rude_name"),
        *("premoderated_thread", "premoderated_user", "outside_judge"),
    )
)
_RULES = tuple(each for each in RULES if each.__name__ not in _ELSEWHERE)
#: Coral's own editor writes these, if the phase is sent HTML.
_TAG = re.compile(
    r"</?(?:a|b|blockquote|br|div|em|i|img|li|ol|p|s|span|strong|u|ul)(?:\s[^<>]{0,2000})?/?>", re.I
)
_HREF = re.compile(r"""\shref\s*=\s*["']([^"'<>]{1,2000})["']""", re.I)


def answer(site: Site, asked: Asked) -> dict[str, Any]:
    """Our answer about a text: `status`, `actions` and `reasons`, as far as there are any. Staff
    are trusted. Takes no longer than the configured budget for a score; an unscored text is judged
    as the site's policy says."""
    if asked.role in STAFF:
        return {}
    policy = _policy(site, asked.page)
    try:
        clean = texts.clean(_plain(asked.body)[:_MOST], max_length=_MOST)
    except Invalid as error:
        # without words there is nothing to judge; a person should see anything else that is invalid
        return {} if error.key.startswith("empty") else {"status": "SYSTEM_WITHHELD"}
    release()
    read = read_text(site.id, policy, clean)
    scores = score(read.plain, likely=(policy.locale,))
    submission = gather(
        site=site, policy=policy, thread=None, author=None, read=read, scores=scores
    )
    return answer_of(judge(_RULES, submission), policy.locale or None)


def _policy(site: Site, page: str) -> Policy:
    """The policy of the story's section, or the site's if the address Coral sends cannot be a page
    of the site."""
    try:
        return policy_at(site, page)
    except Invalid:
        return policy_of(site)


def _plain(body: str) -> str:
    """The words of a comment, and the targets of its links."""
    body = body.replace("\x00", "")
    if not _TAG.search(body):
        return body
    text = html_text.plain(body)[0]
    links = (unescape(each) for each in _HREF.findall(body))
    return "\n".join((text, *(each for each in links if each not in text)))
