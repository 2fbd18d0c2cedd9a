"""What a request to post reveals about its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from ..posting.bots.suspicion import Sender
from ..web.limits import within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User


def sender_of(body: Mapping[str, Any], user: User | None) -> Sender | None:
    """The signs of a script; None for members, who are never asked. Counts the
    network's guest posts."""
    if user is not None and not user.is_guest:
        return None
    return Sender(
        form=body.get("form") or "",
        trap=body.get("website") or "",
        effort=body.get("effort") or "",
        boxed=request.headers.get("Origin") is not None,
        busy=not within("guest_posts"),
    )
