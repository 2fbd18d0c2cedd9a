"""What the documentation says is there: settings, limits, reasons, rules, commands, addresses, links, paths,
names, the tree, the version. Tables are compared with the program in both directions."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from commentsvc.cli import cli
from commentsvc.demo import pages as demo
from commentsvc.moderation.judging.reasons import REASONS
from commentsvc.moderation.judging.rules import RULES
from commentsvc.settings import Settings
from commentsvc.sites.policy import Policy
from commentsvc.web.limits import LIMITS
from tests.manual import ROOT, anchors, files, named, pages, prose, said, spans, table

PACKAGE = ROOT / "commentsvc"
SETTINGS = {each.name.upper() for each in fields(Settings)}
#: Looks like a file of ours and is the name of something else.
_NAMES = {"Chart.js", "chart.js", "dist/chart.umd.min.js"}
#: Begins places on an operator's disk, not addresses.
_PLACES = ("/opt/", "/srv/", "/etc/", "/run/", "/usr/")


@pytest.fixture(scope="module")
def addresses(_schema: Callable[..., Flask]) -> Flask:
    """An app with every address there is, the demo's included."""
    app = _schema()
    demo.register(app)
    return app


# --- settings, limits, reasons, rules -------------------------------------------------------------


def test_it_works() -> None:
    assert {"README.md", "CONTRIBUTING.md", "docs/api.md", "docs/decisions/README.md"} <= {*pages()}
    assert "moderator@example.org" in spans(pages()["README.md"])


def test_settings_are_documented_and_exist() -> None:
    documented = named("docs/install.md", "Settings")
    assert sorted(documented) == sorted(SETTINGS)


def test_settings_are_read() -> None:
    """A setting that nothing reads promises what nobody does."""
    code = "\n".join(
        path.read_text("utf-8")
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "settings.py" and "migrations" not in path.parts
    )
    assert [name for name in SETTINGS if not re.search(rf"\.{name.lower()}\b", code)] == []


def test_settings_in_examples_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    ours = SETTINGS | {f"{name}_FILE" for name in SETTINGS}
    ours |= set(re.findall(r"\$[({]+([A-Z]+)", makefile))
    ours |= set(re.findall(r"\b([A-Z]{3,})=", makefile))
    wrong = [
        (page, name)
        for page, span in said()
        for name in re.findall(r"(?<![\w<-])([A-Z][A-Z_]{2,})=(?!=)", span)
        if name not in ours
    ]
    assert wrong == []


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
    assert sorted(named("docs/moderating.md", "Reasons")) == sorted(REASONS)
    assert sorted(named("docs/moderating.md", "Rules")) == sorted(rule.__name__ for rule in RULES)
    knobs = re.findall(r"`(\w+)`", " ".join(row[2] for row in table("docs/moderating.md", "Rules")))
    assert {*knobs} <= {each.name for each in fields(Policy)}


# --- commands -------------------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    """Every command by the words one types."""

    def walk(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
        context = click.Context(group)
        for name in group.list_commands(context):
            each = group.get_command(context, name)
            assert each is not None
            if isinstance(each, click.Group):
                yield from walk(each, (*words, name))
            else:
                yield " ".join((*words, name)), each

    return dict(walk(cli, ()))


def test_commands_are_documented_and_exist() -> None:
    assert sorted(named("docs/operation.md", "Commands")) == sorted(commands())


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
            for word in words:
                if word.startswith("-") and word.split("=")[0] not in options:
                    wrong.append((page, f"{line}: {word}"))
    assert wrong == []


# --- addresses ------------------------------------------------------------------------------------

_ADDRESS = re.compile(
    r"(?:https?://(?:HOST|comments\.example\.org|127\.0\.0\.1:\d+)|(?<![\w./:*<>\"~$–-]))"
    r"(/[\w.$/{}:-]*)"
)


def test_addresses_exist(addresses: Flask) -> None:
    wrong = [
        (page, address)
        for page, span in said()
        if page not in ("docs/house.md", "CONTRIBUTING.md")  # these name files
        for address in _ADDRESS.findall(span)
        if not address.startswith(_PLACES) and not _answered(addresses, address)
    ]
    assert wrong == []


def _answered(app: Flask, address: str) -> bool:
    """Whether a route answers at the address, or at one that it is the beginning or the end of."""
    urls = app.url_map.bind("comments.example.org")
    path = re.sub(r"\{\w+\}|\b[A-Z]{2,}(?:_[A-Z]+)*\b", "abc", address.replace("vN.N", "v2.8"))
    for prefix in ("", "/api/v1", "/graph"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            try:
                endpoint = urls.match(prefix + path, method=method)[0]
            except RequestRedirect:
                return True
            except (NotFound, MethodNotAllowed):
                continue
            if not endpoint.endswith(("nothing", "unknown")):
                return True
    return any(rule.rule.startswith(f"{path.rstrip('/')}/") for rule in app.url_map.iter_rules())


# --- links, paths, names --------------------------------------------------------------------------


def test_links_lead_somewhere() -> None:
    wrong = []
    for page, text in pages().items():
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = link.partition("#")
            target = (ROOT / page).parent / path if path else ROOT / page
            if not target.exists():
                wrong.append(f"{page}: {link}")
            elif anchor and anchor not in anchors(target.read_text("utf-8")):
                wrong.append(f"{page}: {link} (no such heading)")
    assert wrong == []


_KINDS = "py|js|css|md|sh|mako|toml|yml|yaml|npz"
_PATH = re.compile(
    r"(?<![\w/.:@{}<>*-])(?:\.\./)*"
    rf"((?:[\w.-]+/)*[\w.-]*[\w-]\.(?:{_KINDS})\b|(?:[\w.-]+/)+[\w.-]*)(?![\w*<{{])"
)


def test_paths_exist(addresses: Flask) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in files()}
    here |= {above.as_posix() for path in here for above in Path(path).parents}
    known = {path[n:] for path in here for n in [0, *(m.end() for m in re.finditer("/", path))]}
    folders = {path.split("/")[0] for path in known if "/" in path}
    known |= {rule.rule.removeprefix("/") for rule in addresses.url_map.iter_rules()} | _NAMES
    wrong = []
    for file, text in prose():
        for found in _PATH.findall(re.sub(r"https?:\S+", "", text)):
            name = found.rstrip("/.")
            ours = re.search(rf"\.(?:{_KINDS})$", name) or name.split("/")[0] in folders
            if ours and name not in known and not (ROOT / file).parent.joinpath(name).exists():
                wrong.append(f"{file}: {name}")
    assert wrong == []


def test_sections_named_behind_a_page_exist() -> None:
    """A page and a number behind it lead nowhere: pages have headings."""
    wrong = [
        (file, found)
        for file, text in prose()
        for found in re.findall(r"\b[\w-]+\.md [A-Z]?\d[\w.]*", text)
    ]
    assert wrong == []


def test_names_of_the_code_exist() -> None:
    """`room.module.function` in a page or a comment."""
    rooms = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    rooms -= {"templates", "locales", "static", "migrations"}
    wrong = [
        (file, name)
        for file, text in prose()
        if not file.startswith("tests/")  # these name endpoints
        for name in re.findall(r"`([a-z_]+(?:\.\w+)+)(?:\([^`]*)?`", text)
        if name.split(".")[0] in rooms
        and not re.search(rf"\.(?:{_KINDS})$", name)
        and not _is_there(name)
    ]
    assert wrong == []


def _is_there(name: str) -> bool:
    place, parts = PACKAGE, name.split(".")
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if parts and (place / f"{parts[0]}.py").exists():
        place /= f"{parts.pop(0)}.py"
    if not parts:
        return True
    module = ast.parse((place if place.is_file() else place / "__init__.py").read_text("utf-8"))
    return any(
        getattr(node, "name", getattr(node, "id", None)) == parts[0] for node in ast.walk(module)
    )


# --- the tree -------------------------------------------------------------------------------------


_COLUMN = 31  # where the texts of the tree begin


def entries() -> dict[str, str]:
    """Of the tree in docs/house.md: each folder and file at the left -> its entry's whole text."""
    found: dict[str, str] = {}
    above: list[str] = [""]
    last: list[str] = []
    for line in pages()["docs/house.md"].split("```")[1].strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        if depth > 3:  # goes on from the line above
            for name in last:
                found[name] += " " + line.strip()
            continue
        column = _COLUMN if line[_COLUMN - 2 : _COLUMN] == "  " else None
        names, text = line[:column], line[_COLUMN:] if column else ""
        above = above[: depth + 1]
        last = [above[-1] + name for name in names.split()]
        found |= dict.fromkeys(last, text)
        above.append(last[0] if last[0].endswith("/") else above[-1])
    return found


def test_the_tree_is_the_tree() -> None:
    tree = entries()
    for name, text in list(tree.items()):  # wings that are named in the words of their room
        if name.startswith("commentsvc/") and name.endswith("/"):
            wings = re.findall(r"(?<![\w/.])([a-z]+/)(?=[\s,;)]|$)", text)
            tree |= {f"{name}{wing}": "" for wing in wings}
    gone = [name for name in tree if "<" not in name and not (ROOT / name).exists()]
    folders = {
        f"{path.relative_to(ROOT).parent.as_posix()}/"
        for path in PACKAGE.rglob("*.py")
        if not {"static", "migrations"} & {*path.relative_to(PACKAGE).parts}
    }
    assert (gone, sorted(folders - {*tree})) == ([], [])


def test_the_tree_names_every_file_of_the_core() -> None:
    core = {f"commentsvc/core/{path.name}" for path in (PACKAGE / "core").glob("*.py")}
    assert sorted(core - {*entries()}) == ["commentsvc/core/__init__.py"]


# --- the version ----------------------------------------------------------------------------------


def test_one_version_everywhere(addresses: Flask) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        source = tomllib.load(file)["project"]["version"]
    newest = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", pages()["CHANGELOG.md"], re.MULTILINE)[0]
    program = CliRunner().invoke(cli, ["--version"]).output.split()[-1]
    headers = {"Host": "comments.example.com"}
    document = addresses.test_client().get("/api/v1/openapi.json", headers=headers).get_json()
    assert {version("commentsvc"), newest, program, document["info"]["version"]} == {source}
