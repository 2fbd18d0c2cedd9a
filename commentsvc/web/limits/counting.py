"""How a request is counted towards a limit, and where: in this process's memory, or in Redis while it
responds."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from flask_limiter import RateLimitExceeded, RequestLimit, RouteLimit
from limits.storage import MemoryStorage, MovingWindowSupport, Storage, storage_from_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask_limiter import Limiter

log = logging.getLogger(__name__)

PREFIX = "commentsvc"  # of all keys that are counted by

_REDIS_PATIENCE = 0.2  # seconds that a request waits for Redis
_REDIS_PAUSE = 3.0  # seconds until Redis is tried again after a failure
_SWEEP_SECONDS = 10.0


# Flask-Limiter's own decorator looks for the limits, exemptions and conditions of the endpoint at
# each call. Ours never change, so all of that is known beforehand, at a third of the cost.
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


# --- where -----------------------------------------------------------------------------------------


class _Paced:
    """A timer that counts as running for some seconds after it was created; an `idle` one does
    nothing."""

    def __init__(self, timer: threading.Timer, *, idle: bool) -> None:
        self._timer, self._again_at = timer, time.monotonic() + _SWEEP_SECONDS
        self._idle = idle

    def start(self) -> None:
        if self._idle:
            return
        self._timer.daemon = True
        self._timer.start()

    def is_alive(self) -> bool:
        return time.monotonic() < self._again_at


class CalmStorage(MemoryStorage):
    """The library's memory storage with fewer sweeps: by default it starts a thread every 10 ms to
    remove expired entries, which took a quarter of the time under load."""

    STORAGE_SCHEME = ["calm"]  # noqa: RUF012
    _paced: _Paced | None = None

    @property
    def timer(self) -> Any:
        return self._paced

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        new = self._paced is None  # nothing to sweep yet
        self._paced = _Paced(timer, idle=new)

    def release(self, key: str) -> None:
        """Take the newest entry out again."""
        with self.locks[key]:
            del self.events.get(key, [])[:1]

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """The same, also after the clock was set back."""
        with self.locks[key]:
            self._leave_the_future(key)
            return super().acquire_entry(key, limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The same under a lock: without it, an entry released meanwhile makes the library read
        past the end."""
        with self.locks[key]:
            self._leave_the_future(key)
            return super().get_moving_window(key, limit, expiry)

    def _leave_the_future(self, key: str) -> None:
        """Entries from before the clock was set back count as of now: readers would be refused
        until it is as late again."""
        moment = time.time()
        for entry in self.events.get(key, ()):  # the newest first
            ahead = entry.atime - moment
            if ahead <= 0:
                break
            entry.atime -= ahead
            entry.expiry -= ahead


class SteadyStorage(Storage, MovingWindowSupport):
    """Redis while it responds, else this process's memory."""

    STORAGE_SCHEME = ["steady+redis", "steady+rediss", "steady+unix"]  # noqa: RUF012

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        from redis.backoff import NoBackoff  # an extra, installed only for REDIS_URL
        from redis.retry import Retry

        no_more: Any = Retry(NoBackoff(), 0)
        address = uri.removeprefix("steady+")
        address = f"redis+{address}" if address.startswith("unix:") else address
        self._redis: Any = storage_from_string(
            address,
            socket_timeout=_REDIS_PATIENCE,
            socket_connect_timeout=_REDIS_PATIENCE,
            retry=no_more,  # on a retry, a slow Redis would count one request twice
        )
        store: Any = self._redis
        store.release = lambda key: store.get_connection().lpop(store.prefixed_key(key))
        self._memory = CalmStorage()
        self._asleep_until = 0.0
        self._asking = threading.Lock()

    def _ask(self, name: str, *args: Any) -> Any:
        if time.monotonic() < self._asleep_until:
            return getattr(self._memory, name)(*args)
        recovering = self._asleep_until > 0
        # After a failure, one request tries Redis; the others do not wait.
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

    def release(self, key: str) -> None:
        """Take the newest entry out again."""
        self._ask("release", key)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        return int(self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        return float(self._ask("get_expiry", key))

    def check(self) -> bool:
        return True  # memory is always available

    def reset(self) -> int | None:
        self._memory.reset()
        return self._ask("reset")  # type: ignore[no-any-return]

    def clear(self, key: str) -> None:
        self._memory.clear(key)
        self._ask("clear", key)
