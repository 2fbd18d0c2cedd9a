"""Rules about promotion: advertisements, and the hosts that a text links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..verdict import Action, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..verdict import Found, Submission

_ACTIONS = {"reject": Action.REJECT, "hold": Action.HOLD, "flag": Action.REVIEW}
_SHOWN = 20


def spam(submission: Submission) -> Finding | None:
    """The text reads like an advertisement. This alone never rejects."""
    action, limit = _ACTIONS.get(submission.limits["spam"]), submission.limits["spam_at"]
    here = _learned(submission)
    if action is None or submission.spam < limit or (here is not None and here < limit):
        return None
    evidence = {"score": submission.spam, "limit": limit, **_said(submission.spam_signs)}
    return Finding("spam", action, "spam_like", evidence)


def spam_here(submission: Submission) -> Finding | None:
    """The text reads like what the site's moderators rejected as spam. This alone never rejects."""
    action, limit = _ACTIONS.get(submission.limits["spam"]), submission.limits["spam_at"]
    here = _learned(submission)
    if action is None or here is None or here < limit or not submission.spam_here_signs:
        return None
    evidence = {"score": here, "limit": limit, **_said(submission.spam_here_signs)}
    return Finding("spam_here", action, "spam_here", evidence)


def spam_again(submission: Submission) -> Finding | None:
    """The site's moderators rejected the same text as spam. This alone never rejects."""
    action = _ACTIONS.get(submission.limits["spam"])
    if action is None or not submission.spam_again or not submission.limits["spam_learning"]:
        return None
    return Finding("spam_again", action, "spam_again")


def _learned(submission: Submission) -> float | None:
    return submission.spam_here if submission.limits["spam_learning"] else None


def _said(signs: Sequence[Found]) -> dict[str, Any]:
    return {
        "words": [each.entry for each in signs],
        "spans": [[each.start, each.end] for each in signs],
    }


def links(submission: Submission) -> Finding | None:
    """More links than the site publishes without review."""
    limit = submission.limits["max_links"]
    if submission.limits["links"] != "hold" or len(submission.links) <= limit:
        return None
    evidence = {
        "count": len(submission.links),
        "limit": limit,
        "hosts": _shown(submission.links),
    }
    return Finding("links", Action.HOLD, "links", evidence)


def denied_host(submission: Submission) -> Finding | None:
    """Links to hosts that the site denies."""
    if not submission.denied:
        return None
    action = _ACTIONS[submission.limits["denied_hosts_action"]]
    return Finding("denied_host", action, "denied_host", {"hosts": _shown(submission.denied)})


def disguised_link(submission: Submission) -> Finding | None:
    """A link whose text names another host, or whose host looks like another."""
    if submission.limits["links"] != "hold" or not submission.disguised:
        return None
    evidence = {"hosts": _shown(submission.disguised)}
    return Finding("disguised_link", Action.HOLD, "disguised_link", evidence)


def first_link(submission: Submission) -> Finding | None:
    """A link to a host new to the site, by an author without any approved link."""
    action = _ACTIONS.get(submission.limits["first_link"])
    if action is None or not submission.new_hosts:
        return None
    return Finding("first_link", action, "first_link", {"hosts": _shown(submission.new_hosts)})


#: Names of the rules about links and advertisements.
SPAM_RULES = frozenset(
    each.__name__
    for each in (spam, spam_here, spam_again, links, denied_host, disguised_link, first_link)
)


def _shown(hosts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(hosts))[:_SHOWN]
