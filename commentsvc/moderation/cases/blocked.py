"""Whether a network is blocked on a site: it may not post, like or report there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from ...core import clock
from ...core.db import execute
from ...core.errors import NotAllowed
from ...core.rows import table_of
from .models import NetworkBlock

if TYPE_CHECKING:
    from datetime import datetime

_blocks = table_of(NetworkBlock)
#: A block in force.
BLOCKED = select(_blocks.c.until).where(
    _blocks.c.site_id == bindparam("site"),
    _blocks.c.network == bindparam("network"),
    _blocks.c.until > bindparam("moment"),
)


def block_of(site_id: int, network: str | None) -> datetime | None:
    """When the block of the network on the site ends; None if it is not blocked."""
    asked = {"site": site_id, "network": network, "moment": clock.now()}
    found = execute(BLOCKED, asked).first()
    return found.until if found else None


def refuse_blocked(site_id: int, network: str | None, act: str) -> None:
    """Raises `NotAllowed` if the network is blocked on the site now. `act`: "like" or "report"."""
    if block_of(site_id, network) is not None:
        raise NotAllowed(f"network_blocked.{act}")
