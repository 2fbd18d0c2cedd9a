"""Korean insults in pieces: in jamo (“ㅅㅣㅂㅏㄹ”), with signs between syllables (“시1발”), by their
first consonants (“ㅅㅂ”)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .words import Alternative

if TYPE_CHECKING:
    from collections.abc import Iterator

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_PAIRS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
_FIRST, _SYLLABLE, _FINAL = 0xAC00, "가-힣", len(_FINALS)

_JAMO = re.compile("[ㄱ-ㅣ]")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]")
_RUN = re.compile("(?<![가-힣])[가-힣]*[ㄱ-ㅣ][ㄱ-ㅣ가-힣]*")
# A syllable in jamo, or a written one without a final consonant and that consonant.
_SPELLED = re.compile(
    f"(?P<initial>[{_INITIALS}])(?P<vowel>{'|'.join(_PAIRS)}|[{_VOWELS}])"
    f"(?P<final>[{_FINALS[1:]}](?![{_VOWELS}]))?"
    f"|(?P<open>[가-힣])(?P<last>[{_FINALS[1:]}])(?![{_VOWELS}])"
)
# Laughter and tears: “ㅋㅠ” is no syllable.
_FACES = frozenset("ㅋㅎㅇㅠㅜㅡㅗ")

# What is hidden, and the word that lists and scorers know.
_WORDS = {
    "시발": "씨발", "씨발": "씨발", "씨팔": "씨발", "시팔": "시팔", "쓰발": "씨발",
    "병신": "병신", "븅신": "병신", "등신": "등신", "지랄": "지랄", "또라이": "또라이",
    "개새끼": "개새끼", "개새기": "개새끼", "새끼": "새끼", "미친놈": "미친놈", "미친년": "미친년",
    "느금마": "느금마", "꺼져": "꺼져", "존나": "존나", "좆": "좆", "썅": "썅",
}  # fmt: skip
_SHORT = {
    "ㅅㅂ": "씨발", "ㅆㅂ": "씨발", "ㅄ": "병신", "ㅂㅅ": "병신", "ㅈㄹ": "지랄", "ㅈㄴ": "존나",
    "ㄱㅅㄲ": "개새끼", "ㅅㄲ": "새끼", "ㅁㅊㄴ": "미친놈", "ㄲㅈ": "꺼져", "ㄴㄱㅁ": "느금마",
}  # fmt: skip
_AFTER = f"(?=(?:놈|년|아|야|이|들|것|새끼|같)|[^{_SYLLABLE}ㄱ-ㅣ]|[ㅋㅎㅠㅜ]|$)"
_SIGNS = r"(?:[^\w\s가-힣]{1,3}|\d{1,2}|_)"
_BEFORE_SIGNS = rf"(?<![\d{_SYLLABLE}])"
# With a blank, words may be innocent (“세 시 발 열차” is a train at three o’clock), so only these, and
# only where they begin a sentence or follow an exclamation.
_BLANKS = "시 발|씨 발|병 신|지 랄|새 끼"
_EXCLAIMED = re.compile(
    r"(?:^|[^가-힣ㄱ-ㅣ\d\s]\s*|(?:^|\s)(?:아|야|와|이|저|에이|이런|진짜|뭐|왜|존나|개같은)\s+)$"
)


def _apart(word: str) -> str:
    """A pattern for a word with signs between its syllables, at one place at least."""
    first, *middle, last = list(word)
    if not middle:
        return f"{first}{_SIGNS}{last}"
    return f"{first}(?:{_SIGNS}{middle[0]}{_SIGNS}?|{middle[0]}{_SIGNS}){last}"


_NOISY = re.compile(
    rf"{_BEFORE_SIGNS}(?:(?P<blank>{_BLANKS})|{'|'.join(_apart(w) for w in _WORDS if len(w) > 1)}){_AFTER}"
)
_INITIALED = re.compile(
    "(?<![ㄱ-ㅣ])(?:"
    + "|".join(r"(?:[\d\W_]{0,2})".join(each) for each in sorted(_SHORT, key=len, reverse=True))
    + ")(?![ㄱ-ㅊㅌㅍㅏ-ㅛㅝ-ㅟㅡ-ㅣ])"
)
_GAP = re.compile(r"[\d\W_]+")
_LISTING = (", ", "·")
_LETTER = re.compile(f"[{_SYLLABLE}ㄱ-ㅣ]")


def hangul(text: str) -> tuple[Alternative, ...]:
    """A Korean text with its hidden insults written out; empty for nearly all texts."""
    if text.isascii() or not _HANGUL.search(text):
        return ()
    written, places, most = _composed(text)
    found = [*_hidden(written)]
    if not found and written == text:
        return ()
    parts: list[str] = []
    order: list[int] = []
    at = 0
    for start, end, word in found:
        parts += written[at:start], word
        order += places[at:start]
        order += [places[start]] * (len(word) - 1) + [places[end - 1]]
        at = end
    parts.append(written[at:])
    order += places[at:]
    return (Alternative("".join(parts), order, most),)


def _hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Where insults hide, in the order of the text, and what they are."""
    found: dict[int, tuple[int, int, str]] = {}
    for pattern, known in ((_NOISY, _WORDS), (_INITIALED, _SHORT)):
        for match in pattern.finditer(text):
            word = known["".join(_LETTER.findall(match[0]))]
            blank = match.groupdict().get("blank")
            if pattern is _INITIALED and _is_listed(text, match):
                continue
            if blank and not _EXCLAIMED.search(text[max(0, match.start() - 8) : match.start()]):
                continue
            found.setdefault(match.start(), (*match.span(), word))
    at = 0
    for _, each in sorted(found.items()):
        if each[0] >= at:
            yield each
            at = each[1]


def _is_listed(text: str, match: re.Match[str]) -> bool:
    """Whether these consonants are the letters themselves, as in lessons: “ㄱ, ㅂ, ㅅ”."""
    if not (gap := _GAP.search(match[0])):
        return False
    between = re.escape(gap[0])
    return (
        gap[0] in _LISTING
        or re.search(rf"[ㄱ-ㅎ]{between}$", text[max(0, match.start() - 3) : match.start()])
        is not None
        or re.match(rf"{between}[ㄱ-ㅎ](?![ㄱ-ㅎ])", text[match.end() : match.end() + 4])
        is not None
    )


def _composed(text: str) -> tuple[str, list[int], bool]:
    """The text with syllables for jamo that spell some, the original place of each character, and
    whether most of its letters were jamo. Without such jamo, the text as it is."""
    parts: list[str] = []
    order: list[int] = []
    at = spelled = 0
    for run in _RUN.finditer(text):
        made = _of_run(run[0])
        if made is None:
            continue
        parts += text[at : run.start()], made[0]
        order += range(at, run.start())
        order += (run.start() + each for each in made[1])
        at, spelled = run.end(), spelled + len(run[0])
    parts.append(text[at:])
    order += range(at, len(text))
    return "".join(parts), order, 2 * spelled > sum(map(str.isalpha, text))


def _of_run(run: str) -> tuple[str, list[int]] | None:
    """The syllables that a run of jamo spells, and where each begins: if nothing is left over, or if
    they make a word that people hide."""
    parts: list[str] = []
    order: list[int] = []
    at = whole = 0
    for each in _SPELLED.finditer(run):
        if each["initial"] in _FACES and each["vowel"] in _FACES:
            continue
        if (syllable := _syllable(each)) is None:
            continue
        parts += run[at : each.start()], syllable
        order += (*range(at, each.start()), each.start())
        at, whole = each.end(), whole + bool(each["initial"])
    if not at:
        return None
    parts.append(run[at:])
    order += range(at, len(run))
    order[-1] = len(run) - 1
    made = "".join(parts)
    if any(each in made and each not in run for each in _WORDS):
        for word, known in _WORDS.items():
            if len(word) == len(known):
                made = made.replace(word, known)
        return made, order
    return (made, order) if whole and not _JAMO.search(made) else None


def _syllable(each: re.Match[str]) -> str | None:
    """The syllable; None if the written one has a final consonant already."""
    if each["open"]:
        code = ord(each["open"]) - _FIRST
        return None if code % _FINAL else chr(_FIRST + code + _FINALS.index(each["last"]))
    vowel = _PAIRS.get(each["vowel"], each["vowel"])
    final = _FINALS.index(each["final"]) if each["final"] else 0
    code = (_INITIALS.index(each["initial"]) * len(_VOWELS) + _VOWELS.index(vowel)) * _FINAL
    return chr(_FIRST + code + final)
