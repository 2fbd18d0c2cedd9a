"""Safe calls to other servers (webhooks, pages to check), with protection against SSRF.

We resolve the name, check every address it has, and connect to exactly the address we checked.
Redirects are not followed. No call takes longer than its deadline.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from .addresses import host_of, is_private_address, is_public_address, parse_web
from .errors import DomainError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEADLINE = 15.0  # seconds for the whole call
MOST = 64 * 1024  # bytes of a response that are read
# Lower ports may belong to other protocols, which could misread our request as theirs.
_LOWEST_FREE_PORT = 1024
_WEB_PORTS = (80, 443)
_LONGEST_ADDRESS = 2000  # characters of a stored address


class CallFailed(DomainError):
    """There is no response. `again`: a retry may succeed."""

    def __init__(self, key: str, /, *, again: bool = True, **values: Any) -> None:
        super().__init__(key, **values)
        self.again = again


@dataclass(frozen=True)
class Answer:
    """The other server's response."""

    status: int
    headers: Mapping[str, str]  # names in lowercase
    body: bytes
    took_ms: int


def call(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    private: bool = False,
    deadline: float = DEADLINE,
    most: int = MOST,
) -> Answer:
    """Send a request; return the response, whatever its status. `private` allows private addresses.

    Raises `CallFailed`.
    """
    begun = time.monotonic()
    parsed = check_target(url, private=private)
    host = str(parsed.hostname).strip("[]")
    port = int(parsed.port or (443 if parsed.protocol == "https:" else 80))
    path = f"{parsed.pathname}{parsed.search}"
    ask = _Ask(method, path, body, dict(headers or {}), most, begun)
    make = _Tls if parsed.protocol == "https:" else _Plain
    last: CallFailed | None = None
    for address in _resolve(host, port, deadline, private=private):
        left = deadline - (time.monotonic() - begun)
        if left <= 0:
            break
        try:
            answer = _answer(make(host, port, address, left), ask, left)
        except ssl.SSLError as error:
            last = CallFailed("invalid.call_certificate", host=host, error=_short(error))
        except (OSError, http.client.HTTPException, ValueError) as error:
            last = CallFailed("invalid.call_answer", host=host, error=_short(error))
        else:
            if answer is None:
                break
            return answer
    raise last or CallFailed("invalid.call_within", host=host, n=max(1, round(deadline)))


def certificate(url: str, *, deadline: float = DEADLINE) -> dict[str, Any]:
    """The certificate of the server at an https address, as `SSLSocket.getpeercert` tells it. Private
    addresses are called too. Raises `CallFailed`."""
    begun = time.monotonic()
    parsed = check_target(url, private=True)
    host, port = str(parsed.hostname).strip("[]"), int(parsed.port or 443)
    for address in _resolve(host, port, deadline, private=True)[:1]:
        connection = _Tls(host, port, address, deadline)
        try:
            with connection.line.ended_in(deadline - (time.monotonic() - begun)):
                connection.connect()
                spoken = cast("ssl.SSLSocket", connection.sock)
                return dict(spoken.getpeercert() or {})
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message
            raise CallFailed("invalid.call_certificate", host=host, error=why) from error
        except (OSError, ValueError) as error:
            if not connection.line.is_cut:
                raise CallFailed("invalid.call_answer", host=host, error=_short(error)) from error
        finally:
            connection.close()
    raise CallFailed("invalid.call_within", host=host, n=max(1, round(deadline)))


@dataclass(frozen=True)
class _Ask:
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]
    most: int
    begun: float  # when the first address was tried


def _answer(connection: _Plain, ask: _Ask, seconds: float) -> Answer | None:
    """The response from one address of the server; None if time ran out before it was complete."""
    try:
        with connection.line.ended_in(seconds):
            connection.connect()
            with suppress(
                BrokenPipeError, ConnectionResetError
            ):  # refused early: the answer is there
                connection.request(ask.method, ask.path, body=ask.body, headers=ask.headers)
            with connection.getresponse() as answer:
                found = answer.read(ask.most)
    except (OSError, http.client.HTTPException, ValueError):
        if connection.line.is_cut:
            return None
        raise
    finally:
        connection.close()
    if connection.line.is_cut:  # a truncated response may look complete
        return None
    took = int((time.monotonic() - ask.begun) * 1000)
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():  # repeated headers are joined as a list
        headers[name.lower()] = ", ".join(filter(None, (headers.get(name.lower()), value)))
    return Answer(answer.status, headers, found, took)


def check_target(url: str, *, private: bool = False):  # type: ignore[no-untyped-def]
    """The parsed address. Raises `CallFailed` if it may not be called."""
    try:
        parsed = parse_web(url)
    except Invalid as error:
        raise CallFailed(error.key, again=False, **error.values) from error
    port, host = int(parsed.port) if parsed.port else None, host_of(url)
    if not private and (is_private_address(host) or f".{host}".endswith(".localhost")):
        raise CallFailed("invalid.call_private", host=host, again=False)
    if not private and port is not None and port < _LOWEST_FREE_PORT and port not in _WEB_PORTS:
        raise CallFailed("invalid.call_port", port=str(port), again=False)
    return parsed


def address_to_call(url: str, *, private: bool) -> str:
    """An address entered in the field `url`, as it is stored. Raises `Invalid`."""
    try:
        address = str(check_target(url, private=private).href)
    except CallFailed as error:
        raise Invalid(error.key, **{**error.values, "field": "url"}) from error
    if len(address) > _LONGEST_ADDRESS:
        raise Invalid("invalid.address_long", field="url")
    return address


def _resolve(host: str, port: int, seconds: float, *, private: bool) -> list[str]:
    found = _looked_up(host, port, seconds)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    # one private address among public ones could lead into our network: refuse them all
    if not private and not all(map(is_public_address, addresses)):
        raise CallFailed("invalid.call_private", host=host, again=False)
    return addresses


def _looked_up(host: str, port: int, seconds: float) -> list[Any]:
    """All addresses of a name. A slow resolver cannot be interrupted, so a thread waits for it."""
    found: list[Any] = []
    wrong: list[Exception] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            wrong.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if wrong:
        raise CallFailed("invalid.call_name", host=host) from wrong[0]
    return list(found)


class _Line:
    """A connection that can be cut: a server that sends a byte now and then would block us forever.

    It keeps a duplicate descriptor of the socket, because http.client and TLS pass theirs around.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self._lock = threading.Lock()
        self._own: socket.socket | None = None

    def hold(self, opened: socket.socket) -> None:
        """Keep the socket once it is open. Raises `TimeoutError` if time has run out."""
        with self._lock:
            if self.is_cut:
                raise TimeoutError
            self._own = opened.dup()

    @contextmanager
    def ended_in(self, seconds: float) -> Iterator[None]:
        """Cut the connection when time is up."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                if self._own is not None:
                    self._own.close()
                    self._own = None

    def _cut(self) -> None:
        with self._lock:
            self.is_cut = True
            if self._own is not None:
                with suppress(OSError):  # closed by the server
                    self._own.shutdown(socket.SHUT_RDWR)


class _Plain(http.client.HTTPConnection):
    """A connection to one checked address; `host` is used only in the request."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self.line = _Line()

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        self.line.hold(self.sock)


class _Tls(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        # in two steps, so that a handshake that never ends can also be cut
        self.sock = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()


def _short(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return " ".join(str(reason).split())[:120].rstrip(".") or type(error).__name__
