"""Export a site: all its conversations, in any format that can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ...accounts.acts import record
from ...core.db import unit_of_work
from ...sites.queries import require
from .. import formats
from ..records import OWN
from .outgoing import records_of

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...sites.models import Site


def export_site(site: Site, name: str, out: BinaryIO, *, by: User | None = None) -> None:
    """Write everything on the site in this format: all of it in `commentsvc`, in others what they
    have a place for. Raises `NotAllowed`, or `Invalid` for a read-only format."""
    if by is not None:
        require(by, "export", site)
    with unit_of_work():
        record("exported", site_id=site.id, by=by, format=name)
    formats.write(name, records_of(site, complete=name == OWN), out)
