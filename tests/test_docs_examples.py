"""docs/api-by-example.md: its programs run unchanged. PHP's run if PHP is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from commentsvc.core.db import db
from commentsvc.threads.commands import comment_by_public_id
from tests.answering import answering
from tests.factories import post
from tests.manual import pages
from tests.web.asking import api_key

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.people import Cast

ARTICLE = "https://news.example.org/2026/examples"
#: Heading -> the command that runs its block, and the name of its file.
LANGUAGES = {
    "curl": ("sh", "example.sh"),
    "Python": (sys.executable, "example.py"),
    "JavaScript": ("node", "example.mjs"),
    "PHP": ("php", "example.php"),
}


def test_it_works() -> None:
    """Every language on the page is run."""
    assert re.findall(r"^## (\w+)$", pages()["docs/api-by-example.md"], re.MULTILINE) == [
        *LANGUAGES
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example(app: Flask, cast: Cast, tmp_path: Path, language: str) -> None:
    tool, name = LANGUAGES[language]
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    waiting = post(cast.site, "You are a complete idiot.", user=cast.rita).comment.public_id
    db.session.commit()
    key = api_key(cast.mona, "read", "moderate", site=cast.site)["X-Api-Key"]
    db.session.commit()
    section = pages()["docs/api-by-example.md"].split(f"## {language}\n")[1]
    block = r"^```\w+\n(.*?)^```$"
    (source,) = re.findall(block, section.split("\n## ")[0], re.MULTILINE | re.DOTALL)
    asked: list[tuple[str, str]] = []
    http = make_server("127.0.0.1", 0, _named(app, asked), threaded=True)
    filled = {
        "https://comments.example.org": f"http://127.0.0.1:{http.port}",
        "https://example.org/article": ARTICLE,
        "API-KEY": key,
        "KEY": "harbour",
    }
    for place, value in filled.items():
        source = re.sub(rf"(?<![\w$]){re.escape(place)}\b", value, source)
    (tmp_path / name).write_text(source, "utf-8")
    with answering(http):
        done = subprocess.run(
            [tool, tmp_path / name], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"A thought from {language}." in done.stdout
    db.session.rollback()
    if (
        language == "JavaScript"
    ):  # with that header, a browser on another origin would ask for leave first
        assert ("GET", "application/json") not in asked and ("GET", "") in asked
    if language == "curl":
        assert f'"{ARTICLE}-2"' in done.stdout and waiting in done.stdout
    else:
        assert re.search(r"posted \w+ published", done.stdout) and "count 1" in done.stdout
        assert f"approved {waiting}" in done.stdout
        assert comment_by_public_id(waiting).status == "published"


def _named(app: Flask, asked: list[tuple[str, str]]) -> Any:
    """The app, requested under its own name as behind a proxy. `asked` gets the method and content
    type of each request."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        asked.append((environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE", "")))
        environ |= {"HTTP_HOST": "comments.example.com", "wsgi.url_scheme": "https"}
        return app(environ, start_response)

    return answer
