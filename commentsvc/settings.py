"""Settings: each declared once, read from the environment, checked at start."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .core.addresses import origin_of, web_address
from .core.files import data_folder, made_once, noted
from .core.parts import Part
from .core.typed import truth, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class WrongSettings(Exception):
    """The environment is invalid; `problems` lists everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


#: Name -> limit, in Flask-Limiter's syntax. LIMITS overrides by name; `off` removes one.
LIMITS: dict[str, str] = {
    "read": "600/minute",
    "post": "2/10 seconds;20/10 minutes",
    "post_refused": "60/10 minutes",  # refused attempts, which do not count as posts
    "withdraw": "60/10 minutes",  # more than can be posted: an undo is never refused after quick posts
    "guest_posts": "10/10 minutes",  # of guests from one network; more require a proof of work
    "bad_token": "60/minute",  # from one network
    "like": "60/minute",
    "flag": "10/minute",
    "sign_in": "10/5 minutes",
    "sign_in_wait": "300/minute",  # a frame polls up to once a second; its token cannot be guessed
    "sign_in_account": "5/5 minutes",  # per account and network: no network locks anyone else out
    "sign_in_everywhere": "100/hour",  # per account
    "second_factor": "5/5 minutes;20/hour",  # codes from a person's app, from everywhere
    "email_code": "20/10 minutes;60/24 hours",  # per address, from everywhere; links still work
    "site_token": "30/5 minutes",  # per reader of a site's own sign-in; many share an IP address
    "email_network": "20/hour",  # emails that anyone can request
    "email_address": "5/hour",  # the same, per email address, from everywhere
    "score": "60/minute",
    "moderate": "600/minute",
    "manage": "60/minute",
    "check": "6/minute",  # each may block a thread for seconds
}
#: Former names, which LIMITS may still use.
_RENAMED = {"letter": "email_network", "letter_address": "email_address"}
OFF = "off"
Keys = tuple[str, ...]


def _knob(help: str, default: Any = None, **extra: Any) -> Any:
    return field(default=default, metadata={"help": help, **extra})


@dataclass(frozen=True)
class Settings:
    """One installation's settings. Each field is an environment variable of the same name in
    uppercase, or `NAME_FILE` with the path of a file that contains it."""

    data_dir: Path = _knob("folder for SQLite files and the generated secret key", Path("instance"))
    database_url: str = _knob("postgresql://… or sqlite:///… (default: SQLite in DATA_DIR)", "")
    redis_url: str = _knob("Redis, where several nodes share limits and jobs (default: none)", "")
    secret_key: str = _knob(
        "signs sessions and seals secrets (default: generated, kept in DATA_DIR)", "", secret=True
    )
    old_secret_keys: Keys = _knob(
        "earlier keys, needed until you have run “commentsvc reseal”", (), secret=True
    )
    public_url: str = _knob("the address browsers use (default: http://127.0.0.1:PORT)", "")
    host: str = _knob("address to listen on, or unix:/path/to/a/socket", "127.0.0.1")
    port: int = _knob("port to listen on", 5000)
    workers: int = _knob("server processes; more than 1 requires PostgreSQL", 1)
    threads: int = _knob("threads per server process", 4)
    toxicity_backend: str = _knob(
        "embedded | detoxify[:NAME|PATH] | onnx:NAME|PATH | remote:URL, or several, separated by commas "
        "(default: what “commentsvc toxicity add” chose, else embedded)",
        "",
    )
    toxicity_budget_ms: int = _knob("how long a post waits for its score, in milliseconds", 800)
    trusted_proxies: tuple[str, ...] = _knob("proxies whose X-Forwarded-* headers are trusted", ())
    mail_url: str = _knob("console: | smtp://user:password@host:587 | smtps://…", "console:")
    mail_from: str = _knob("sender address of emails", "comments@localhost")
    sign_in_providers: str = _knob(
        "providers that people can sign in with on every site, as a JSON list", "", secret=True
    )
    staff_second_factor: bool = _knob("staff of every site must use a second step", False)
    limits: str = _knob("rate limits by name, such as post=5/minute;read=600/minute", "")
    network_days: int = _knob(
        "days until the network hashes of comments, likes and reports are deleted", 30
    )
    webhook_private: bool = _knob("allow calls to private addresses, as on an intranet", False)
    dsa_database_url: str = _knob("API that statements of reasons are sent to (default: none)", "")
    dsa_database_token: str = _knob("the token for that API", "", secret=True)
    dsa_database_sites: tuple[str, ...] = _knob("keys of the sites whose statements are sent", ())
    metrics_token: str = _knob(
        "lets other machines read /metrics (default: this machine and private networks only)",
        "",
        secret=True,
    )
    backup_hours: int = _knob("hours between scheduled backups (0: none)", 0)
    backup_keep: int = _knob("how many scheduled backups are kept", 7)
    backup_dir: str = _knob("folder for scheduled backups (default: backups in DATA_DIR)", "")
    log_format: str = _knob("json | text", "json")
    log_level: str = _knob("DEBUG | INFO | WARNING | ERROR", "INFO")

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, only_look: bool = False
    ) -> Settings:
        """Read and check everything. Raises `WrongSettings` with all problems at once. With
        `only_look`, nothing is written to disk; a missing key is replaced by a temporary one."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        problems: list[str] = []
        for knob in fields(cls):
            raw = _read(environ, knob.name.upper(), problems)
            if raw is None:
                continue
            try:
                values[knob.name] = _PARSERS[str(knob.type)](raw.strip())
            except ValueError as error:
                problems.append(f"{knob.name.upper()}: {error}")
        given = cls(**values)
        problems += _problems(given)  # unreadable values have their default there
        if problems:
            raise WrongSettings(problems)
        if only_look and not given.secret_key and not (given.data_dir / _KEY_FILE).exists():
            given = replace(given, secret_key=secrets.token_urlsafe(48))
        return given.checked()

    def checked(self) -> Settings:
        """These settings with dependent values filled in. Raises `WrongSettings`."""
        problems = list(_problems(self))
        if problems:
            raise WrongSettings(problems)
        changes: dict[str, Any] = {"data_dir": self.data_dir.absolute()}
        named = self.public_url or f"http://127.0.0.1:{self.port}"
        changes["public_url"] = origin_of(named) + urlsplit(named).path.rstrip("/")
        if not self.database_url:
            changes["database_url"] = f"sqlite:///{changes['data_dir'] / 'comments.db'}"
        if self.database_url.startswith(("postgres://", "postgresql://")):
            # SQLAlchemy's name for our driver, which hosters' URLs lack
            _, _, rest = self.database_url.partition("://")
            changes["database_url"] = f"postgresql+psycopg://{rest}"
        if not self.secret_key:
            changes["secret_key"] = _kept_secret(changes["data_dir"])
        if not self.toxicity_backend:
            changes["toxicity_backend"] = noted(changes["data_dir"] / BACKEND_FILE) or "embedded"
        return Settings(**{**self.as_dict(), **changes})

    def as_dict(self) -> dict[str, Any]:
        """All fields as a dict."""
        return {knob.name: getattr(self, knob.name) for knob in fields(self)}

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us over TLS; cookies are `Secure` then."""
        return self.public_url.startswith("https://")

    @property
    def prefix(self) -> str:
        """The path that everything is served under: `/comments`, or empty."""
        return urlsplit(self.public_url).path


settings: Part[Settings] = Part("settings")


def _read(environ: Mapping[str, str], name: str, problems: list[str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name)
    try:
        return Path(path).read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name}_FILE: the file “{path}” cannot be read.")
        return None


_PARSERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": whole,
    "bool": truth,
    "Path": lambda raw: Path(raw or "instance"),
    "tuple[str, ...]": lambda raw: tuple(raw.replace(",", " ").split()),
    # a key may itself contain what separates several
    "Keys": lambda raw: tuple(filter(None, dict.fromkeys((raw, *raw.replace(",", " ").split())))),
}


def named_limits(text: str) -> dict[str, str]:
    """The limits in force for this value of LIMITS. Raises `WrongSettings`."""
    from limits import parse_many

    found = dict(LIMITS)
    name = ""
    problems: list[str] = []
    for entry in filter(None, (each.strip() for each in text.split(";"))):
        if "=" in entry:
            name, _, entry = (part.strip() for part in entry.partition("="))
            name = _RENAMED.get(name, name)
            found |= {name: ""} if name in LIMITS else {}
        if name in LIMITS:
            found[name] = f"{found[name]};{entry}".strip(";")
        else:
            problems.append(f"LIMITS: “{name or entry}” is not one of {', '.join(LIMITS)}.")
    for each, rate in found.items():
        try:
            if rate != OFF:
                parse_many(rate)
        except ValueError:
            problems.append(
                f"LIMITS: “{rate}” ({each}) is not a rate such as 5/minute or 2/10 seconds."
            )
    if problems:
        raise WrongSettings(problems)
    return found


def _problems(given: Settings) -> list[str]:
    return [*_wrong_addresses(given), *_wrong_words(given), *_wrong_numbers(given)]


def _wrong_addresses(given: Settings) -> list[str]:
    found: list[str] = []
    named = given.public_url or "http://127.0.0.1"
    try:
        parts = urlsplit(named)
        whole = bool(_WEB.match(named) and web_address(named) and parts.port != 0)
    except ValueError:  # an invalid port, or an unclosed bracket
        whole = False
    if not whole:
        found.append("PUBLIC_URL: use an address like https://comments.example.org.")
    elif not _PATH.fullmatch(parts.path) or parts.query or parts.fragment:
        found.append("PUBLIC_URL: use a simple path such as /comments, and no query or fragment.")
    if given.database_url and not given.database_url.startswith(
        ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
    ):
        found.append("DATABASE_URL: use SQLite (sqlite:///…) or PostgreSQL (postgresql://…).")
    if given.redis_url and not given.redis_url.startswith(("redis://", "rediss://", "unix://")):
        found.append("REDIS_URL: use an address like redis://host:6379/0.")
    if not given.mail_url.startswith(("console:", "memory:", "smtp://", "smtps://")):
        found.append("MAIL_URL: use console: or an address like smtp://user:password@host:587.")
    if (address := given.dsa_database_url) and not address.startswith(("https://", "http://")):
        found.append("DSA_DATABASE_URL: use an address like https://…/api/v1.")
    for proxy in (each for each in given.trusted_proxies if each != "unix"):
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            found.append(
                f"TRUSTED_PROXIES: “{proxy}” is not “unix”, an IP address or a network such as 10.0.0.0/8."
            )
    return found


def _wrong_words(given: Settings) -> list[str]:
    found = [
        f"{name.upper()}: use at least 16 characters, or leave it out."
        for name in ("secret_key", "metrics_token")
        if 0 < len(getattr(given, name)) < 16
    ]
    for backend in given.toxicity_backend.split(",") if given.toxicity_backend else ():
        if (kind := backend.partition(":")[0].strip()) not in _BACKENDS:
            what = f"“{kind}” is not" if kind else "an entry is empty. Use"
            found.append(f"TOXICITY_BACKEND: {what} one of {', '.join(_BACKENDS)}.")
    if given.log_format not in ("json", "text"):
        found.append("LOG_FORMAT: use json or text.")
    if given.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        found.append("LOG_LEVEL: use DEBUG, INFO, WARNING or ERROR.")
    try:
        named_limits(given.limits)
    except WrongSettings as error:
        found += error.problems
    return found


#: Addresses and paths that need no escaping in a header, a cookie or a script.
_WEB = re.compile(r"(?i)https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:\d+)?([/?#]|\Z)")
_PATH = re.compile(r"(/(?!\.)[A-Za-z0-9._~-]+)*/?")
_BACKENDS = ("embedded", "detoxify", "onnx", "remote")
_RANGES = {
    "port": (0, 65535),
    "workers": (1, 64),
    "threads": (1, 128),
    "toxicity_budget_ms": (1, 60_000),
    "network_days": (1, 3650),
    "backup_hours": (0, 168),
    "backup_keep": (1, 1000),
}


def _wrong_numbers(given: Settings) -> list[str]:
    return [
        f"{name.upper()}: use a number from {low} to {high}."
        for name, (low, high) in _RANGES.items()
        if not low <= getattr(given, name) <= high
    ]


_KEY_FILE, BACKEND_FILE = "secret_key", "toxicity_backend"


def _kept_secret(folder: Path) -> str:
    """The key created at the first start, stored with the data and readable only by its owner."""
    try:
        data_folder(folder)
        return made_once(folder / _KEY_FILE, secrets.token_urlsafe(48))
    except OSError as error:
        why = f"cannot be written to ({error.strerror}). Choose another folder, or set SECRET_KEY."
        raise WrongSettings([f"DATA_DIR: “{folder}” {why}"]) from error
