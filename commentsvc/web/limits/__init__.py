"""Named rate limits, shared by all views that do the same thing.

Flask-Limiter counts in this process, or in Redis for several nodes. If Redis does not respond, this
process counts alone until it does: limits are never off.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter, RateLimitExceeded
from limits import parse_many

from ...accounts.names import kept_email, mailbox_of
from ...core.parts import Part
from ...settings import LIMITS, OFF, Settings, named_limits, settings
from ..network import keyed, network_of, source_of
from ..problems import TooMany, of_error, wants_page
from .counting import PREFIX, CalmStorage, SteadyStorage, check_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Limits:
    """One app's limits, and the function that counts each."""

    limiter: Limiter
    checks: dict[str, Callable[[], None]]
    texts: dict[str, str]


limits: Part[Limits] = Part("limits")


def register(app: Flask) -> None:
    """Count the requests of `app`, and set RateLimit headers."""
    given = settings.of(app)
    texts = named_limits(given.limits)
    limiter = Limiter(
        _whom,
        storage_uri=_storage_uri(given),
        strategy="moving-window",
        headers_enabled=False,
        key_prefix=PREFIX,
    )
    logging.getLogger("flask-limiter").setLevel(logging.ERROR)  # it logs a line per refusal
    limiter.init_app(app)
    # It looks for limits of endpoints; ours are counted where views say so.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    checks = {name: _check(limiter, name, text) for name, text in texts.items() if text != OFF}
    limits.install(app, Limits(limiter, checks, texts))
    app.register_error_handler(RateLimitExceeded, _exceeded)
    app.before_request(_count_tokens)
    app.after_request(_add_headers)
    app.after_request(forgive)
    app.after_request(_remember)


def limit(
    name: str, *, again: Callable[[TooMany], Response] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: requests to this view count towards the limit `name`; too many get a 429. For
    pages, `again` builds that response: the form with what was typed, or a redirect to it; also for
    limits that the view itself counts."""
    if name not in LIMITS:
        raise KeyError(f"there is no limit called {name!r}")

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                count(name)
                return view(*args, **kwargs)
            except RateLimitExceeded:
                if again is None or not wants_page():
                    raise
                return cast("R", _form_again(again))

        counted.limit_name = name  # type: ignore[attr-defined]  # for a test
        return counted

    return decorate


def count(name: str) -> None:
    """Count this request towards a limit. Raises `RateLimitExceeded`, which becomes a 429."""
    if name == "post":
        count("post_refused")
    check = limits().checks.get(name)
    if check is None:
        return
    try:
        check()
    except RateLimitExceeded:
        request.environ[_REACHED] = name
        _give_back(_counted())  # windows with room had already counted it
        raise
    if name == "post":
        request.environ[_TRY] = _counted()


_REACHED = "commentsvc.limit"
_TRY = "commentsvc.try"  # what a request counted, until it is clear whether it was refused


def _counted() -> list[str]:
    return [each.key for each in limits().limiter.context.view_rate_limits if not each.breached]


def _give_back(keys: Iterable[str]) -> None:
    for key in keys:
        cast("CalmStorage | SteadyStorage", limits().limiter.storage).release(key)


def forgive(response: Response) -> Response:
    """Count a refused post only as refused (`post_refused`), not as a post: a person asked to wait
    two seconds can then post after two. A replayed request is not a second post."""
    if response.status_code >= 400 or "Idempotent-Replayed" in response.headers:
        _give_back(request.environ.get(_TRY, ()))
    return response


def within(name: str) -> bool:
    """Count this request's network towards a limit; False if it is reached, without refusing the
    request."""
    text = limits().texts[name]
    items = parse_many(text) if text != OFF else []
    strategy, whom = limits().limiter.limiter, network_of(request)[:22]
    return all([strategy.hit(each, name, whom) for each in items])


def wait_after(rates: str, *whom: str) -> int:
    """Count a request of a program with its own rates; the seconds until it may send the next, 0 if
    it may now."""
    strategy = limits().limiter.limiter
    for item in parse_many(rates) if rates != OFF else ():
        if not strategy.hit(item, *whom):
            reset = strategy.get_window_stats(item, *whom).reset_time
            return max(1, round(reset - time.time() + 0.5))
    return 0


def count_sign_in(email: str) -> None:
    """Count a sign-in attempt for one account, before its password is checked. Raises
    `RateLimitExceeded`."""
    account = kept_email(email)[:254]
    g.limited_account = keyed("account", account)
    count("sign_in_account")
    count("sign_in_everywhere")


def count_second_factor(user: User) -> None:
    """Count a code for a person's second step, before it is checked. Raises `RateLimitExceeded`."""
    g.limited_account = keyed("account", f"second:{user.public_id}")
    count("second_factor")


def count_email_code(email: str) -> None:
    """Count a code that is typed to sign in by email, before it is checked. Raises
    `RateLimitExceeded`."""
    g.limited_account = keyed("account", f"code:{mailbox_of(email)[:254]}")
    count("email_code")


def count_site_token(person: str) -> None:
    """Count a person's sign-in by a site's own sign-in. Raises `RateLimitExceeded`."""
    g.limited_account = keyed("account", f"site:{person}")
    count("site_token")


def count_email(email: str) -> None:
    """Count an email requested for an address, whether or not one will be sent; `email_network`
    counts the requester's network. Raises `RateLimitExceeded`."""
    g.limited_account = keyed("account", mailbox_of(email)[:254])
    count("email_address")


def _count_tokens() -> None:
    """Count unknown tokens by network before looking them up, against guessing. Tokens that were
    valid lately are not affected by others' guesses."""
    view, sent = current_app.view_functions.get(request.endpoint or ""), _sent()
    if sent is not None and sent not in _LATELY and hasattr(view, "limit_name"):
        count("bad_token")


def _remember(response: Response) -> Response:
    from ..auth import proved

    sent = _sent()
    if sent is not None and proved():
        if len(_LATELY) >= _MOST_LATELY:
            _LATELY.clear()
        _LATELY.add(sent)
    elif sent is not None and response.status_code == 401:
        _LATELY.discard(sent)
    return response


_MOST_LATELY = 4096
_LATELY: set[bytes] = set()  # hashes of headers whose tokens were valid


def _sent() -> bytes | None:
    said = [request.environ.get(each, "") for each in ("HTTP_X_API_KEY", "HTTP_AUTHORIZATION")]
    return hashlib.sha256("|".join(said).encode()).digest() if any(said) else None


def _check(limiter: Limiter, name: str, text: str) -> Callable[[], None]:
    keys = {
        "sign_in_account": _account_here,
        "sign_in_everywhere": _account,
        "email_address": _account,
        "bad_token": _network,
        "site_token": _account,
        "second_factor": _account,
        "email_code": _account,
    }
    return check_of(limiter, name, text, whom=keys.get(name, _whom), only=_ONLY.get(name))


#: Limits that check for room before, and count only these responses.
_ONLY: dict[str, Callable[[Response], bool]] = {
    "post_refused": lambda response: 400 <= response.status_code < 500 and _TRY in request.environ,
    "bad_token": lambda response: response.status_code == 401,
}


def _whom() -> str:
    """The key to count by: a member's ID, or else the address (IPv6: the /64). Guests count by
    address too, because dropping the token creates a new guest."""
    from ..auth import viewer  # auth needs problems, and this module is between the two

    user = viewer().user
    return f"u:{user.public_id}" if user and not user.is_guest else f"a:{source_of(request)}"


def _network() -> str:
    return f"a:{source_of(request)}"


def _account() -> str:
    return f"e:{g.limited_account}"


def _account_here() -> str:
    return f"e:{g.limited_account}:{network_of(request)[:16]}"


def _exceeded(_error: RateLimitExceeded) -> Response:
    return of_error(too_many())


def _form_again(again: Callable[[TooMany], Response]) -> Response:
    error = too_many()
    answer = again(error)
    if answer.status_code == 303:
        return answer  # to a page that says it, which can be reloaded
    answer.status_code = 429
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def too_many() -> TooMany:
    """The 429 error; it also says what else the person can do, if anything."""
    is_code = request.environ.get(_REACHED) == "email_code"
    return TooMany(
        "too_many_requests.email_code" if is_code else "too_many_requests", seconds_left()
    )


def seconds_left() -> int:
    """Seconds until the limit that was just reached has room again."""
    found = limits().limiter.current_limit
    return max(1, math.ceil(found.window[0] - time.time())) if found else 1


def _add_headers(response: Response) -> Response:
    """Set RateLimit-* as in draft-ietf-httpapi-ratelimit-headers-06, for the closest limit."""
    found = limits().limiter.current_limit
    if found is not None:
        response.headers["RateLimit-Limit"] = str(found.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, found.remaining))
        response.headers["RateLimit-Reset"] = str(seconds_left())
    return response


def _storage_uri(given: Settings) -> str:
    if given.redis_url:
        return f"steady+{given.redis_url}"
    return f"{CalmStorage.STORAGE_SCHEME[0]}://"


def in_force() -> dict[str, str]:
    """The limits of the current app, by name."""
    return limits.of(current_app).texts
