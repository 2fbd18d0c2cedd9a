"""The commands: what they do, how they end, and what they say when they cannot."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
import pytest

from commentsvc.cli import cli
from commentsvc.cli.mostly import Mostly
from tests.cli.conftest import Said
from tests.tables import every_row

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., Said]

INIT = (
    *("init", "--yes", "--email", "ada@example.org", "--name", "Ada"),
    *("--site", "The Post", "--origin", "https://post.example.org", "--key", "post"),
)


def commands(group: click.Group, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, Mostly):
            yield (*names, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*names, name))
        else:
            yield (*names, name)


@pytest.mark.parametrize("names", list(commands(cli)), ids=" ".join)
def test_every_command_has_help_with_an_example(call: Call, names: tuple[str, ...]) -> None:
    said = call(*names, "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"commentsvc {' '.join(names)}" in said.out


def test_the_contract_names_them_all() -> None:
    promised = "run worker demo init upgrade site user toxicity import export backup restore check"
    context = click.Context(cli)
    assert set(promised.split()) <= set(cli.list_commands(context))


def test_init_makes_owner_and_site(call: Call) -> None:
    said = call(*INIT)
    assert said.code == 0, said.err
    assert "Password: " in said.out
    assert 'data-site="post"' in said.out
    sites = json.loads(call("site", "list", "--json").out)
    assert sites == [{"key": "post", "name": "The Post", "origins": ["https://post.example.org"]}]
    people = json.loads(call("user", "list", "--json").out)
    assert [(each["email"], each["role"], each["admin"]) for each in people] == [
        ("ada@example.org", "owner", "yes")
    ]


def test_init_is_for_the_first_time(call: Call) -> None:
    call(*INIT)
    said = call(*INIT)
    assert said.code == 1 and "site add" in said.err and said.out == ""


def test_people_get_roles(call: Call) -> None:
    call(*INIT)
    assert call("user", "add", "mona@example.org", "--name", "Mona").code == 0
    assert call("user", "role", "mona@example.org", "post", "moderator").code == 0
    listed = call("user", "list", "--site", "post").out
    assert "mona@example.org" in listed and "moderator" in listed
    call("user", "role", "mona@example.org", "post", "reader")
    assert "mona@example.org" not in call("user", "list", "--site", "post").out


def test_the_tag_names_the_public_address(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    call(*INIT)
    monkeypatch.setenv("PUBLIC_URL", "https://comments.example.org")
    said = call("site", "tag", "post")
    assert said.out == (
        '<script async src="https://comments.example.org/embed.js" data-site="post"></script>\n'
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("site", "tag", "nobody"), 1, "site"),
        (("user", "role", "nobody@example.org", "post", "owner"), 1, "user add"),
        (("site", "add", "X", "--origin", "https://*.com"), 1, "*"),
        (("site", "add", "X"), 2, "--origin"),
        (("nonsense",), 2, "nonsense"),
        (("backup",), 2, "FILE"),
        (("restore", "no-such-file.zip"), 2, "no-such-file.zip"),
        (("user", "role", "a@example.org", "post", "king"), 2, "king"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    call: Call, arguments: tuple[str, ...], code: int, words: str
) -> None:
    call("upgrade")
    said = call(*arguments)
    assert said.code == code, said
    assert words in said.err and "Traceback" not in said.err and said.out == ""


def test_wrong_settings_are_told_all_at_once(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "nonsense")
    monkeypatch.setenv("WORKERS", "many")
    monkeypatch.setenv("REDIS_URL", "http://redis")
    monkeypatch.setenv("SECRET_KEY", "short")
    said = call("run")
    assert said.code == 1
    assert "WORKERS" in said.err
    monkeypatch.setenv("WORKERS", "1")
    said = call("run")
    assert said.code == 1
    for name in ("PUBLIC_URL", "REDIS_URL", "SECRET_KEY"):
        assert name in said.err


def test_check_says_a_line_each(call: Call) -> None:
    assert "upgrade" in call("check").out  # nothing was made yet
    call("upgrade")
    said = call("check")
    assert said.code == 0, said
    lines = {line.split()[0]: line.split()[1] for line in said.out.splitlines()}
    assert list(lines) == [
        "configuration",
        "storage",
        "database",
        "secrets",
        "queue",
        "backups",
        "model",
        "email",
    ]
    assert lines["database"] == "ok"
    found = json.loads(call("check", "--json").out)
    assert [each["what"] for each in found] == list(lines)


def test_check_creates_nothing(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "nothing"
    monkeypatch.setenv("DATA_DIR", str(folder))
    said = call("check")
    assert "does not exist yet" in said.out and not folder.exists()
    folder.mkdir()
    assert call("check").out and list(folder.iterdir()) == []


def test_check_fails_for_a_damaged_database(call: Call, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "comments.db").write_bytes(b"SQLite format 3\x00" + b"garbage " * 4096)
    said = call("check")
    assert said.code == 1
    assert "database       failed" in said.out
    started = call("run", "--port", "0")  # never a new, empty database in its place
    assert started.code == 1 and "not a database" in started.err


def test_check_lists_every_setting(call: Call) -> None:
    said = call("check", "--settings")
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "TOXICITY_BACKEND"):
        assert name in said.out
    rows = json.loads(call("check", "--settings", "--json").out)
    assert all(set(row) == {"name", "default", "help"} for row in rows)


def test_backup_and_restore(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call(*INIT)
    saved = json.loads(call("backup", str(tmp_path / "a.zip"), "--json").out)
    assert saved["rows"] >= 3
    again = call("backup", str(tmp_path / "a.zip"))
    assert again.code == 1 and "--force" in again.err
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    restored = json.loads(call("restore", str(tmp_path / "a.zip"), "--json").out)
    assert restored == {"rows": saved["rows"], "digest": saved["digest"]}
    assert json.loads(call("site", "list", "--json").out)[0]["key"] == "post"
    full = call("restore", str(tmp_path / "a.zip"))
    assert full.code == 1 and "isn’t empty" in full.err


def test_a_port_in_use_is_told(call: Call) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = call("run", "--port", str(other.getsockname()[1]))
    assert said.code == 1 and "PORT" in said.err


#: What happens to the whole file.
FILE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[: len(raw) // 2],
    "cut short": lambda raw: raw[:-30],
    "no zip": lambda _: b"PK\x03\x04 not really",
    "empty": lambda _: b"",
    "flipped": lambda raw: raw.translate(bytes(range(255, -1, -1))),
    "flipped in the middle": lambda raw: (
        raw[: (at := raw.index(b"tables/user.jsonl")) + 60] + b"12345678" + raw[at + 68 :]
    ),
}
#: What happens to one member.
ROWS: dict[str, Callable[[bytes], bytes]] = {
    "other rows": lambda rows: rows.replace(b"ada@", b"eve@"),
    "no JSON": lambda rows: b"{" + rows,
    "no object": lambda rows: b"[]\n" + rows,
    "other columns": lambda rows: rows.replace(b'"name"', b'"nom"'),
    "other values": lambda rows: rows.replace(b'"member"', b'{"a": 1}'),
    "twice the row": lambda rows: rows + rows,
}
#: What the manifest says instead.
SAID: dict[str, dict[str, object]] = {
    "newer": {"revision": "9999"},
    "newer format": {"format": 2},
    "no tables": {"tables": ["user"]},
    "odd tables": {"tables": {"user": 3}},
    "odd format": {"format": "one"},
    "odd revision": {"revision": {"a": 1}},
    "unknown table": {"tables": {"mystery": {"rows": 0, "sha256": ""}}},
    "odd member": {"more": 1},
}
MISSING = {"lacks a member": "tables/user.jsonl", "lacks the manifest": "manifest.json"}


def damaged(good: Path, how: str) -> bytes:
    """A backup that was damaged this way."""
    if how in FILE:
        return FILE[how](good.read_bytes())
    out = io.BytesIO()
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(out, "w") as other:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "tables/user.jsonl" and how in ROWS:
                content = ROWS[how](content)
            if name == "manifest.json" and how in SAID:
                content = json.dumps(json.loads(content) | SAID[how]).encode()
            if name != MISSING.get(how):
                other.writestr(name, content)
    return out.getvalue()


def test_a_damaged_backup_is_told_in_a_sentence(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "b.zip"
    call(*INIT)
    call("backup", str(good))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))

    @every_row("how", [*FILE, *ROWS, *SAID, *MISSING])
    def check(how: str) -> None:
        bad.write_bytes(damaged(good, how))
        said = call("restore", str(bad))
        assert (said.code, said.out) == (1, "")
        assert said.err.count("\n") == 1 and "Traceback" not in said.err
        assert "Restore into a new" not in said.err, "an earlier one has left something"

    check()
    whole = call("restore", str(good))  # nothing was left by any of them
    assert whole.code == 0, whole


def test_secrets_follow_a_new_key(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    before = "earlier, of some length, and with blanks"
    monkeypatch.setenv("SECRET_KEY", before)
    call(*INIT)
    assert "signing secrets: 1, all sealed" in call("check").out
    monkeypatch.setenv("SECRET_KEY", "a new key of some length")
    lost = call("check")
    assert lost.code == 1 and "no key can decrypt: 1" in lost.out
    assert call("reseal").code == 1
    monkeypatch.setenv("OLD_SECRET_KEYS", before)
    assert "run “commentsvc reseal”" in call("check").out
    assert json.loads(call("reseal", "--json").out) == {"resealed": 1, "unchanged": 0, "lost": 0}
    monkeypatch.delenv("OLD_SECRET_KEYS")
    assert "all sealed" in call("check").out


def test_check_says_what_others_can_read(call: Call, data_dir: Path) -> None:
    call(*INIT)
    assert "other users can read" not in call("check").out
    data_dir.chmod(0o2755)  # shared with a group on purpose: left as it is, and said
    said = call("check")
    assert f"other users can read: {data_dir};" in said.out and said.code == 0
