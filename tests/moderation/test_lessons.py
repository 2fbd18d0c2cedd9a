"""What a site's spam filter learns from its moderators, and forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation import lessons
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.commands import decide, decide_each, undo
from commentsvc.moderation.judging.spam.learning import MINIMUM
from commentsvc.moderation.judging.spam.lessons import learned_of
from commentsvc.moderation.lessons import forget_lessons, overview
from commentsvc.moderation.models import SpamLesson
from commentsvc.posting.commands import edit, withdraw
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)

WHO = ("My sister", "My aunt", "A colleague", "My neighbor", "Grandma")
WHAT = ("had sore knees", "slept badly for years", "could hardly walk", "was tired all day")
NEXT = "My cousin was tired all day until Flexora drops came into the house. Ask for them."


def wave(count: int) -> list[str]:
    """An advertisement that the shipped filter does not know, told in other words each time."""
    return [
        f"{WHO[at % 5]} {WHAT[at // 5 % 4]} until Flexora drops came. Ask for them."
        for at in range(count)
    ]


def write(cast: Cast, text: str) -> Comment:
    return post(cast.site, text, name="Somebody").comment


def reject(cast: Cast, texts: list[str], work: Callable[[], int], *, reason: str = "spam") -> Any:
    posted = [write(cast, text) for text in texts]
    seen = {each.public_id: each.version for each in posted}
    made = decide_each(seen, action="reject", by=cast.mona, reason=reason, batch=None)
    work()
    return made


def findings(comment: Comment) -> dict[str, Any]:
    verdict = db.session.get_one(Revision, comment.revision_id).verdict or {}
    return {each["rule"]: each for each in verdict["findings"]}


@pytest.fixture(autouse=True)
def _quickly(cast: Cast) -> None:
    changes = {"slow_seconds": 0, "flood_count": 1000, "history_share": 0, "hold_repeats": False}
    sites.set_policy(cast.site, changes, by=cast.olga)


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    assert write(cast, NEXT).status == "published"
    reject(cast, wave(20), work)
    held = write(cast, f"Hello. {NEXT}")
    assert held.status == "pending"
    said = findings(held)["spam_here"]
    assert said["action"] == "HOLD"
    assert "flexora" in " ".join(said["evidence"]["words"]).lower()
    assert write(cast, "The ferry was late again, and nobody said why.").status == "published"
    assert overview(cast.site).rejected == 20
    assert overview(cast.site).missing == 0


def test_undone_decisions_are_forgotten(cast: Cast, work: Callable[[], int]) -> None:
    made = reject(cast, wave(20), work)
    assert write(cast, NEXT).status == "pending"
    for decision in made:
        undo(decision.public_id, by=cast.mona)
    work()
    assert overview(cast.site).rejected == 0
    assert write(cast, f"Well. {NEXT}").status == "published"


def test_few_decisions_say_nothing(cast: Cast, work: Callable[[], int]) -> None:
    reject(cast, wave(MINIMUM - 1), work)
    assert write(cast, NEXT).status == "published"
    assert overview(cast.site).missing == 1


def test_a_flood_of_one_text_teaches_only_that_text(cast: Cast, work: Callable[[], int]) -> None:
    text = "Nobody told us that the harbor tax would double next year, number {}."
    reject(cast, [text.format(number) for number in range(30)], work)
    again = write(cast, "Number 77! Nobody told us that the harbor tax would double next year.")
    assert again.status == "pending"
    assert "spam_again" in findings(again)
    other = write(cast, "Nobody told us why the harbor tax is what it is this year.")
    assert other.status == "published"


def test_approving_a_text_speaks_for_it_again(cast: Cast, work: Callable[[], int]) -> None:
    text = "Nobody told us that the harbor tax would double next year."
    reject(cast, [text], work)
    again = write(cast, text)
    assert again.status == "pending"
    decide(again.public_id, action="approve", by=cast.mona)
    work()
    assert write(cast, text).status == "published"


def test_approvals_let_texts_pass_that_the_filter_would_hold(
    cast: Cast, work: Callable[[], int]
) -> None:
    def tip(at: int) -> str:
        race = "abcdefgh"[at % 8]
        return f"{WHO[at % 5]} says the casino pays best odds for betting on race {race}, win big"

    before = write(cast, tip(0))
    assert before.status == "pending"
    for at in range(1, 40):
        decide(write(cast, tip(at)).public_id, action="approve", by=cast.mona)
    work()
    assert write(cast, tip(0)).status == "published"


def test_other_reasons_and_other_sites_teach_nothing(cast: Cast, work: Callable[[], int]) -> None:
    reject(cast, wave(20), work, reason="off_topic")
    assert overview(cast.site).rejected == 0
    reject(cast, wave(20), work, reason="advertising")
    there = post(cast.other, NEXT, href="https://mountain.example.net/a").comment
    assert there.status == "published"
    assert overview(cast.site).rejected == 20


def test_it_can_be_switched_off(cast: Cast, work: Callable[[], int]) -> None:
    reject(cast, wave(20), work)
    sites.set_policy(cast.site, {"spam_learning": False}, by=cast.olga)
    assert write(cast, NEXT).status == "published"
    reject(cast, [NEXT], work)
    assert overview(cast.site).rejected == 20
    sites.set_policy(cast.site, {"spam_learning": True}, by=cast.olga)
    assert write(cast, f"So. {NEXT}").status == "pending"


def test_it_can_be_forgotten(cast: Cast, work: Callable[[], int]) -> None:
    reject(cast, wave(20), work)
    forget_lessons(cast.site, by=cast.olga)
    work()
    found = overview(cast.site)
    assert (found.rejected, found.approved, found.missing) == (0, 0, MINIMUM)
    assert write(cast, NEXT).status == "published"


def test_what_its_author_withdraws_is_forgotten(cast: Cast, work: Callable[[], int]) -> None:
    comment = post(cast.site, NEXT, user=cast.rita).comment
    decide(comment.public_id, action="approve", by=cast.mona)
    work()
    assert overview(cast.site).approved == 1
    withdraw(comment.public_id, user=cast.rita)
    work()
    assert overview(cast.site).approved == 0


def test_an_overturned_rejection_is_unlearned(cast: Cast, work: Callable[[], int]) -> None:
    sites.set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    comment = post(cast.site, NEXT, user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    work()
    assert overview(cast.site).rejected == 1
    made = appeals.appeal(comment.public_id, "These are my knees.", by=cast.rita)
    appeals.hear(made.public_id, outcome="overturned", by=cast.olga)
    work()
    found = overview(cast.site)
    assert (found.rejected, found.approved) == (0, 1)


def test_each_text_of_a_comment_is_a_lesson_of_its_own(cast: Cast, work: Callable[[], int]) -> None:
    comment = post(cast.site, "My knees are better now, thank you all.", user=cast.rita).comment
    decide(comment.public_id, action="approve", by=cast.mona)
    edit(comment.public_id, NEXT, user=cast.rita)
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    work()
    found = overview(cast.site)
    assert (found.rejected, found.approved) == (1, 1)


def test_a_decision_that_is_undone_meanwhile_is_not_learned(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = decide(write(cast, NEXT).public_id, action="reject", reason="spam", by=cast.mona)
    lesson = lessons._lesson

    def slow(row: Any) -> dict[str, Any]:
        made = lesson(row)
        undo(decision.public_id, by=cast.mona)
        return made

    monkeypatch.setattr(lessons, "_lesson", slow)
    work()
    assert overview(cast.site).rejected == 0


def test_only_the_newest_are_kept(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commentsvc.moderation.lessons._MOST", 4)
    made = reject(cast, wave(6), work)
    kept = db.session.scalars(select(SpamLesson.decision_id).order_by(SpamLesson.decision_id))
    assert list(kept) == sorted(each.id for each in made)[-4:]


def test_no_words_are_kept(cast: Cast, work: Callable[[], int]) -> None:
    reject(cast, wave(20), work)
    stored = repr([each.content for each in db.session.scalars(select(SpamLesson))])
    assert "flexora" not in stored.lower()
    assert db.session.scalar(select(func.count()).select_from(SpamLesson)) == 20
    learned = learned_of(cast.site.id)
    assert learned is not None
    assert learned.speaks


def summed_up(
    monkeypatch: pytest.MonkeyPatch,
    *,
    many: int,
    at_latest: int,
    meanwhile: Callable[[int], None] = lambda _times: None,
) -> list[int]:
    """How many lessons each sum contains; `meanwhile` runs between reading them and summing up."""
    monkeypatch.setattr(lessons, "_MANY", many)
    monkeypatch.setattr(lessons, "_AT_LATEST", at_latest)
    whole, sizes = lessons.learn, list[int]()

    def counted(given: Any) -> Any:
        sizes.append(len(found := list(given)))
        meanwhile(len(sizes))
        return whole(found)

    monkeypatch.setattr(lessons, "learn", counted)
    return sizes


def test_many_decisions_share_what_takes_longest(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = summed_up(monkeypatch, many=3, at_latest=6)
    with clock.frozen(clock.now()):
        for text in wave(14):
            reject(cast, [text], work)
        assert sizes == [1, 2, 3, 9]  # the first few at once, then six together
        clock.move(timedelta(seconds=lessons._PAUSE))
        work()
        assert sizes == [1, 2, 3, 9, 14]
        reject(cast, ["One more word about it."], work)
        clock.move(timedelta(seconds=lessons._PAUSE))
        work()
        clock.move(timedelta(hours=1))
        work()
    assert sizes == [1, 2, 3, 9, 14, 15]


def test_what_changes_while_lessons_are_summed_up_counts_soon(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(times: int) -> None:
        if times == 4:
            with unit_of_work():
                lessons._count_change(cast.site.id)

    sizes = summed_up(monkeypatch, many=3, at_latest=2, meanwhile=meanwhile)
    with clock.frozen(clock.now()):
        for text in wave(5):
            reject(cast, [text], work)
        assert sizes == [1, 2, 3, 5]
        clock.move(timedelta(seconds=lessons._PAUSE))
        work()
    assert sizes == [1, 2, 3, 5, 5]
