"""Feedback: scores that other programs suggest for a text (`comments:suggestscore`).

Stored as labeled examples for a site's calibration, and never applied on their own. The text itself
is stored only if the key allows it; otherwise its keyed hash and our model's scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from ..core import clock
from ..core.db import db, unit_of_work
from .models import Feedback

if TYPE_CHECKING:
    from collections.abc import Mapping


def keep(
    *,
    credential_id: int,
    site_id: int | None,
    text_hash: str,
    text: str | None,
    language: str | None,
    suggested: Mapping[str, float],
    measured: Mapping[str, float] | None,
    scorer: str | None,
    community: str | None = None,
    client_token: str | None = None,
) -> Feedback:
    """Store a suggestion, replacing an earlier one by the same key for the same text."""
    row = Feedback(
        credential_id=credential_id,
        site_id=site_id,
        text_hash=text_hash,
        text=text,
        language=language[:16] if language else None,
        suggested=dict(suggested),
        measured=dict(measured) if measured is not None else None,
        scorer=scorer[:60] if scorer else None,
        community=community[:250] if community else None,
        client_token=client_token[:250] if client_token else None,
        created_at=clock.now(),
    )
    with unit_of_work():
        db.session.execute(
            delete(Feedback).where(
                Feedback.credential_id == credential_id, Feedback.text_hash == text_hash
            )
        )
        db.session.add(row)
        db.session.flush()
    return row


def examples(site_id: int, *, limit: int = 10_000) -> list[Feedback]:
    """The site's newest labeled examples: suggested scores with the model's own."""
    return list(
        db.session.scalars(
            select(Feedback)
            .where(Feedback.site_id == site_id)
            .order_by(Feedback.id.desc())
            .limit(limit)
        )
    )
