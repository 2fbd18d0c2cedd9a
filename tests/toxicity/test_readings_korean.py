"""A Korean insult in pieces is read as written out, and nothing harmless is taken for one."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.scored import reading, verdict_on
from commentsvc.moderation.judging.verdict import Action
from commentsvc.sites.policy import Policy
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.readings.every import readings
from commentsvc.toxicity.readings.hangul import hangul
from tests.tables import every_row

HIDDEN = {
    "ㅅㅣㅂㅏㄹ": "씨발", "ㅆㅣㅂㅏㄹ": "씨발", "ㅂㅕㅇㅅㅣㄴ": "병신", "시ㅂㅏㄹ놈": "씨발놈",
    "병시ㄴ": "병신", "ㅈㅗㅈ": "좆", "ㄱㅐㅅㅐㄲㅣ": "개새끼", "시1발": "씨발", "병1신": "병신",
    "지~랄": "지랄", "개1새끼": "개새끼", "미친1놈": "미친놈", "시.발": "씨발", "느1금마": "느금마",
    "시 발": "씨발", "아 씨 발": "아 씨발", "ㅅㅂ": "씨발", "ㅄ": "병신", "ㅂㅅ아": "병신아",
    "ㅅ1ㅂ": "씨발", "ㅅ ㅂ": "씨발", "ㅅㅂㅋㅋㅋ": "씨발ㅋㅋㅋ", "ㄱㅅㄲ": "개새끼",
    "ㅈㄹ하네": "지랄하네",
}  # fmt: skip
HARMLESS = (
    "다시 발표했다", "서울 시 발표", "세 시 발 열차", "3시 발 열차", "12시 1발", "김 씨 발이 아프다",
    "이 병 신고", "병 신청", "제우스 등 신은", "존 나는", "우리 개 새끼 세 마리", "시발점",
    "감사합니다 ㄱㅅ", "ㅇㅈ ㅎㅎ", "ㅋㅋㅋㅠㅠ", "재밌다 ㅋㅠ", "했어ㅋㅋ", "ㅇㅅㅇ", "ㅅㅂㅅ", "ㅗㅜㅑ",
    "자음은 ㄱ, ㄴ, ㅁ, ㅂ, ㅅ, ㅇ 입니다", "받침 ㅂ, ㅅ을 구분하는 법", "ㅂ·ㅅ 불규칙", "ㄱ/ㅂ/ㅅ",
    "ㅂ ㅅ ㅇ",
    "이 기사 정말 좋네요. 병원 신축은 반갑습니다!",
)  # fmt: skip


@every_row("text, plain", HIDDEN.items())
def test_it_works(text: str, plain: str) -> None:
    [found] = hangul(text)
    assert found.text == plain
    assert readings(text) == (found,)


@every_row("text", HARMLESS)
def test_harmless_texts_are_read_as_they_stand(text: str) -> None:
    assert hangul(text) == ()


@every_row("text", HIDDEN)
def test_moderators_see_what_hides_where(text: str) -> None:
    written = f"기사 잘 읽었습니다! {text}"
    policy = Policy(locale="ko")
    read = reading(policy, written)
    assert verdict_on(policy, read, EmbeddedScorer().score([written])[0]).action >= Action.REVIEW
    for each in read.insults:
        assert written[each.start : each.end] in text


def test_a_text_in_jamo_is_scored_as_written_out() -> None:
    scorer = EmbeddedScorer()
    jamo, plain = scorer.score(
        ["ㅇㅣ ㅁㅓㅇㅊㅓㅇㅎㅏㄴ ㅅㅐㄲㅣㅇㅑ ㅈㅜㄱㅇㅓ", "이 멍청한 새끼야 죽어"]
    )
    assert jamo == plain


@given(st.text("시씨발병신ㅅㅂㅄㅣㅏㄹㅇㅋㅠ1. ~\n아야", max_size=40))
def test_places_lie_in_the_text(text: str) -> None:
    for found in hangul(text):
        assert len(found.places) == len(found.text)
        assert all(0 <= place < len(text) for place in found.places)
        assert list(found.places) == sorted(found.places)


def test_long_texts_take_no_time() -> None:
    begun = time.thread_time()
    for text in ("ㅅㅣ" * 5000, "시 " * 5000, "ㅅ1" * 5000, "시1발" * 2000):
        hangul(text)
    assert time.thread_time() - begun < 2
