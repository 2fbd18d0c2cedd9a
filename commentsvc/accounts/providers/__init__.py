"""Providers that people can sign in with (OpenID Connect, or just OAuth 2.0 where a provider offers
no more). Each is off until an owner or the operator enters a client.

PyJWT (vouching/), which we need anyway, reads tokens, and every call goes through `core.calling`,
whose limits no client library has; so Authlib would add nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from ...core.parts import Part
from ...settings import Settings, WrongSettings
from ..vouching.keys import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OWN = "oidc"  # any OpenID Connect issuer


@dataclass(frozen=True)
class Api:
    """The endpoints of a provider without ID tokens; `emails` if the addresses are separate from
    the person."""

    authorize: str
    token: str
    person: str
    emails: str = ""


@dataclass(frozen=True)
class Preset:
    """What we know about a provider. `verified`: the claim that says that an address is
    verified."""

    title: str
    issuer: str = ""
    scope: str = "openid email profile"
    verified: str = "email_verified"
    form_post: bool = False
    api: Api | None = None


PRESETS: dict[str, Preset] = {
    "google": Preset("Google", "https://accounts.google.com"),
    # any directory can put any address in its accounts; only this claim says that one is verified
    "microsoft": Preset(
        "Microsoft", "https://login.microsoftonline.com/common/v2.0", verified="xms_edov"
    ),
    "apple": Preset("Apple", "https://appleid.apple.com", "openid email name", form_post=True),
    "github": Preset(
        "GitHub",
        "https://github.com",
        "read:user user:email",
        api=Api(
            "https://github.com/login/oauth/authorize",
            "https://github.com/login/oauth/access_token",
            "https://api.github.com/user",
            "https://api.github.com/user/emails",
        ),
    ),
    "gitlab": Preset("GitLab", "https://gitlab.com"),
    "discord": Preset(
        "Discord",
        "https://discord.com",
        "identify email",
        api=Api(
            "https://discord.com/oauth2/authorize",
            "https://discord.com/api/oauth2/token",
            "https://discord.com/api/users/@me",
        ),
    ),
    OWN: Preset(""),
}


@dataclass(frozen=True)
class Provider:
    """A client at a provider: the installation's, or a site's, which is valid only for that site.
    Apple's secret is a private key; `options` say whose (`team`, `key`)."""

    kind: str
    client_id: str
    secret: str = field(repr=False)
    issuer: str
    label: str = ""
    site_id: int | None = None
    site_key: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def preset(self) -> Preset:
        return PRESETS[self.kind]

    @property
    def name(self) -> str:
        """Its name in addresses; each provider has its own redirect address."""
        return f"{self.kind}.{self.site_key}" if self.site_key else self.kind

    @property
    def title(self) -> str:
        """The text on its button."""
        return self.label or self.preset.title or str(urlsplit(self.issuer).hostname)

    @property
    def realm(self) -> str:
        """The namespace of its people: people of one site never become those of another."""
        return f"oidc:{self.site_key}:{mark(self.issuer)}"

    @property
    def is_trusted(self) -> bool:
        """Whether we trust its email addresses. An issuer chosen by a site's owner can claim any
        address, to take over accounts."""
        return self.kind != OWN or self.site_id is None


#: The installation's own providers, by name.
installed: Part[Mapping[str, Provider]] = Part("providers")


def install(app: Any, settings: Settings, value: Mapping[str, Provider] | None = None) -> None:
    """Fill the app's slot with `value`, or with the providers of SIGN_IN_PROVIDERS. Raises
    `WrongSettings`."""
    installed.install(app, value if value is not None else of_settings(settings.sign_in_providers))


def of_settings(text: str) -> dict[str, Provider]:
    """The providers in a JSON list. Raises `WrongSettings` with every problem."""
    try:
        given = orjson.loads(text) if text.strip() else []
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, list):
        raise WrongSettings(["SIGN_IN_PROVIDERS: use a JSON list of objects."])
    problems = [f"SIGN_IN_PROVIDERS: {each}" for each in _problems(given)]
    if problems:
        raise WrongSettings(problems)
    return {each.name: each for each in map(_made, given)}


_FIELDS = ("provider", "client_id", "client_secret", "issuer", "label", "team", "key")


def _problems(given: list[Any]) -> Iterable[str]:
    kinds: set[str] = set()
    for number, each in enumerate(given, 1):
        if not isinstance(each, dict) or not all(isinstance(value, str) for value in each.values()):
            yield f"entry {number} is not an object that contains only strings."
            continue
        kind = each.get("provider", "")
        if kind not in PRESETS:
            yield f"“{kind}” is not one of {', '.join(PRESETS)}."
            continue
        if kind in kinds:
            yield f"“{kind}” is listed twice."
        kinds.add(kind)
        yield from (f"{kind} has no field “{name}”." for name in each if name not in _FIELDS)
        yield from (f"{kind} needs “{name}”." for name in needed(kind) if not each.get(name))


def needed(kind: str) -> tuple[str, ...]:
    """The fields that a client at a provider of this kind needs."""
    more = {OWN: ("issuer",), "apple": ("team", "key")}.get(kind, ())
    return ("client_id", "client_secret", *more)


def _made(each: dict[str, str]) -> Provider:
    kind = each["provider"]
    return Provider(
        kind,
        each["client_id"],
        each["client_secret"],
        each.get("issuer") or PRESETS[kind].issuer,
        label=each.get("label", "")[:40],
        options={name: each[name] for name in ("team", "key") if name in each},
    )
