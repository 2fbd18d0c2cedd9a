"""A scorer in its own process: it crashes, hangs and comes back, and nobody waits for it longer."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.posting import scoring
from commentsvc.toxicity.backends.process import BATCH, ProcessScorer
from commentsvc.toxicity.scorer import Scores, Unscored

if TYPE_CHECKING:
    from flask import Flask

Make = Callable[..., ProcessScorer]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def make(log: Path) -> Iterator[Make]:
    made: list[ProcessScorer] = []

    def start(how: str = "well", **more: Any) -> ProcessScorer:
        command = [sys.executable, str(Path(__file__).with_name("child.py")), how, str(log)]
        given = {"hang_seconds": 1.0, "start_seconds": 20.0, "first_pause": 0.05, **more}
        made.append(ProcessScorer("fake", command, **given))
        return made[-1]

    yield start
    for each in made:
        each.stop()


def starts(log: Path) -> int:
    return log.read_text().count("start") if log.exists() else 0


def pid(log: Path) -> int:
    return int(log.read_text().split("start ")[-1].split()[0])


def reasons(answers: list[Scores | Unscored]) -> list[str]:
    return [each.reason if isinstance(each, Unscored) else "scored" for each in answers]


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def comes_back(scorer: ProcessScorer) -> None:
    until(lambda: reasons(scorer.score(["Good morning"])) == ["scored"])


def test_it_works(make: Make, log: Path) -> None:
    scorer = make()
    assert starts(log) == 0  # nothing is started for a command that scores nothing
    assert scorer.status().state == "ok"
    toxic, fine = scorer.score(["What an idiot", "Good morning"])
    assert isinstance(toxic, Scores) and isinstance(fine, Scores)
    assert (toxic.values["toxicity"], fine.values["insult"]) == (0.9, 0.1)
    assert (toxic.model, toxic.language) == ("fake/fake-1", "en")
    assert starts(log) == 1
    status = scorer.status()
    assert (status.state, status.version, status.scored) == ("ok", "fake-1", 2)
    assert scorer.explain("What an idiot", "toxicity") == []


def test_texts_that_need_no_model_do_not_start_it(make: Make, log: Path) -> None:
    answers = make().score(
        ["😀", "", "Das ist ein ganz gewöhnlicher deutscher Satz über das Wetter."]
    )
    assert reasons(answers) == ["no_text", "no_text", "language"]
    assert starts(log) == 0


def test_a_hint_of_a_language_is_believed(make: Make) -> None:
    scorer = make(languages=("en", "de"))
    assert reasons(scorer.score(["Good morning"], language="fr-FR")) == ["language"]
    (answer,) = scorer.score(["Guten Morgen"], language="de")
    assert isinstance(answer, Scores) and answer.language == "de"


@pytest.mark.parametrize("word", ["CRASH", "KILL", "GARBAGE"])
def test_it_ends_and_comes_back(make: Make, log: Path, word: str) -> None:
    scorer = make()
    assert reasons(scorer.score([f"This is a {word} here"])) == ["failed"]
    status = scorer.status()
    assert status.state == "broken" and "restarts automatically" in status.message
    assert status.failures >= 1
    comes_back(scorer)
    assert starts(log) == 2 and scorer.status().state == "ok"


def test_what_a_crash_said_is_in_the_status(make: Make) -> None:
    scorer = make()
    scorer.score(["CRASH now"])
    assert "out of memory, say" in scorer.status().message


def test_a_hang_is_ended_and_it_comes_back(make: Make, log: Path) -> None:
    scorer = make(hang_seconds=0.5)
    comes_back(scorer)
    first, begun = pid(log), time.monotonic()
    assert reasons(scorer.score(["HANG in there"])) == ["slow"]
    assert time.monotonic() - begun < 60  # it hangs for ten minutes
    until(lambda: not _is_running(first))
    comes_back(scorer)
    assert pid(log) != first


def test_a_process_that_does_not_even_read_is_ended(make: Make, log: Path) -> None:
    scorer = make("deaf", hang_seconds=0.5)
    begun = time.monotonic()
    answers = scorer.score(["a long text that fills the pipe " * 600] * BATCH)
    assert set(reasons(answers)) <= {"failed", "slow"}
    assert time.monotonic() - begun < 60
    until(lambda: not _is_running(pid(log)))


def test_the_pause_before_a_restart_grows(make: Make, log: Path) -> None:
    scorer = make(first_pause=30.0)
    assert reasons(scorer.score(["CRASH"])) == ["failed"]
    begun = time.monotonic()
    assert reasons(scorer.score(["Good morning"])) == ["failed"]  # at once, without a start
    assert time.monotonic() - begun < 15 and starts(log) == 1  # the pause is thirty


@pytest.mark.parametrize(
    ("how", "state", "reason"),
    [("missing", "missing", "model_missing"), ("broken", "broken", "model_broken")],
)
def test_a_model_that_cannot_be_loaded_says_why(
    make: Make, how: str, state: str, reason: str
) -> None:
    scorer = make(how)
    assert reasons(scorer.score(["Good morning"])) == [reason]
    status = scorer.status()
    assert status.state == state
    assert ("there is no checkpoint" in status.message) == (how == "missing")


def test_a_python_that_is_not_there(log: Path) -> None:
    scorer = ProcessScorer("fake", ["/nowhere/python", "x"], first_pause=0.05)
    assert reasons(scorer.score(["Good morning"])) == ["model_missing"]
    assert scorer.status().state == "missing"
    scorer.stop()


@pytest.mark.parametrize("word", ["NAN", "BIG"])
def test_nonsense_is_no_score(make: Make, word: str) -> None:
    assert reasons(make().score([f"a {word} value", "Good morning"])) == ["failed", "scored"]


def test_many_texts_go_in_batches_and_keep_their_order(make: Make, log: Path) -> None:
    texts = [("What an idiot" if i % 3 else "Good morning") for i in range(50)]
    answers = make().score(texts)
    assert [isinstance(a, Scores) and a.values["toxicity"] == 0.9 for a in answers] == [
        bool(i % 3) for i in range(50)
    ]
    sizes = [int(line.split()[1]) for line in log.read_text().splitlines() if "batch" in line]
    assert sum(sizes) == 50 and max(sizes) <= BATCH


def test_texts_of_several_threads_share_batches(make: Make, log: Path) -> None:
    scorer = make(hang_seconds=5.0)
    comes_back(scorer)
    answers: list[list[Scores | Unscored]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(scorer.score(["a SLOW thing"])))
        for _ in range(12)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert len(answers) == 12 and all(reasons(each) == ["scored"] for each in answers)
    batches = [line for line in log.read_text().splitlines() if line.startswith("batch")]
    assert len(batches) < 10


def test_the_line_is_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commentsvc.toxicity.backends.process.MOST_WAITING", 3)
    scorer = make(hang_seconds=20.0)
    comes_back(scorer)
    threading.Thread(target=scorer.score, args=(["HANG", "HANG", "HANG"],), daemon=True).start()
    until(lambda: scorer._waiting >= 3)
    begun = time.monotonic()
    assert reasons(scorer.score(["Good morning"])) == ["slow"]
    assert time.monotonic() - begun < 10


def test_a_dead_server_leaves_no_process_behind(log: Path, tmp_path: Path) -> None:
    """The real child ends when its input does; here a parent is killed without a word."""
    import subprocess

    source = (
        "import sys\n"
        "from commentsvc.toxicity.backends.process import ProcessScorer\n"
        f"s = ProcessScorer('fake', [sys.executable, {str(Path(__file__).with_name('child.py'))!r},"
        f" 'well', {str(log)!r}])\n"
        "print(s.score(['Good morning'])[0].model, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=root)
    assert parent.stdout is not None and b"fake" in parent.stdout.readline()
    parent.kill()
    parent.wait()
    until(lambda: not _is_running(pid(log)))


# --- within a request -----------------------------------------------------------------------------


def test_a_post_waits_no_longer_than_its_budget(
    make: Make, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(scorer=make(hang_seconds=60.0))
    with app.app_context():
        begun = time.monotonic()
        answer = scoring.score("HANG in there")
        assert isinstance(answer, Unscored) and answer.reason == "slow"
        assert time.monotonic() - begun < 30  # the budget is 0.8 s, and it hangs for sixty
        asked: list[object] = []
        monkeypatch.setattr(scoring, "_ask", lambda part, texts, *_: asked.append(texts))
        assert isinstance(scoring.score("Good morning"), Unscored)  # nobody waits again at once
        assert asked == []


def test_several_texts_share_one_budget(make: Make, make_app: Callable[..., Flask]) -> None:
    scorer = make(hang_seconds=20.0)
    comes_back(scorer)
    app = make_app(scorer=scorer)
    with app.app_context():
        assert reasons(scoring.score_all(["What an idiot", "Good morning"])) == ["scored"] * 2
        begun = time.monotonic()
        assert reasons(scoring.score_all(["SLOW"] * 16)) == ["slow"] * 16
        assert time.monotonic() - begun < 10  # sixteen budgets are thirteen seconds


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
