"""The rows of a queue of which each wave shows only its first comment that matches the filter, over
one site or many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..waves.folding import first_rows, is_first
from . import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site
    from .keys import Conditions

_STEPS = 4  # times that more sites are asked; beyond, all others at once


def folded(
    sites: Sequence[Site],
    where: Conditions,
    order: str,
    after: str | None,
    limit: int,
    filtered: Conditions | None = None,
) -> Sequence[Any]:
    """`keys.keys` with waves folded; `filtered` are those of the conditions that are a filter's. Of
    many sites, those whose first comments come first are asked first, and no more once the next
    site's first comment comes after the page: folding hides comments, so that it can only come
    later."""
    further = [*where, *keys.beyond_cursor(after, order)]
    ids = [site.id for site in sites]
    filtered = filtered or []
    if keys.is_listed(where):
        return first_rows(
            lambda shown: keys.listed(ids, [*further, *shown], order, limit), {}, filtered
        )
    if len(ids) <= limit:
        return _on(ids, further, order, limit, filtered)
    heads, found = keys.heads(ids, further, order), list[Any]()
    for step, at in enumerate(range(0, len(heads), limit)):
        if len(found) == limit and keys.in_order([found[-1], heads[at]], order)[0] is found[-1]:
            break
        some = heads[at : at + limit] if step < _STEPS else heads[at:]
        asked = [each.site_id for each in some]
        if step < _STEPS:
            waves = {each.wave: each.site_id for each in some if each.wave is not None}
            rows = _on(asked, further, order, limit, filtered, waves)
        else:
            every = [site for site in sites if site.id in set(asked)]
            first = [] if filtered else [is_first()]
            rows = keys.keys(every, [*where, *first], order, after, limit)
        found = keys.in_order([*found, *rows], order)[:limit]
        if step == _STEPS:
            break
    return found


def _on(
    site_ids: Sequence[int],
    where: Conditions,
    order: str,
    limit: int,
    filtered: Conditions,
    waves: dict[int, int] | None = None,
) -> Sequence[Any]:
    """The first rows of a few sites. `waves` are known to be folded, each on its site."""
    return first_rows(
        lambda shown: keys.merged(site_ids, [*where, *shown], order, limit, with_wave=True),
        waves or {},
        filtered,
    )
