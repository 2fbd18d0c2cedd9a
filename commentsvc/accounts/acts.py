"""The log of what staff do besides deciding on comments. Rows are permanent.

Code that grants roles or keys, changes the policy, sanctions a person, closes a conversation,
exports comments or signs staff in records it here, in the same unit of work. The actor is None for
the command line, whose user only the machine knows. chain.py binds each row to the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core import clock
from ..core.db import db
from .chain import bind_later
from .models import StaffAct

if TYPE_CHECKING:
    from .models import User

#: Filters of the log -> kinds of acts, each described by `did.<kind>` in the dashboard's words.
GROUPS: dict[str, tuple[str, ...]] = {
    "sanctions": (
        "warn", "suspend", "ban", "premoderate", "trust", "lift", "sanction_undone",
        "trust_earned", "trust_lost",
        "network_blocked", "network_unblocked",
    ),
    "cases": ("notice_reviewed", "notice_decided", "appeal_decided"),
    "roles": ("role", "admin_added", "invited", "invitation_revoked", "second_factor_reset"),
    "settings": (
        "policy", "policy_restored", "site_added", "site", "section_added", "section",
        "section_removed", "calibration_on", "calibration_off",
        "spam_forgotten",
        "reason_added", "reason_changed", "reason_retired", "reason_restored",
        "rescoring_started", "rescoring_stopped", "comparison_started",
    ),
    "conversations": (
        "closed", "opened", "closing_set", "tags_set", "slow", "normal", "hold", "unhold", "merged",
        "moved", "move_undone",
    ),
    "access": (
        "provider_set", "provider_removed",
        "secret", "secret_removed", "key_created", "key_revoked", "webhook_added", "webhook_changed",
        "webhook_paused", "webhook_resumed", "webhook_removed", "channel_added", "channel_changed",
        "channel_paused", "channel_resumed", "channel_removed", "judge_set", "judge_removed",
        "coral_secret_set", "coral_secret_removed",
    ),
    "work": (
        "claimed", "assigned", "released", "filter_saved", "filter_shared", "filter_unshared",
        "filter_taken", "filter_untaken", "filter_removed",
        "canned_added", "canned_changed", "canned_removed", "handover_left", "handover_closed",
    ),
    "transfers": ("exported", "imported", "import_undone"),
    "sign_ins": (
        "signed_in", "sessions_ended", "password_changed", "totp_added", "totp_removed",
        "passkey_added", "passkey_removed", "codes_renewed",
    ),
}  # fmt: skip
#: What the service does by itself, without a person.
BY_ITSELF = ("trust_earned", "trust_lost")
KINDS = tuple(kind for kinds in GROUPS.values() for kind in kinds)


def record(
    kind: str,
    *,
    site_id: int | None,
    by: User | None,
    about: User | None = None,
    thread_id: int | None = None,
    **data: Any,
) -> None:
    """Add a row. `data` is JSON without personal data except a masked address: the person is only
    in `about`, by row."""
    if kind not in KINDS:
        raise ValueError(kind)
    db.session.add(
        StaffAct(
            site_id=site_id,
            by_id=by.id if by else None,
            about_id=about.id if about else None,
            thread_id=thread_id,
            kind=kind,
            data=data,
            created_at=clock.now(),
        )
    )
    bind_later()
