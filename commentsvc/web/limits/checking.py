"""Counting one request towards one limit, as Flask-Limiter does for the views that it decorates.

For each call, its decorator looks for the limits, exemptions and conditions of the endpoint. Ours
never change, so all of that is known beforehand, which takes two thirds off the cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_limiter import RateLimitExceeded, RequestLimit, RouteLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask_limiter import Limiter

PREFIX = "commentsvc"  # of all keys that are counted by


def check_of(
    limiter: Limiter,
    name: str,
    text: str,
    *,
    whom: Callable[[], str],
    only: Callable[[Response], bool] | None,
) -> Callable[[], None]:
    """A function that counts the current request towards the limit `name`, whose rates are in
    `text`, under the key `whom()`. It raises `RateLimitExceeded` at the first rate that is reached.
    With `only`, it checks for room, and Flask-Limiter counts those responses later."""
    given = RouteLimit(
        limit_provider=text,
        scope=name,
        key_function=whom,
        deduct_when=only,
        shared=True,
        limiter=limiter,
    )
    rates = sorted(given, key=lambda each: each.limit)

    def check() -> None:
        here, counter = limiter.context, limiter.limiter
        keys = [PREFIX, whom(), name]
        here.view_rate_limits = []
        for rate in rates:
            if only is not None:
                here.conditional_deductions[rate] = keys
            seen = RequestLimit(limiter, rate.limit, keys, False, True)
            here.view_rate_limits.append(seen)
            if not (counter.hit if only is None else counter.test)(rate.limit, *keys):
                seen.breached = True
                here.view_rate_limit = seen
                raise RateLimitExceeded(rate)
        here.view_rate_limit = here.view_rate_limits[0]

    return check
