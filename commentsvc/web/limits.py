"""Named limits: one table, one way to say "too fast", shared by all views that do the same thing.

Counted by Flask-Limiter in this process, or in Redis for several nodes. When Redis does not answer,
this process counts alone until it does: limits are never off.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter, RateLimitExceeded
from limits.storage import MemoryStorage, MovingWindowSupport, Storage, storage_from_string

from ..core.parts import Part
from ..settings import LIMITS, OFF, Settings, named_limits, settings
from .network import keyed, network_of, source_of
from .problems import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

_REDIS_PATIENCE = 0.2  # seconds a request waits for Redis
_REDIS_PAUSE = 3.0  # seconds until Redis is asked again after it failed
_SWEEP_SECONDS = 10.0


@dataclass(frozen=True)
class Limits:
    """One app's limits, and the function that counts each."""

    limiter: Limiter
    checks: dict[str, Callable[[], None]]
    texts: dict[str, str]


limits: Part[Limits] = Part("limits")


def register(app: Flask) -> None:
    """Count for `app`, and answer with RateLimit headers."""
    given = settings.of(app)
    texts = named_limits(given.limits)
    limiter = Limiter(
        _whom,
        storage_uri=_storage_uri(given),
        strategy="moving-window",
        headers_enabled=False,
        key_prefix="commentsvc",
    )
    logging.getLogger("flask-limiter").setLevel(logging.ERROR)  # it would log a line per refusal
    limiter.init_app(app)
    checks = {name: _check(limiter, name, text) for name, text in texts.items() if text != OFF}
    limits.install(app, Limits(limiter, checks, texts))
    app.register_error_handler(RateLimitExceeded, _exceeded)
    app.after_request(_add_headers)


def limit(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: calls of this view count towards the limit `name`; too many are answered 429."""
    if name not in LIMITS:
        raise KeyError(f"there is no limit called {name!r}")

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            count(name)
            return view(*args, **kwargs)

        counted.limit_name = name  # type: ignore[attr-defined]  # for the test that looks for it
        return counted

    return decorate


def count(name: str) -> None:
    """Count this request towards a limit. Raises `RateLimitExceeded`, which is answered 429."""
    check = limits().checks.get(name)
    if check is not None:
        check()


def count_sign_in(email: str) -> None:
    """Count an attempt at one account, before its password is looked at. Raises 429's error."""
    account = email.strip().lower()[:254]
    g.limited_account = keyed("account", account)
    count("sign_in_account")
    count("sign_in_everywhere")


def count_letter(email: str) -> None:
    """Count a letter that is asked for an address, whether or not one will be sent; whose network asks
    is counted by `letter`. Raises 429's error."""
    g.limited_account = keyed("account", email.strip().lower()[:254])
    count("letter_address")


def _check(limiter: Limiter, name: str, text: str) -> Callable[[], None]:
    def nothing() -> None:
        """Flask-Limiter counts calls of functions, and knows them by their names."""

    nothing.__name__ = nothing.__qualname__ = f"limit_{name}"
    keys = {
        "sign_in_account": _account_here,
        "sign_in_everywhere": _account,
        "letter_address": _account,
    }
    counted = limiter.shared_limit(text, scope=name, key_func=keys.get(name, _whom))(nothing)
    return counted


def _whom() -> str:
    """A member is counted as a person, everybody else as an address (IPv6: as a /64). A guest is an
    address too: whoever drops the token is a new guest at no cost."""
    from .auth import viewer  # auth needs problems, and this module lies between the two

    user = viewer().user
    return f"u:{user.public_id}" if user and not user.is_guest else f"a:{source_of(request)}"


def _account() -> str:
    return f"e:{g.limited_account}"


def _account_here() -> str:
    return f"e:{g.limited_account}:{network_of(request)[:16]}"


def _exceeded(_error: RateLimitExceeded) -> Response:
    from .problems import of_error

    wait = seconds_left()
    return of_error(TooMany("too_many_requests.wait", n=wait, retry_after=wait))


def seconds_left() -> int:
    """Until the limit that was just reached lets somebody in again."""
    found = limits().limiter.current_limit
    return max(1, math.ceil(found.window[0] - time.time())) if found else 1


def _add_headers(response: Response) -> Response:
    """RateLimit-* as in draft-ietf-httpapi-ratelimit-headers-06, of the limit that is closest."""
    found = limits().limiter.current_limit
    if found is not None:
        response.headers["RateLimit-Limit"] = str(found.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, found.remaining))
        response.headers["RateLimit-Reset"] = str(seconds_left())
    return response


# --- where counts are kept ------------------------------------------------------------------------


def _storage_uri(given: Settings) -> str:
    return f"steady+{given.redis_url}" if given.redis_url else "calm://"


class _Paced:
    """A timer that counts as running for some seconds after it was made."""

    def __init__(self, timer: threading.Timer) -> None:
        self._timer, self._again_at = timer, time.monotonic() + _SWEEP_SECONDS

    def start(self) -> None:
        self._timer.daemon = True
        self._timer.start()

    def is_alive(self) -> bool:
        return time.monotonic() < self._again_at


class CalmStorage(MemoryStorage):
    """The library's memory, which else starts a thread every 10 ms to sweep out what is over: under load
    that took a quarter of the time."""

    STORAGE_SCHEME = ["calm"]  # noqa: RUF012

    @property
    def timer(self) -> Any:
        return self._paced

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        self._paced = _Paced(timer)


class SteadyStorage(Storage, MovingWindowSupport):
    """Redis while it answers, this process's memory while it does not."""

    STORAGE_SCHEME = ["steady+redis", "steady+rediss", "steady+unix"]  # noqa: RUF012

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        from redis.backoff import NoBackoff  # an extra: only who sets REDIS_URL has it
        from redis.retry import Retry

        no_more: Any = Retry(NoBackoff(), 0)
        address = uri.removeprefix("steady+")
        address = f"redis+{address}" if address.startswith("unix:") else address
        self._redis: Any = storage_from_string(
            address,
            socket_timeout=_REDIS_PATIENCE,
            socket_connect_timeout=_REDIS_PATIENCE,
            retry=no_more,  # asked again, a slow Redis would count one request twice
        )
        self._memory = CalmStorage()
        self._asleep_until = 0.0
        self._asking = threading.Lock()

    def _ask(self, name: str, *args: Any) -> Any:
        if time.monotonic() < self._asleep_until:
            return getattr(self._memory, name)(*args)
        recovering = self._asleep_until > 0
        # After a failure one request tries Redis; the others do not wait with it.
        if recovering and not self._asking.acquire(blocking=False):
            return getattr(self._memory, name)(*args)
        try:
            answer = getattr(self._redis, name)(*args)
            if recovering:
                self._asleep_until = 0.0
                log.warning("limits are counted in Redis again")
            return answer
        except Exception as error:
            if not recovering:
                log.warning(
                    "Redis does not answer: limits are counted by this process alone",
                    extra={"error": type(error).__name__},
                )
            self._asleep_until = time.monotonic() + _REDIS_PAUSE
            return getattr(self._memory, name)(*args)
        finally:
            if recovering:
                self._asking.release()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (ConnectionError,)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return bool(self._ask("acquire_entry", key, limit, expiry, amount))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        start, used = self._ask("get_moving_window", key, limit, expiry)
        return float(start), int(used)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        return int(self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        return float(self._ask("get_expiry", key))

    def check(self) -> bool:
        return True  # memory always answers

    def reset(self) -> int | None:
        self._memory.reset()
        return self._ask("reset")  # type: ignore[no-any-return]

    def clear(self, key: str) -> None:
        self._memory.clear(key)
        self._ask("clear", key)


def in_force() -> dict[str, str]:
    """The limits of the current app, by name."""
    return limits.of(current_app).texts
