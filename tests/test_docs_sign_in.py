"""The examples of docs/sign-in.md sign tokens that are accepted. PHP's run if PHP is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.ways import Place
from commentsvc.accounts.ways.site_token import member_of
from tests.manual import pages

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

SECRET = "a secret of the site, of 32 bytes and more"


def block(heading: str, language: str) -> str:
    """The first block in a language below a heading."""
    section = pages()["docs/sign-in.md"].split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.search(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def accepted(token: str) -> tuple[str, str]:
    """The person's id and name."""
    user = member_of(token, Place("harbour", (SECRET,)))
    return user.kind, user.name


def test_it_works(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's view, with the parts of Django that it needs."""
    given: dict[str, dict[str, Any]] = {
        "django": {},
        "django.conf": {"settings": SimpleNamespace(COMMENTS_SECRET=SECRET)},
        "django.http": {"HttpResponse": lambda text, content_type: text},
        "django.views": {},
        "django.views.decorators": {},
        "django.views.decorators.cache": {"never_cache": lambda view: view},
    }
    for name, values in given.items():
        module = ModuleType(name)
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, name, module)
    said: dict[str, Any] = {}
    exec(block("Django", "python"), said)
    sam = SimpleNamespace(is_authenticated=True, pk=17, get_username=lambda: "Sam")
    assert accepted(said["comments_token"](SimpleNamespace(user=sam))) == ("member", "Sam")
    nobody = SimpleNamespace(is_authenticated=False)
    assert said["comments_token"](SimpleNamespace(user=nobody)) == ""


def run(tool: str, *arguments: str, folder: Path) -> str:
    found = subprocess.run(
        [tool, *arguments],
        cwd=folder,
        env={"COMMENTS_SECRET": SECRET, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout


def test_the_one_for_next(cast: Cast, tmp_path: Path) -> None:
    route = block("Next.js", "js").replace('"../../auth"', '"./auth.mjs"')
    (tmp_path / "route.mjs").write_text(route)
    user = '{ id: "17", name: "Sam" }'
    for who, name in ((f"{{ user: {user} }}", "Sam"), ("null", "")):
        (tmp_path / "auth.mjs").write_text(f"export const auth = async () => ({who});")
        (tmp_path / "main.mjs").write_text(
            'import { GET } from "./route.mjs"; process.stdout.write(await (await GET()).text());'
        )
        token = run(shutil.which("node") or "node", "main.mjs", folder=tmp_path)
        assert (accepted(token)[1] if token else "") == name


@pytest.mark.skipif(shutil.which("php") is None, reason="PHP is not installed")
def test_the_one_for_wordpress(cast: Cast, tmp_path: Path) -> None:
    wordpress = """<?php
    define('COMMENTS_SECRET', getenv('COMMENTS_SECRET'));
    class Person { public $ID = 17; public $display_name = 'Sam "S" Müller';
        function exists() { return $GLOBALS['argv'][1] === 'in'; } }
    function wp_get_current_user() { return new Person(); }
    function wp_generate_uuid4() { return bin2hex(random_bytes(16)); }
    function wp_json_encode($value) { return json_encode($value); }
    function nocache_headers() {}
    function add_shortcode($name, $call) {}
    function add_action($name, $call) { $GLOBALS['hooks'][$name] = $call; }
    require 'comments.php';
    $hooks['wp_ajax_comments_token']();
    """
    (tmp_path / "comments.php").write_text(block("WordPress", "php"))
    (tmp_path / "main.php").write_text(wordpress)
    token = run("php", "main.php", "in", folder=tmp_path)
    assert accepted(token) == ("member", 'Sam "S" Müller')
    assert run("php", "main.php", "out", folder=tmp_path) == ""
