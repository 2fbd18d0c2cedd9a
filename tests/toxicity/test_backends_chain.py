"""A chain of scorers: the first that knows the language answers, and one that is broken stops no other."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.app import create_app
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Unavailable
from commentsvc.core.jobs import run_due
from commentsvc.exchange.importing.jobs import score_brought_in
from commentsvc.posting import comparing, jobs, rescoring, scoring
from commentsvc.settings import Settings, WrongSettings, settings
from commentsvc.threads.models import Comment, Revision
from commentsvc.threads.placing import IMPORTED
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.process import ProcessScorer
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.backends.variants import located
from commentsvc.toxicity.scorer import ScorerStatus, Scores, Unscored, make_scorer, scorer
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from commentsvc.toxicity.backends.embedded import EmbeddedScorer
    from tests.people import Cast

FRENCH = "Le conseil a voté hier soir la nouvelle ligne de bus vers le port."
ITALIAN = "Il consiglio ha approvato ieri sera la nuova linea di autobus per il porto."
DUTCH = "De gemeente heeft gisteren een nieuwe buslijn naar de haven goedgekeurd."
ENGLISH = "The council approved a new bus line to the harbour last night."


class Speaks(StubScorer):
    """A stub that reads only some languages, tells them by their first word, and remembers what it was
    asked."""

    in_request = False

    def __init__(self, name: str, *languages: str, **more: Any) -> None:
        super().__init__(more.pop("table", None))
        self.name, self.languages = name, languages
        self.asked: list[tuple[str, str | None]] = []
        vars(self).update(more)

    def _one(self, text: str, language: str) -> Scores | Unscored:
        model = f"{self.name}/{self.version}"
        if self.broken:
            return Unscored(self.broken, model, None)
        if language not in self.languages:
            return Unscored("language", model, language)
        return Scores({"toxicity": 0.9 if "idiot" in text else 0.1}, model, language)

    def score(self, texts: Any, *, language: str | None = None) -> list[Scores | Unscored]:
        self.asked += [(text, language) for text in texts]
        spoken = {"Le": "fr", "Il": "it", "De": "nl"}
        return [self._one(text, language or spoken.get(text[:2], "en")) for text in texts]

    def status(self) -> ScorerStatus:
        state = "broken" if self.broken else "ok"
        said = self.broken or "ready"
        return ScorerStatus(state, said, self.name, self.version, languages=self.languages)


def said(answers: list[Scores | Unscored]) -> list[str]:
    """Who answered each text, or why nobody did."""
    return [each.reason if isinstance(each, Unscored) else each.model for each in answers]


def test_it_works() -> None:
    one, two = Speaks("one", "en"), Speaks("two", "en", "fr")
    chain = ChainScorer([one, two])
    answers = chain.score([ENGLISH, FRENCH, DUTCH])
    assert said(answers) == ["one/1", "two/1", "language"]
    assert [each.language for each in answers] == ["en", "fr", "nl"]
    assert two.asked == [(FRENCH, "fr"), (DUTCH, "nl")]  # in the language that the first one heard
    status = chain.status()
    assert (status.state, status.languages, status.scored) == ("ok", ("en", "fr"), 3)
    assert [each.name for each in status.members] == ["one", "two"]
    assert status.models == ("one/1", "two/1") and chain.name == "chain"
    assert (
        chain.score([FRENCH], language="en")[0].language == "en"
    )  # what a client says is believed


def test_the_shipped_model_leaves_italian_to_the_next(shipped: EmbeddedScorer) -> None:
    two = Speaks("two", "it", "en")
    answers = ChainScorer([shipped, two]).score([ENGLISH, ITALIAN, FRENCH, "123"])
    own = shipped.status().model
    assert said(answers) == [own, "two/1", own, "no_text"]
    assert two.asked == [(ITALIAN, "it")]


@every_row("broken", ["model_missing", "model_broken", "slow", "failed"])
@every_row("place", [0, 1, 2])
def test_one_that_is_broken_does_not_stop_the_others(place: int, broken: str) -> None:
    members = [Speaks("a", "en"), Speaks("b", "fr"), Speaks("c", "en", "fr")]
    members[place].broken = broken
    chain = ChainScorer(members)
    answers = chain.score([ENGLISH, FRENCH])
    assert said(answers) == [["c/1", "b/1"], ["a/1", "c/1"], ["a/1", "b/1"]][place]
    # a text that the broken one might have read is not said to be in a language that nobody reads
    assert said(chain.score([DUTCH])) == [broken]
    status = chain.status()
    assert status.works and status.state != "ok"
    assert members[place].name in status.message and status.message.count(":") == 1


def test_words_are_explained_by_the_one_whose_score_it_is(shipped: EmbeddedScorer) -> None:
    heavy = Speaks("heavy", "en", "fr")
    insult = "You are a stupid idiot."
    assert ChainScorer([shipped, heavy]).explain(insult, "toxicity")
    assert ChainScorer([heavy, shipped]).explain(insult, "toxicity") == []


# --- what a setting says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "members"),
    [
        ("embedded,detoxify:multilingual", ["embedded", "detoxify"]),
        ("embedded, remote:https://h.example/?key=a:b", ["embedded", "remote"]),
        ("embedded,onnx:multilingual", ["embedded", "onnx"]),
        ("detoxify:original,embedded,remote:http://h:80", ["detoxify", "embedded", "remote"]),
        ("embedded:/one.npz,embedded", ["embedded", "embedded"]),
    ],
)
def test_every_combination_is_made(spec: str, members: list[str]) -> None:
    chain = make_scorer(located(spec, Path("/data")))
    assert isinstance(chain, ChainScorer)
    assert [each.name for each in chain.members] == members
    assert len(chain.status().members) == len(members)


def test_a_published_model_that_is_not_here_says_how_to_add_it() -> None:
    status = make_scorer(located("embedded,onnx:multilingual", Path("/nowhere"))).status()
    assert status.state == "missing" and status.works
    assert "run commentsvc toxicity add detoxify:multilingual" in status.message


def test_names_become_folders() -> None:
    assert located("embedded,detoxify:multilingual, onnx:original", Path("/d")) == (
        "embedded,detoxify:/d/models/multilingual,onnx:/d/models/original-onnx"
    )


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("embedded,clairvoyant", "“clairvoyant” is not one of"),
        ("embedded,", "an entry is empty"),
        ("embedded,,detoxify", "an entry is empty"),
        ("embedded,embedded", "“embedded” is named twice"),
        ("embedded,onnx", "onnx: needs the folder"),
        ("embedded,onnx:", "onnx: needs the folder"),
        ("onnx:", "onnx: needs the folder"),
        ("embedded,remote:", "remote: needs an address"),
        ("embedded,remote:ftp://h", "remote: needs an address"),
        ("remote:not an address", "remote: needs an address"),
    ],
)
def test_what_is_wrong_in_a_setting_is_said(tmp_path: Path, spec: str, says: str) -> None:
    with pytest.raises(WrongSettings, match=says) as caught:
        create_app(Settings(data_dir=tmp_path, toxicity_backend=spec))
    assert all(each.startswith("TOXICITY_BACKEND: ") for each in caught.value.problems)


def test_what_was_added_is_used_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    def chosen(**more: str) -> str:
        return Settings.from_env({"DATA_DIR": str(tmp_path), **more}).toxicity_backend

    assert chosen() == "embedded"
    (tmp_path / "toxicity_backend").write_text("embedded,onnx:multilingual\n")
    assert chosen() == "embedded,onnx:multilingual"
    assert chosen(TOXICITY_BACKEND="embedded") == "embedded"


# --- posts, within their budget -------------------------------------------------------------------


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[ProcessScorer]:
    """A scorer in a process that takes .3 seconds for a text with SLOW in it, and never ends with HANG."""
    command = [sys.executable, str(Path(__file__).with_name("child.py")), "well"]
    made = ProcessScorer(
        "slow", [*command, str(tmp_path / "log")], languages=("it",), hang_seconds=60.0
    )
    yield made
    made.stop()


@pytest.fixture
def tight(app: Flask, make_app: Callable[..., Flask]) -> Callable[..., None]:
    """Has a chain in use, with so many milliseconds for a post."""

    def use(*members: Any, budget: int = 800) -> None:
        settings.install(app, replace(settings.of(app), toxicity_budget_ms=budget))
        scorer.install(app, ChainScorer(members))

    return use


def test_a_slow_one_does_not_hold_up_what_a_fast_one_reads(
    shipped: EmbeddedScorer, slow: ProcessScorer, tight: Callable[..., None]
) -> None:
    tight(shipped, slow, Speaks("last", "it"), budget=300)
    assert said([scoring.score(f"{ITALIAN} HANG")]) == ["slow"]  # nothing is left of the budget
    assert said([scoring.score(ENGLISH)]) == [shipped.status().model]
    # nobody waits for the slow one again at once, so that there is time for the next
    assert said([scoring.score(ITALIAN)]) == ["last/1"]


def test_what_was_too_slow_for_a_post_is_scored_by_a_job(
    shipped: EmbeddedScorer, slow: ProcessScorer, tight: Callable[..., None], cast: Cast
) -> None:
    tight(shipped, slow, budget=1)
    comment = post(cast.site, f"{ITALIAN} SLOW").comment
    assert comment.unscored == "slow"
    until = time.monotonic() + 60
    while not jobs.score_unscored():
        assert time.monotonic() < until
    revision = stored(comment)
    assert db.session.get_one(Comment, comment.id).unscored is None
    assert (revision.scorer, revision.language) == ("slow/fake-1", "it")


def test_old_comments_that_a_new_member_reads_are_offered_and_measured(
    app: Flask, shipped: EmbeddedScorer, tight: Callable[..., None], cast: Cast
) -> None:
    scorer.install(app, shipped)
    post(cast.site, ENGLISH)
    comment = post(cast.site, f"{ITALIAN} idiot").comment
    assert stored(comment).scorer == shipped.status().model and comment.unscored == "language"
    assert comparing.readable(cast.site.id, shipped.status()) == 0
    second = Speaks("two", "it")
    tight(shipped, second)
    assert comparing.readable(cast.site.id, scorer().status()) == 1
    change = comparing.compare(scorer(), site_id=cast.site.id)
    assert (change.compared, change.unscored, change.would_hold) == (2, 0, 1)
    assert change.model == f"{shipped.status().model} + two/1"
    assert [each.comment_id for each in change.newly_held] == [comment.public_id]
    asked = len(second.asked)
    comparing.measure(site_id=cast.site.id)
    assert len(second.asked) == asked  # everything is measured


def stored(comment: Comment) -> Revision:
    db.session.expire_all()
    return db.session.get_one(Revision, comment.revision_id)


def test_what_only_a_broken_one_reads_does_not_hold_up_the_rest(
    shipped: EmbeddedScorer, tight: Callable[..., None], cast: Cast
) -> None:
    second, third = Speaks("second", "nl", broken="model_missing"), Speaks("third", "it")
    third.broken = "failed"
    tight(shipped, second, third)
    first, last = post(cast.site, DUTCH).comment, post(cast.site, ITALIAN).comment
    assert first.unscored == last.unscored == "model_missing"
    third.broken = None
    assert jobs.score_unscored() == 1
    assert stored(last).scorer == "third/1" and stored(first).scores is None
    third.version = "2"
    rescoring.begin(site_id=cast.site.id, days=1)
    with clock.frozen(clock.now()):
        run_due()
        clock.move(timedelta(minutes=5))
        run_due()
    assert rescoring.progress().state == "done"
    assert stored(last).scorer == "third/2"


def test_an_import_is_scored_but_for_what_only_a_broken_one_reads(
    shipped: EmbeddedScorer, tight: Callable[..., None], cast: Cast
) -> None:
    second = Speaks("second", "nl", broken="failed")
    tight(shipped, second)
    brought = [post(cast.site, text).comment for text in (DUTCH, ENGLISH)]
    with unit_of_work():
        brought[0].unscored = brought[1].unscored = IMPORTED
    score_brought_in(site_id=cast.site.id)
    db.session.expire_all()
    assert [each.unscored for each in brought] == [IMPORTED, None]
    second.broken = None
    score_brought_in(site_id=cast.site.id)
    assert stored(brought[0]).scorer == "second/1"
    second.broken = "failed"
    tight(Speaks("first", "en", broken="failed"), second)
    with unit_of_work():
        brought[1].unscored = IMPORTED
    with pytest.raises(Unavailable):
        score_brought_in(site_id=cast.site.id)


def test_when_all_are_away_rescoring_waits(
    shipped: EmbeddedScorer, tight: Callable[..., None], cast: Cast
) -> None:
    tight(shipped, Speaks("second", "it"))
    comment = post(cast.site, ITALIAN).comment
    tight(Speaks("first", "it", broken="failed"), Speaks("second", "it", broken="failed"))
    rescoring.begin(site_id=cast.site.id, days=1)
    with clock.frozen(clock.now()):
        run_due()
        clock.move(timedelta(minutes=5))
        run_due()
    assert rescoring.progress().state == "waiting"
    assert stored(comment).scorer == "second/1"
