"""All finders over one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..verdict import Spot
from .private import private_data

if TYPE_CHECKING:
    from .contacts import Contacts


def spotted(text: str) -> tuple[Spot, ...]:
    """What the finders come upon, in order for each rule."""
    return tuple(Spot("private_data", *each) for each in private_data(text))


def without(own: Contacts, found: tuple[Spot, ...], text: str) -> tuple[Spot, ...]:
    """What is left where the site's own contacts may be published."""
    return tuple(
        each
        for each in found
        if each.rule != "private_data" or not own.allow(each.kind, text[each.start : each.end])
    )
