"""Ways to sign in. A way is one file here and one row in `ROWS`.

A way with inputs is offered as a form wherever people sign in; one without is for scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from ...core.parts import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from ..models import User

#: Modules of this folder, each with `make(settings) -> Way`, in the order they are offered.
ROWS = ("password", "email_code", "passkey", "site_token")


@dataclass(frozen=True)
class Place:
    """Where somebody signs in: at a site, or at the installation itself, which has no key.

    A site's own sign-in signs with `secrets` or the keys at `keys_url`, pages written for Disqus
    with `disqus_secret`, its OpenID provider as `issuer` for `client_id`. Profile addresses must be
    on `origins`, and pictures on `pictures`.
    """

    site_key: str = ""
    secrets: tuple[str, ...] = ()
    disqus_secret: str | None = None
    site_id: int | None = None
    keys_url: str = ""
    issuer: str = ""
    client_id: str = ""
    origins: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    """One field of a way's form, with its HTML attributes."""

    name: str
    kind: str
    autocomplete: str


class Way(Protocol):
    """One way to sign in. `name` is sent with the form, so it never changes."""

    name: str
    inputs: tuple[Input, ...]

    def account_of(self, given: Mapping[str, str]) -> str:
        """The account that these inputs name, so that tries can be counted; "" if unknown."""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """The user whom these inputs prove. Raises `NotAllowed` or `Invalid`, the same for every
        wrong proof."""


ways: Part[Mapping[str, Way]] = Part("ways")


def install(app: Any, settings: Settings, value: Mapping[str, Way] | None = None) -> None:
    """Fill the app's slot with `value`, or with every way."""
    ways.install(app, value if value is not None else _every(settings))


def offered() -> list[Way]:
    """The ways with a form, in order."""
    return [way for way in ways().values() if way.inputs]


def _every(settings: Settings) -> dict[str, Way]:
    made: list[Way] = [import_module(f"{__name__}.{row}").make(settings) for row in ROWS]
    return {way.name: way for way in made}
