"""The rule about the verdict of the site's own judge, an external program asked beforehand."""

from __future__ import annotations

from .verdict import Action, Finding, Submission

_ACTIONS = {"flag": Action.REVIEW, "hold": Action.HOLD, "reject": Action.REJECT}


def outside_judge(submission: Submission) -> Finding | None:
    """The site's own judge objects, or fails and the site wants comments held then. What it
    approves is still subject to the other rules: the most severe wins."""
    outside = submission.outside
    if outside is None:
        return None
    held = outside.said == "failed" and outside.failure == "hold"
    action = Action.HOLD if held else _ACTIONS.get(outside.said)
    if action is None:
        return None
    evidence = {
        "host": outside.host,
        "said": outside.said,
        "flags": list(outside.flags),
        "reasons": list(outside.reasons),
    }
    return Finding("outside_judge", action, "outside_judge", evidence)
