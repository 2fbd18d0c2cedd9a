"""Rules about what is promoted: advertisements, and the hosts that a text links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..verdict import Action, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..verdict import Submission

_ACTIONS = {"reject": Action.REJECT, "hold": Action.HOLD, "flag": Action.REVIEW}
_SHOWN = 20


def spam(submission: Submission) -> Finding | None:
    """It reads like an advertisement. That alone never rejects."""
    action, limit = _ACTIONS.get(submission.limits["spam"]), submission.limits["spam_at"]
    if action is None or submission.spam < limit:
        return None
    signs = submission.spam_signs
    evidence = {
        "score": submission.spam,
        "limit": limit,
        "words": [each.entry for each in signs],
        "spans": [[each.start, each.end] for each in signs],
    }
    return Finding("spam", action, "spam_like", evidence)


def links(submission: Submission) -> Finding | None:
    """More links than the site publishes unread."""
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
    """Links to hosts that the site does not want."""
    if not submission.denied:
        return None
    action = _ACTIONS[submission.limits["denied_hosts_action"]]
    return Finding("denied_host", action, "denied_host", {"hosts": _shown(submission.denied)})


def disguised_link(submission: Submission) -> Finding | None:
    """A link whose words name another host, or whose host is drawn like another."""
    if submission.limits["links"] != "hold" or not submission.disguised:
        return None
    evidence = {"hosts": _shown(submission.disguised)}
    return Finding("disguised_link", Action.HOLD, "disguised_link", evidence)


def first_link(submission: Submission) -> Finding | None:
    """A link to where no approved comment of the site leads, from somebody of whom none with a link was
    approved."""
    action = _ACTIONS.get(submission.limits["first_link"])
    if action is None or not submission.new_hosts:
        return None
    return Finding("first_link", action, "first_link", {"hosts": _shown(submission.new_hosts)})


def _shown(hosts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(hosts))[:_SHOWN]
