"""What programs read: every command that prints something has `--json`, one object or one list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

from commentsvc.cli import cli
from tests.cli.test_key import INIT

Call = Callable[..., Any]
#: They print nothing that a program would read: what they have done, in a word; or files; or they go on.
SILENT = {
    *("demo", "run", "worker", "upgrade", "export", "report write", "user role"),
    *("user reset-second-step", "key revoke", "site alias remove"),
    *("webhook pause", "webhook resume", "webhook remove", "webhook again"),
    *("spam train", "toxicity add", "toxicity fetch", "toxicity train"),
    "toxicity workload",  # prints JSON and nothing else
    "spam evaluate",  # lines for people, who train the filter
}


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Each command, by its whole name, with its options."""
    if not isinstance(group, click.Group):
        yield " ".join(path), {each for option in group.params for each in option.opts}
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


def test_it_works() -> None:
    without = {name for name, options in commands(cli) if "--json" not in options}
    assert without == SILENT


def test_one_thing_is_an_object(call: Call) -> None:
    def told(*arguments: str) -> Any:
        said = call(*arguments, "--json")
        assert (said.code, said.err) == (0, ""), said
        return json.loads(said.out)

    site = told(*INIT, "--language", "pt-br")
    assert (site["key"], site["origins"]) == ("post", ["https://post.example.org"])
    assert site["tag"] == told("site", "tag", "post")["tag"] and len(site["password"]) == 16
    assert len(told("site", "secret", "post")["secret"]) >= 32
    assert told("site", "secret", "post", "--remove-old") == {"removed": True}
    more = told("site", "add", "Blog", "--origin", "https://b.example", "--key", "blog")
    assert more == {
        "key": "blog", "name": "Blog", "origins": ["https://b.example"],
        "tag": site["tag"].replace("post", "blog"),
    }  # fmt: skip
    assert told("key", "add", "--any", "--analyze").keys() == {"key"}
    made = told("user", "add", "mona@example.org", "--name", "Mona")
    assert made["email"] == "mona@example.org"
    assert told("user", "password", made["email"])["password"] != made["password"]
    given = told("user", "password", made["email"], "--password", "correct horse battery")
    assert given == {"email": made["email"], "password": None}
    assert told("site", "recount", "--site", "post") == {"conversations": 0}
    rule = told("site", "alias", "add", "/a/*", "/b/*", "--site", "post", "--dry-run")
    assert rule == {"dry_run": True, "batch": None, "moved": [], "merged": []}
    forum = told("site", "disqus", "post", "--name", "Demo")
    assert [each["name"] for each in forum["forums"]] == ["demo"] and forum["conflicts"] == []


@pytest.mark.parametrize(("given", "kept"), [("de", "de"), ("pt-BR", "pt_BR"), ("", "")])
def test_a_sites_language(call: Call, given: str, kept: str) -> None:
    from commentsvc.cli.database import an_app
    from commentsvc.sites.queries import by_key, policy_of

    call(*INIT)
    options = ("--language", given) if given else ()
    said = call("site", "add", "Blog", "--origin", "https://b.example", "--key", "blog", *options)
    assert said.code == 0, said
    with an_app():
        assert policy_of(by_key("blog")).locale == kept


def test_a_language_that_the_box_does_not_speak(call: Call) -> None:
    call(*INIT)
    said = call("site", "add", "Blog", "--origin", "https://b.example", "--language", "tlh")
    assert said.code == 2 and "“tlh”" in said.err and "pt-BR" in said.err
