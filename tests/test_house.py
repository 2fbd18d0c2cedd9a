"""The laws of the house (docs/house.md), checked against the code. test_laws.py breaks each of
them, so that none can stop working."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from commentsvc.core import jobs
from tests import laws
from tests.laws import PACKAGE, ROOT, agree, imports, keep, modules

if TYPE_CHECKING:
    from flask import Flask


def layers() -> list[set[str]]:
    """The rows of the diagram in docs/house.md, from the top, so that page and law are one."""
    page = (ROOT / "docs" / "house.md").read_text("utf-8")
    diagram = page.split("## Who may import whom")[1].split("```")[1]
    rows = []
    for line in diagram.strip().splitlines():
        if line.startswith(("- -", " ")):
            continue
        rooms = re.split(r"\s{3,}", line)[0]
        rows.append(set(re.findall(r"\w+", rooms)))
    return rows


#: A room imports from rows below its own, never above; neighbors do not import each other.
LAYERS = layers()
ROW = {room: row for row, rooms in enumerate(LAYERS) for room in rooms}
SURFACES = LAYERS[ROW["api"]] | {"web"}
HTTP = {"flask", "flask_login", "flask_limiter", "marshmallow", "werkzeug", "apispec"}
#: Rooms below the line know no HTTP; these files of core need the app itself.
HTTP_MAY = {"core/db.py", "core/parts.py"}

PURE = (
    "moderation/judging/rules.py",
    "moderation/judging/spam/promoting.py",
    "moderation/judging/verdict.py",
    "moderation/judging/swearing.py",
    "moderation/judging/inward.py",
    "moderation/judging/scores.py",
    "moderation/judging/outside.py",
)
PURE_MAY = (
    *(f"commentsvc.{name[:-3].replace('/', '.')}" for name in PURE),
    "commentsvc.toxicity.labels",
    "commentsvc.toxicity.identity",
)

MAY_COMMIT = {
    "core/db.py": "the one place",
    "core/writing/sqlite.py": "what db.py's commit is on SQLite: one for a group of units",
    "core/backups/archive.py": "fills an empty database from a backup, in one transaction of its own",
}
MAY_WRITE_STATUS = {
    "threads/status.py": "the one door",
    "notifications/deliveries.py": "the HTTP status that a webhook answered with",
}
MAY_ASK = {
    "web/ops.py": "tells operators how the database and the queue of jobs are",
    "web/freshness.py": "listens to the database for answers that are out of date",
    "web/problems.py": "names the database's own errors, and rolls back what they left",
    "web/foreign.py": "rolls back what a crash left",
}
MAY_IMPORT_BY_NAME = {
    "accounts/ways/__init__.py": "the ways to sign in are rows of a table",
    "core/delivery/__init__.py": "Huey and Redis, only where jobs are delivered through them",
    "notifications/channels/__init__.py": "the channels are rows of a table",
    "toxicity/scorer.py": "the backend that a setting names",
    "toxicity/backends/child.py": "the model that the parent process names",
    "toxicity/backends/spawn.py": "what the other Python runs",
}
#: path:function or path -> why it is longer than the others.
MAY_BE_LONG = {
    "commentsvc/cli/exchange.py:bring": "every option is a parameter, and its help has examples",
    "commentsvc/moderation/desk/cards.py:_card": "a list: one line for each field of a card",
    "commentsvc/moderation/desk/rows.py:comments": "a list: one line for each column",
    "commentsvc/threads/commands.py:add": "a list: one line for each column of a new comment",
    "static/dashboard/base.css": "one sheet that all pages load, in sections",
    "static/dashboard/forms.css": "one sheet that all forms load, in sections",
    "static/dashboard/queue.css": "one sheet for one page, in sections",
    "static/embed/read.css": "goes into every thread's page as one sheet",
    "tests/browser/test_box_moderating.py:test_it_works": "a walk",
    "tests/cli/test_wheel.py:test_it_runs_the_demo": "a walk",
    "tests/dashboard/test_moving.py:test_webhooks_are_added_watched_and_removed": "a walk",
    "tests/drills/test_kill.py:test_kills_lose_nothing": "a walk",
    "tests/exchange/test_export.py:busy_site": "a site with one of everything",
    "tests/web/test_permissions.py": "one table: every address and who may",
    "tests/threads/test_text.py": "one table: texts and what becomes of them",
    "tests/threads/test_urls.py": "one table: addresses and which are one",
    "tests/api/test_analyze.py": "one protocol, case by case",
    "tests/api/test_graph.py": "one protocol, case by case",
    "tests/toxicity/test_perspective.py": "one protocol, case by case",
    "tests/exchange/test_import.py": "one command, case by case",
    "tests/moderation/test_decide.py": "one command, case by case",
    "tests/notifications/test_webhooks.py": "one protocol, case by case",
    "tests/web/test_cache.py": "one promise, held against every way to break it",
}


def room_of(name: str) -> str:
    """`__init__` and `__main__` are doors, not rooms; new rooms go into the diagram."""
    return name.split("/")[0].removesuffix(".py")


def below_the_line() -> list[tuple[str, ast.Module]]:
    """The files of the rooms that know no HTTP."""
    return [each for each in modules() if ROW.get(room_of(each[0]), -1) > ROW["web"]]


def test_every_room_is_in_the_diagram() -> None:
    """A file beside the rooms would be bound by no law; so would the package's own door."""
    agree(
        "Every room and every file beside the rooms is in the diagram of docs/house.md:",
        found={room_of(name) for name, _ in modules()} - {"__init__"},
        listed=ROW,
    )
    assert not [*imports("__init__.py", dict(modules())["__init__.py"])], (
        "commentsvc/__init__.py is empty"
    )


def test_rooms_import_downwards_only() -> None:
    wrong = [
        f"{name} imports {full}"
        for name, tree in modules()
        if (room := room_of(name)) in ROW and ROW[room] > 0
        for full in imports(name, tree)
        if (other := _our_room(full)) in ROW and other != room and ROW[other] <= ROW[room]
    ]
    keep(
        "A room imports only from rows below its own (docs/house.md). Move what both need to a room "
        "below, or let the lower room enqueue a job that the upper one handles:",
        wrong,
    )


def _our_room(full: str) -> str:
    first, _, rest = full.partition(".")
    return rest.partition(".")[0] if first == "commentsvc" else ""


def test_rooms_know_no_http() -> None:
    wrong = [
        f"{name} imports {full}"
        for name, tree in below_the_line()
        if name not in HTTP_MAY
        for full in imports(name, tree)
        if full.partition(".")[0] in HTTP
    ]
    keep("Rooms know no HTTP. Leave it to a surface or to web/, and raise a DomainError:", wrong)


def test_judging_is_pure() -> None:
    trees = dict(modules())
    keep(
        "Rules are pure: no database, clock, network or settings. Put what a rule needs to know into the "
        "Submission (judging/facts.py):",
        [f"{name} imports {each}" for name in PURE for each in impure(name, trees[name])],
    )
    keep(
        "What is found in a text depends on the text alone: a finder asks no database and no clock:",
        [
            f"{name} imports {each}"
            for name, tree in modules()
            if name.startswith("moderation/judging/finders/")
            for each in (*laws.asks_database(name, tree), *laws.asks_clock(name, tree))
        ],
    )
    assert list(imports("toxicity/labels.py", trees["toxicity/labels.py"])) == [
        "__future__.annotations"
    ]
    assert all(
        full.partition(".")[0] in sys.stdlib_module_names
        for full in imports("toxicity/identity.py", trees["toxicity/identity.py"])
    )


def impure(name: str, tree: ast.AST) -> list[str]:
    """A pure file's imports beyond the standard library, its neighbors, label names and groups."""
    return [
        full
        for full in imports(name, tree)
        if full.partition(".")[0] not in sys.stdlib_module_names
        and full.rpartition(".")[0] not in PURE_MAY
    ]


def test_only_the_database_module_commits() -> None:
    agree(
        "Only core/db.py commits: open unit_of_work() (exceptions: MAY_COMMIT):",
        found=[name for name, tree in modules() if laws.commits(tree)],
        listed=MAY_COMMIT,
    )


def test_the_environment_is_read_in_one_place() -> None:
    agree(
        "Only settings.py reads the environment: add a field to Settings:",
        found=[name for name, tree in modules() if laws.environment(tree)],
        listed=["settings.py"],
    )


def test_status_has_one_door() -> None:
    agree(
        "A comment's status changes only through threads/status.py (exceptions: MAY_WRITE_STATUS):",
        found=[name for name, tree in modules() if laws.status_written(tree)],
        listed=MAY_WRITE_STATUS,
    )
    for name, tree in modules():
        if any(full.startswith("commentsvc.threads.status.move") for full in imports(name, tree)):
            assert room_of(name) in ("moderation", "posting", "exchange"), f"{name} moves a status"


def test_surfaces_ask_rooms_and_not_the_database() -> None:
    asking = {
        name
        for name, tree in modules()
        if room_of(name) in SURFACES and laws.asks_database(name, tree)
    }
    agree(
        "Surfaces ask rooms, never the database: write the query in a room (exceptions: MAY_ASK):",
        found=asking,
        listed=MAY_ASK,
    )


def test_imports_by_name_are_known() -> None:
    named = {
        name
        for name, _ in below_the_line()
        if laws.imports_by_name((PACKAGE / name).read_text("utf-8"))
    }
    agree(
        "Rooms import by name only where MAY_IMPORT_BY_NAME says why:",
        found=named,
        listed=MAY_IMPORT_BY_NAME,
    )


def test_no_import_turns() -> None:
    turn = " -> ".join(laws.turns(modules()))
    keep(
        "No module imports another that imports it back. Move what both need to a third:",
        [turn] if turn else [],
    )


def test_every_job_has_a_handler(app: Flask) -> None:
    asked = set()
    for _, tree in modules():
        for call in laws.called(tree, "enqueue", "enqueue_each"):
            first = call.args[0]
            assert isinstance(first, ast.Constant)
            asked.add(first.value)
    assert asked
    keep(
        "Every enqueued name has a @handler, in a module of HANDLERS (app.py):",
        asked - set(jobs.HANDLERS),
    )


def test_the_markup_of_a_comment_exists_once() -> None:
    holders = [
        str(path.relative_to(PACKAGE))
        for path in (PACKAGE / "templates").rglob("*.html")
        if re.search(
            r"""<\w[^>]*\bclass=["'](?:[^"'>]*\s)?comment(?=["'\s])""", path.read_text("utf-8")
        )
    ]
    agree(
        "The markup of a comment exists once: call the macro:",
        found=holders,
        listed=["templates/macros/comment.html"],
    )


def _ours(*kinds: str) -> list[Path]:
    """Our files of these kinds, except those of others, migrations and generated ones."""
    folders = ("commentsvc", "static", "bench", "scripts", "tests")
    found = [path for each in folders for kind in kinds for path in (ROOT / each).rglob(kind)]
    return sorted(path for path in found if "vendor" not in path.parts)


def test_functions_and_files_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function}"
        for path in _ours("*.py")
        for function in laws.long_functions(ast.parse(path.read_text("utf-8")))
    }
    long |= {
        str(path.relative_to(ROOT))
        for path in _ours("*.py", "*.js", "*.css", "*.html")
        if len(path.read_text("utf-8").splitlines()) > laws.MOST_LINES_OF_A_FILE
    }
    agree(
        f"A function has at most {laws.MOST_LINES_OF_A_FUNCTION} lines, a file "
        f"{laws.MOST_LINES_OF_A_FILE}. Split it along a word of docs/house.md (exceptions: MAY_BE_LONG):",
        found=long,
        listed=MAY_BE_LONG,
    )


def test_folders_are_small() -> None:
    files = Counter(str(Path(name).parent) for name, _ in modules())
    keep(
        f"A folder has at most {laws.MOST_FILES_OF_A_FOLDER} files. Move some to a folder of their own, "
        "named after what you look for there, and enter it in the tree of docs/house.md:",
        [f"commentsvc/{name}: {n}" for name, n in files.items() if n > laws.MOST_FILES_OF_A_FOLDER],
    )
