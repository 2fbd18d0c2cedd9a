"""What is spoken on a site helps to tell which language a short text is in; in doubt the worst is flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.core.db import unit_of_work
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Action, Submission, submission_from
from commentsvc.posting.scoring import spoken_at
from commentsvc.threads import commands as threads
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.factories import HREF, post

if TYPE_CHECKING:
    from tests.people import Cast

SCORER = EmbeddedScorer()


def read(text: str, *likely: str) -> Scores | Unscored:
    return SCORER.score([text], likely=likely)[0]


def test_it_works() -> None:
    assert read("Vaffanculo").language is None
    assert isinstance(read("Vaffanculo", "it"), Unscored)
    assert read("Vaffanculo", "it").language == "it"


def test_what_says_nothing_stays_english() -> None:
    for text in ("lol", "12 https://t.co/x", "😀"):
        assert read(text, "fr").language == read(text).language


def test_a_clear_text_is_what_it_is() -> None:
    clear = "The mayor said that nobody would have to pay for the new bridge."
    assert read(clear, "de", "fr").language == "en"
    assert read("Das ist doch alles nicht wahr, was hier geschrieben wird.", "en").language == "de"


def test_a_hint_is_believed() -> None:
    assert SCORER.score(["Vaffanculo"], language="nl", likely=("it",))[0].language == "nl"


def test_a_short_text_in_doubt_counts_as_what_scores_most() -> None:
    doubted = read("ty debilu", "de")
    assert isinstance(doubted, Scores) and doubted.doubted and doubted.language == "pl"
    sure = read("ty debilu", "pl")
    assert isinstance(sure, Scores) and not sure.doubted
    plain = [read(text) for text in ("din idiot", "du er dum", "sen salak", "du bist so dumm")]
    assert all(not isinstance(each, Scores) or not each.doubted or each.values["toxicity"] > 0.5
               for each in plain)  # fmt: skip


def test_in_doubt_nothing_is_held_for_its_score() -> None:
    facts = Submission(text="x", plain="x", scores={"toxicity": 0.97}, doubted=True)
    assert judge(RULES, facts).action == Action.REVIEW
    assert submission_from(facts.as_dict(), text="x", plain="x") == facts


LONG = "A text of many words needs nobody to tell which language it is in at all"


def test_a_conversation_says_what_is_spoken(cast: Cast) -> None:
    assert spoken_at(cast.site, HREF, "Oui") is None
    for said in ("it", "it", "en", "it"):
        revision = threads.revision_of(post(cast.site).comment)
        with unit_of_work():
            revision.language = said
    assert spoken_at(cast.site, HREF, "Oui") == "it"
    assert spoken_at(cast.site, HREF, LONG) is None


def test_two_comments_say_nothing_about_a_conversation(cast: Cast) -> None:
    for _ in range(2):
        revision = threads.revision_of(post(cast.site).comment)
        with unit_of_work():
            revision.language = "it"
    assert spoken_at(cast.site, HREF, "Oui") is None
