"""The history of changes to a site's judging, and who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from ..accounts.models import User
from ..core.db import db
from .models import Calibration, PolicyChange

if TYPE_CHECKING:
    from ..sites.models import Site

Row = TypeVar("Row", PolicyChange, Calibration)


def history(table: type[Row], site: Site, *, limit: int = 20) -> list[tuple[Row, str | None]]:
    """The site's newest rows of this table, with the names of the people who made them."""
    rows = db.session.execute(
        select(table, User.name)
        .outerjoin(User, User.id == table.by_id)
        .where(table.site_id == site.id)
        .order_by(table.id.desc())
        .limit(limit)
    ).all()
    return [(row[0], row[1]) for row in rows]
