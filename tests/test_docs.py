"""What the documentation names exists: settings, limits, reasons, rules, commands, formats,
addresses, the version. Tables are compared with the program in both directions. References:
test_docs_paths."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from importlib.metadata import version
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from commentsvc.cli import cli
from commentsvc.cli.mostly import Mostly
from commentsvc.demo import pages as demo
from commentsvc.exchange.formats import FORMATS
from commentsvc.exchange.records import OWN
from commentsvc.moderation.judging.reasons import REASONS
from commentsvc.moderation.judging.rules import RULES
from commentsvc.settings import Settings
from commentsvc.sites.policy import Policy
from commentsvc.web.limits import LIMITS
from tests.laws import agree, keep
from tests.manual import PACKAGE, ROOT, named, pages, said, spans, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

SETTINGS = {each.name.upper() for each in fields(Settings)}
#: Paths that start on an operator's disk are no addresses.
_PLACES = ("/opt/", "/srv/", "/etc/", "/run/", "/usr/", "/var/", "/tmp/", "/backup/", "/elsewhere/")
#: These are files; the last one's programs build addresses, and are run (test_docs_examples.py).
_OTHERWISE = ("docs/house.md", "CONTRIBUTING.md", "docs/api-by-example.md")


@pytest.fixture(scope="module")
def addresses(_schema: Callable[..., Flask]) -> Flask:
    """An app with every address, including the demo's."""
    app = _schema()
    demo.register(app)
    return app


# --- settings, limits, reasons, rules -------------------------------------------------------------


def test_it_works() -> None:
    page = "Run `make demo`:\n\n```sh\ncommentsvc run\n```\n\n    commentsvc check\n"
    assert spans(page) == ["make demo", "commentsvc run", "commentsvc check"]
    assert "DATA_DIR" in named("docs/install.md", "Settings")


def test_settings_are_documented_and_exist() -> None:
    documented = named("docs/install.md", "Settings")
    agree(
        "Every setting has a row in docs/install.md, Settings:", found=SETTINGS, listed=documented
    )


def test_settings_are_read() -> None:
    """A setting that nothing reads promises what nothing does."""
    code = "\n".join(
        path.read_text("utf-8")
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "settings.py" and "migrations" not in path.parts
    )
    keep(
        "Nothing reads these settings:",
        [name for name in SETTINGS if not re.search(rf"\.{name.lower()}\b", code)],
    )


def test_settings_in_examples_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    ours = SETTINGS | {f"{name}_FILE" for name in SETTINGS}
    ours |= set(re.findall(r"\$[({]+([A-Z]+)", makefile))
    for compose in (ROOT / "deploy").glob("compose*.yaml"):
        ours |= set(re.findall(r"\$\{([A-Z_]+)", compose.read_text("utf-8")))
    ours |= set(re.findall(r"\b([A-Z]{3,})=", makefile))
    wrong = [
        (page, name)
        for page, span in said()
        for name in re.findall(r"(?<![\w<-])([A-Z][A-Z_]{2,})=(?!=)", span)
        if name not in ours
    ]
    keep("An example uses a setting that does not exist:", wrong)


def test_limits_are_documented_as_they_are() -> None:
    def words(limit: str) -> str:
        many, _, span = limit.partition("/")
        one = {"minute": "a minute", "hour": "an hour"}
        return f"{many} {one.get(span, f'in {span}')}"

    documented = {row[0].strip("`"): row[1] for row in table("docs/api.md", "Rate limits")}
    assert documented == {
        name: ", ".join(words(each) for each in text.split(";")) for name, text in LIMITS.items()
    }


def test_reasons_and_rules_are_documented_and_exist() -> None:
    reasons, rules = (named("docs/moderating.md", each) for each in ("Reasons", "Rules"))
    agree("docs/moderating.md, Reasons, has every reason:", found=REASONS, listed=reasons)
    rows = [rule.__name__ for rule in RULES]
    agree("docs/moderating.md, Rules, has every rule:", found=rows, listed=rules)
    knobs = re.findall(r"`(\w+)`", " ".join(row[2] for row in table("docs/moderating.md", "Rules")))
    assert {*knobs} <= {each.name for each in fields(Policy)}


def test_what_can_be_exported_is_documented() -> None:
    written = {name for name, each in FORMATS.items() if each.write}
    examples = re.findall(r"^commentsvc export (\w*)", pages()["docs/export.md"], re.MULTILINE)
    shown = [name or OWN for name in examples]
    agree("docs/export.md has an example of every format:", found=written, listed=shown)


# --- commands -------------------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    """Every command by the words one types."""

    def walk(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
        context = click.Context(group)
        for name in group.list_commands(context):
            each = group.get_command(context, name)
            assert each is not None
            if isinstance(each, Mostly):
                yield " ".join((*words, name)), each.mostly
            if isinstance(each, click.Group):
                yield from walk(each, (*words, name))
            else:
                yield " ".join((*words, name)), each

    return dict(walk(cli, ()))


def test_commands_are_documented_and_exist() -> None:
    documented = named("docs/operation.md", "Commands")
    agree("docs/operation.md, Commands, has every command:", found=commands(), listed=documented)


def test_commands_in_examples_exist_with_their_options() -> None:
    known = commands()
    wrong = []
    for page, span in said():
        for line in re.findall(r"(?:^|[\s/])commentsvc((?: +[^\s#|;&)]+)+)", span):
            words = line.split()
            plain = [word for word in words if re.fullmatch(r"[a-z]+", word)]
            name = next((n for n in (3, 2, 1) if " ".join(words[:n]) in known), 0)
            group = bool(plain) and any(each.startswith(f"{plain[0]} ") for each in known)
            if not name and not (len(plain) == 1 == len(words) and group) and words[0][0] != "-":
                wrong.append((page, line))
                continue
            options = {"--help", "--version"}
            if name:
                command = known[" ".join(words[:name])]
                options |= {opt for each in command.params for opt in each.opts}
            given = [word for word in words if word.startswith("-")]
            unknown = [word for word in given if word.split("=")[0] not in options]
            wrong += [(page, f"{line}: {word}") for word in unknown]
    keep("An example uses a command or an option that does not exist:", wrong)


# --- addresses ------------------------------------------------------------------------------------

_ADDRESS = re.compile(
    r"(?:https?://(?:HOST|comments\.example\.org|127\.0\.0\.1:\d+)|(?<![\w./:*<>\"~$–-]))"
    r"(/[\w.$/{}:-]*)"
)


def test_addresses_exist(addresses: Flask) -> None:
    wrong = [
        (page, address)
        for page, span in said()
        if page not in _OTHERWISE
        for address in _ADDRESS.findall(span)
        if not address.startswith(_PLACES) and not _answered(addresses, address)
    ]
    keep("A page names an address that nothing answers:", wrong)


def _answered(app: Flask, address: str) -> bool:
    """Whether a route matches the address (also below /api/v1 or /graph), or starts with it."""
    urls = app.url_map.bind("comments.example.org")
    path = re.sub(r"\{\w+\}|\b[A-Z]{2,}(?:_[A-Z]+)*\b", "abc", address.replace("vN.N", "v2.8"))
    for prefix in ("", "/api/v1", "/graph"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            try:
                rule = urls.match(prefix + path, method=method, return_rule=True)[0].rule
            except RequestRedirect:
                return True
            except (NotFound, MethodNotAllowed):
                continue
            if "<path:" not in rule and ("<" not in rule or prefix != "/graph"):
                return True
    return any(rule.rule.startswith(f"{path.rstrip('/')}/") for rule in app.url_map.iter_rules())


# --- the version ----------------------------------------------------------------------------------


def test_one_version_everywhere(addresses: Flask) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        source = tomllib.load(file)["project"]["version"]
    newest = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", pages()["CHANGELOG.md"], re.MULTILINE)[0]
    program = CliRunner().invoke(cli, ["--version"]).output.split()[-1]
    headers = {"Host": "comments.example.com"}
    document = addresses.test_client().get("/api/v1/openapi.json", headers=headers).get_json()
    assert {version("commentsvc"), newest, program, document["info"]["version"]} == {source}
