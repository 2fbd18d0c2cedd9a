"""The owner's pages of an import: the dry run keeps the file, one button imports it, progress and its end."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from commentsvc.core.db import db
from commentsvc.core.locale import FOLDER, plain
from commentsvc.exchange.importing import commands
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.threads.models import Comment, Thread
from tests.dashboard.conftest import Staff

if TYPE_CHECKING:
    import pytest

    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
HERE = "/dashboard/sites/harbour"
LINES = b"thread_url,author,text\n" + b"".join(
    b"https://news.example.org/%d,Ann,Words %d\n" % (n % 3, n) for n in range(25)
)


def many() -> int:
    return db.session.scalar(select(func.count(Comment.id))) or 0


def tried(olga: Staff, data: bytes = LINES, name: str = "old <b>.csv") -> str:
    """The address of a dry run's page."""
    answer = olga.post(f"{HERE}/import", file=(io.BytesIO(data), name))
    assert answer.status_code == 303
    return answer.location


def test_it_works(cast: Cast, sign_in: SignIn, work: Callable[[], int]) -> None:
    olga = sign_in("olga")
    here = tried(olga)
    page = olga.page(here)
    assert "Would import 25 comments" in page and "Import now" in page and many() == 0
    assert "old &lt;b&gt;.csv" in page and "dry run" in olga.page(f"{HERE}/moving")
    assert olga.post(f"{here}/start").location == here
    waiting = olga.page(here)
    assert "Waiting for its turn" in waiting and "Import now" not in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    moving = olga.page(f"{HERE}/moving")
    assert here in moving and 'id="f-file"' not in moving
    assert olga.get(here, headers={"Accept": "application/json"}).json == {
        "seen": 0,
        "total": 25,
        "words": "Waiting for its turn…",
        "state": "The import is about to start",
        "title": "Waiting for its turn… · The import is about to start",
        "running": True,
    }
    work()
    done = olga.page(here)
    assert "Imported 25 comments" in done and many() == 25
    assert "refresh" not in done and "Cancel the import" not in done
    assert not olga.get(here, headers={"Accept": "application/json"}).json["running"]
    assert 'type="file"' in olga.page(f"{HERE}/moving")


def test_what_adds_nothing_is_not_offered(cast: Cast, sign_in: SignIn) -> None:
    olga = sign_in("olga")
    page = olga.page(tried(olga, b"thread_url,author,text\nhttps://else.example/1,Ann,Hello\n"))
    assert "Would import 0 comments" in page and "Discard the file" in page
    assert "Import now" not in page


def test_what_only_completes_a_known_conversation_is_offered(
    cast: Cast, sign_in: SignIn, work: Callable[[], int]
) -> None:
    """No comment is new, but the conversation gets its title; a second time nothing would change."""
    olga = sign_in("olga")
    where = "https://news.example.org/1"
    old = f"thread_url,comment_id,author,text\n{where},1,Ann,Hello\n".encode()
    olga.post(f"{tried(olga, old)}/start")
    work()
    titled = (
        f"thread_url,thread_title,comment_id,author,text\n{where},The ferry,1,Ann,Hello\n".encode()
    )
    here = tried(olga, titled)
    page = olga.page(here)
    assert "Would import 0 comments" in page and "Import now" in page
    assert "Would add a missing title or identifier to 1 known conversation." in page
    olga.post(f"{here}/start")
    work()
    assert "Added a missing title or identifier to 1 known" in olga.page(here) and many() == 1
    assert db.session.scalars(select(Thread.title)).all() == ["The ferry"]
    assert "Import now" not in olga.page(tried(olga, titled))


def test_its_end_and_its_undo_say_what_is_so(
    cast: Cast, sign_in: SignIn, work: Callable[[], int]
) -> None:
    """Scoring is named while there is any; the question of the undo has its own heading; who did it."""
    olga = sign_in("olga")
    here = tried(olga)
    olga.post(f"{here}/start")
    work()
    done, scoring = olga.page(here), "The texts are being scored in the background."
    assert ">Import complete</h2>" in done and f"<bdi>{cast.olga.name}</bdi>" in done
    assert scoring not in done and 'class="notice info"' not in done
    first = select(func.min(Comment.id)).scalar_subquery()
    db.session.execute(update(Comment).where(Comment.id == first).values(unscored="imported"))
    db.session.commit()
    done = olga.page(here)
    assert scoring in done and 'class="notice info"' in done
    asked = olga.page(f"{here}?undo=1")
    assert ">Undo this import?</h2>" in asked and ">Import complete<" not in asked
    assert f"<p>{scoring}" not in asked


def test_two_at_once_are_refused(cast: Cast, sign_in: SignIn, work: Callable[[], int]) -> None:
    olga = sign_in("olga")
    here = tried(olga)
    olga.post(f"{here}/start")
    refused = olga.post(f"{HERE}/import", file=(io.BytesIO(LINES), "b.csv"), do="1")
    assert refused.location.endswith("/moving")
    assert "already being imported into this site" in olga.page(f"{HERE}/moving")
    work()
    assert many() == 25


def test_another_sites_file_cannot_be_started(cast: Cast, sign_in: SignIn) -> None:
    here = tried(sign_in("olga"))
    stranger = sign_in("max")
    for site in ("harbour", "mountain"):
        there = here.replace("harbour", site)
        assert stranger.get(there).status_code == 404
        for act in ("start", "cancel"):
            stranger.post(f"{there}/{act}")
    assert sign_in("mona").get(here).status_code in (403, 404)
    assert uploads.latest(cast.site).state == "tried"
    sign_in("olga").post(f"{here}/start")
    assert uploads.latest(cast.site).state == "waiting"


def test_cancelled_it_says_what_stays(
    cast: Cast, sign_in: SignIn, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = sign_in("olga")
    here = tried(olga)
    olga.post(f"{here}/start")
    monkeypatch.setattr(commands, "UNIT", 5)
    seen: list[str] = []

    def pause() -> None:
        seen.append(olga.page(here))
        olga.post(f"{here}/cancel")

    monkeypatch.setattr(uploads, "_let_others_write", pause)
    work()
    assert "of 25 · Importing comments" in seen[0] and "Cancel the import" in seen[0]
    page = olga.page(here)
    assert "Import canceled" in page and "Comments imported so far stay" in page
    assert f"Imported {many()} comments" in page and 0 < many() < 25


def test_discarded_and_failed(cast: Cast, sign_in: SignIn, work: Callable[[], int]) -> None:
    olga = sign_in("olga")
    here = tried(olga)
    assert olga.post(f"{here}/cancel").location == f"{HERE}/moving"
    assert olga.get(here).status_code == 404
    olga.post(f"{here}/start")
    assert "its file was discarded" in olga.page(f"{HERE}/moving")
    here = tried(olga)
    olga.post(f"{here}/start")
    for path in uploads.kept._folder().iterdir():
        path.unlink()
    work()
    page = olga.page(here)
    assert "Upload it again" in page and "Nothing was imported" in page


def test_every_state_in_every_language(
    cast: Cast, sign_in: SignIn, work: Callable[[], int]
) -> None:
    olga = sign_in("olga")
    here = tried(olga)
    # and one that has no words for it
    languages = [*(path.parent.name for path in FOLDER.glob("*/exchange.json")), "fi"]
    assert len(languages) > 8
    for act in ("", "start", "work"):
        if act == "start":
            olga.post(f"{here}/start")
        elif act:
            work()
        for name in map(plain, languages):
            for path in (here, f"{HERE}/moving"):
                page = olga.get(path, headers={"Accept": "text/html", "Accept-Language": name}).text
                assert "exchange.import" not in page and "import.state_" not in page


def test_a_refused_form_keeps_what_was_chosen(cast: Cast, sign_in: SignIn) -> None:
    """Also without scripts: all but the file, which no page may fill in. Once, and on this page alone."""
    olga = sign_in("olga")

    def after(form: str, **sent: str) -> str:
        olga.post(f"{HERE}/{form}", **sent)
        return re.sub(r"\s+", " ", olga.page(f"{HERE}/moving"))

    options = {"base": "https://old.example.org/", "queue": "on", "part": "on"}
    page = after("import", format="disqus", **options)
    assert "Choose a file first." in page and 'value="https://old.example.org/"' in page
    assert 'value="disqus" selected' in page and '<details data-helps="file" open' in page
    kept = {each: f'name="{each}" checked' in page for each in ("queue", "part", "private")}
    assert kept == {"queue": True, "part": True, "private": False}
    assert "open" not in re.findall(r"<details[^>]*>", olga.page(f"{HERE}/moving"))[0]
    both = {"one": "https://news.example.org/a", "into": "https://news.example.org/b"}
    page = after("merge", **both)
    assert all(f'value="{each}"' in page for each in both.values())
    page = after("aliases", old="/a/*/*/*", new="javascript:x", first="on", do="1")
    assert 'value="/a/*/*/*"' in page and 'name="first" checked' in page
