"""Print words that identify short English texts: `scripts/english_words.py FOLDER > english.txt`.

FOLDER contains the public data sets of the model card. A word is printed if many English comments
contain it, and far fewer in any other language.
"""

from __future__ import annotations

import csv
import lzma
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from commentsvc.toxicity.language_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_ENGLISH = ("civil_train.csv.xz", "jigsaw_train.csv.xz")
_OTHERS = ("languages_train.csv.xz", "multilingual_train.csv.xz")
_FEWEST = 6  # English comments with the word
_TIMES = 2.5  # at least this many times as often as in any other language
_COMMON = 0.02  # a word in more English comments is English, even if another language's list has it
#: Words and names that are used in many languages, including English.
_EVERYWHERE = """
ok okay lol lmao rip haha hahaha ugh meh pfft wow bravo super hello hi no danke merci ciao pic cafe café
trump obama putin muslim muslims orange anna maria marie martin peter daniel david thomas michael
"""


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each row."""
    csv.field_size_limit(1 << 30)
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row.get("language") or "en", row.get("text") or row["comment_text"]


def _counted(rows: Iterator[tuple[str, str]]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """For each language, how many texts contain each word, and how many texts there are."""
    words: dict[str, Counter[str]] = {}
    texts: Counter[str] = Counter()
    for language, text in rows:
        texts[language] += 1
        words.setdefault(language, Counter()).update(set(_WORD.findall(text.lower())))
    return words, texts


def main(folder: Path) -> None:
    """Print the words."""
    english, total = _counted(row for name in _ENGLISH for row in _texts(folder / name))
    others, totals = _counted(row for name in _OTHERS for row in _texts(folder / name))
    common = {word for listed in WORDS.values() for word in listed.split()}
    found = set(_EVERYWHERE.split())
    for word, count in english["en"].items():
        share = count / total["en"]
        elsewhere = max(
            (
                (texts[word] - 1) / totals[code]
                for code, texts in others.items()
                if code != "en" and texts[word] > 1
            ),
            default=0.0,
        )
        known = share >= _COMMON or word not in common
        if count >= _FEWEST and share > _TIMES * elsewhere and known:
            found.add(word)
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
