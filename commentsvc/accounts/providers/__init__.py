"""Providers that people can sign in with (OpenID Connect, or OAuth 2.0 where a provider has no more): each
is off until an owner, or who runs the server, enters a client of theirs.

Tokens are read by PyJWT (vouching/), which is here already, and every call goes through `core.calling`, whose
bounds no client library keeps: so Authlib would add nothing but itself.
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

OWN = "oidc"  # any other issuer


@dataclass(frozen=True)
class Api:
    """Where a provider without ID tokens says who signs in: the person, and their addresses if apart."""

    authorize: str
    token: str
    person: str
    emails: str = ""


@dataclass(frozen=True)
class Preset:
    """What is known of a provider. `verified`: the claim that says an address is the person's."""

    title: str
    issuer: str = ""
    scope: str = "openid email profile"
    verified: str = "email_verified"
    form_post: bool = False
    api: Api | None = None


PRESETS: dict[str, Preset] = {
    "google": Preset("Google", "https://accounts.google.com"),
    # any directory may write any address into its accounts; only this claim says that one is proved
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
    """A client at a provider: the installation's, or a site's, which is good for that site alone. Apple's
    secret is a private key, `options` say whose (`team`, `key`)."""

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
        """What it is called in addresses; each has its own address to come back to."""
        return f"{self.kind}.{self.site_key}" if self.site_key else self.kind

    @property
    def title(self) -> str:
        """What its button says."""
        return self.label or self.preset.title or str(urlsplit(self.issuer).hostname)

    @property
    def realm(self) -> str:
        """Under which name its people are known: one site's never become those of another."""
        return f"oidc:{self.site_key}:{mark(self.issuer)}"

    @property
    def is_trusted(self) -> bool:
        """Whether its word on addresses counts. An issuer that only a site's owner has chosen may say
        anything: it could be a trap for the owners of addresses."""
        return self.kind != OWN or self.site_id is None


#: The installation's own, by name.
installed: Part[Mapping[str, Provider]] = Part("providers")


def install(app: Any, settings: Settings, value: Mapping[str, Provider] | None = None) -> None:
    """Fill the app's slot: with what is given, or what SIGN_IN_PROVIDERS says. Raises `WrongSettings`."""
    installed.install(app, value if value is not None else of_settings(settings.sign_in_providers))


def of_settings(text: str) -> dict[str, Provider]:
    """The providers of a list in JSON. Raises `WrongSettings` with everything that is wrong."""
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
    """What has to be known of a client at a provider of this kind."""
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
