"""The similarity of two texts: the share of common words, ignoring order, digits and disguises.

MinHash finds candidates without comparing all pairs: for each of several random orders of all words
it keeps the first word of a text, and two texts agree on it as often as they are similar. A few
such words form a key, and texts with a common key are compared word by word. (Broder, 1997:
https://doi.org/10.1109/SEQUEN.1997.666900)
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from statistics import median
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

BANDS = 12  # keys of a text
_ROWS = 3  # words per key
_MOST = 400  # distinct words of a text that count, the first
#: The share of common words from which two texts are alike. Short ones share more by chance, and
#: two advertisements that lead to the same place are more likely to be one campaign. Those that lead
#: elsewhere share phrases ("from home", "thank me later") whatever they advertise.
_ALIKE, _ALIKE_SHORT = 0.55, 0.7
_ADS_ALIKE, _ADS_ALIKE_SHORT = 0.35, 0.5
_SHORT = 10  # distinct words
_TINY = 6  # shorter texts are alike only if identical and advertisements
_LEAST = 3
_TELLING = 4  # characters of a word that indicates the topic
#: How many texts give a wave a vocabulary, and the share of a text's words that must be in it.
MANY = 6
_OWN = 0.75
_AS_LONG = 0.6

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"://|www\.|[^\W_]\.[a-z]{2,6}(?:[/?#:]|\b)|@")
#: Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")
#: The factors and offsets that define each order of word numbers. Stored keys depend on them. They
#: are random (numpy's generator with seed 1997), but loading that generator takes 2.6 MB.
_ORDERS = np.frombuffer(
    bytes.fromhex(
        "c9712e85b00b5fe56c3fcf5164410403403fb753422905414f73ccc906105c094abb00a139929385535b0efbe7e230c3"
        "be375f438b349219529d40d96de103cd3b1771e1488756fb36e2a27165919f01f4c3b9771e895f794dba64bf78fbd11f"
        "5149f0fdfbae93bdb16a361f31cf818bb1ea296f040476a938ff6451dff8ae958b3af54fbd18222fd8531ce913b6955d"
        "e946088221027dc49e73be650fc8842f1f9bd3d3e8c60d1b28555ede702021e5f7bfb50a1f710333d19341f5930b1213"
        "f0ae3859dd772f6e9f55040a583cfd9f764a6ffca34b974537ea94c05b4a9b26104f4f5d7a966f9053301fa5855b3018"
        "9c6d959243a4c3bb1d4fe3bb5bef8a818d37dc4b001beec0f5926e97651fad19d081267bf1ed967f9cc59aa84b19f45e"
    ),
    ">u4",
).astype(np.uint64)
_FACTORS, _SHIFTS = _ORDERS.reshape(2, BANDS * _ROWS, 1)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Text:
    """The distinct words of a text, as numbers, whether it reads like an advertisement, and the
    hosts that it links to or names."""

    words: frozenset[int]
    suspect: bool = False
    hosts: frozenset[str] = frozenset()


def words_of(undisguised: str) -> tuple[int, ...]:
    """The numbers of the distinct words of an undisguised text, sorted, without addresses. Empty if
    there are too few."""
    kept = (each for each in undisguised.split() if not _ADDRESS.search(each))
    text = _DIGITS.sub("0", " ".join(kept))
    text = text if text.isascii() else text.translate(_UNMARKED)
    found: dict[int, None] = {}
    for word in _WORD.findall(text):
        found.update(dict.fromkeys(_numbers(word)))
        if len(found) >= _MOST:
            break
    return tuple(sorted(found)) if len(found) >= _LEAST else ()


def telling(undisguised: str, most: int) -> tuple[int, ...]:
    """The numbers of the longest distinct words of an undisguised text, which are usually rarer,
    without addresses and numerals."""
    kept = " ".join(each for each in undisguised.split() if not _ADDRESS.search(each))
    text = kept if kept.isascii() else kept.translate(_UNMARKED)
    words = dict.fromkeys(each for each in _WORD.findall(text) if not each.isdecimal())
    found: dict[int, None] = {}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _TELLING or _UNSPACED.fullmatch(word):
            found.update(dict.fromkeys(_numbers(word)))
        if len(found) >= most:
            break
    return tuple(found)[:most]


_LONGEST_CACHED = 64  # characters; what writers choose must not fill the memory


class _Unmarked(dict[int, int | None]):
    """A table for `str.translate` that drops marks, which would split words; filled on use."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code))[0] == "M" else code
        return self[code]


_UNMARKED = _Unmarked()


def _numbers(word: str) -> tuple[int, ...]:
    return _numbers_once(word) if len(word) <= _LONGEST_CACHED else _numbers_of(word)


def _numbers_of(word: str) -> tuple[int, ...]:
    """One number for a word; in scripts without spaces, one for each pair of characters."""
    if _UNSPACED.fullmatch(word):
        return tuple(_number(word[at : at + 2]) for at in range(len(word) - 1))
    return (_number(word),)


_numbers_once = lru_cache(maxsize=20_000)(_numbers_of)


def _number(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def keys_of(words: Collection[int]) -> list[int]:
    """The keys of a text. Similar texts usually have one in common."""
    if not words:
        return []
    numbers = np.fromiter(words, np.uint64, len(words))
    first: NDArray[np.uint64] = ((_FACTORS * numbers + _SHIFTS) & _LOW).min(axis=1)
    return [
        _key(bytes([band]) + first[band * _ROWS : (band + 1) * _ROWS].tobytes())
        for band in range(BANDS)
    ]


def keys_of_links(addresses: Iterable[str]) -> list[int]:
    """Keys that texts with the same link share."""
    return [_key(b"link:" + each.encode("utf-8", "surrogatepass")) for each in addresses]


def _key(said: bytes) -> int:
    return int.from_bytes(blake2b(said, digest_size=7).digest(), "big")


def share(one: Collection[int], other: Collection[int]) -> float:
    """The Jaccard similarity of two sets of words."""
    both = len(set(one).intersection(other))
    return both / (len(one) + len(other) - both) if both else 0.0


def are_alike(one: Text, other: Text) -> bool:
    """Whether two texts say almost the same."""
    ads = one.suspect and other.suspect
    shorter = min(len(one.words), len(other.words))
    if shorter < _TINY:
        return ads and one.words == other.words and shorter >= _LEAST
    lenient = ads and _lead_alike(one, other)
    if shorter < _SHORT:
        least = _ADS_ALIKE_SHORT if lenient else _ALIKE_SHORT
    else:
        least = _ADS_ALIKE if lenient else _ALIKE
    return share(one.words, other.words) >= least


def _lead_alike(one: Text, other: Text) -> bool:
    """Whether two texts link to a common host, or neither to any. One with a link and one without are
    not enough: a text without would chain campaigns with different hosts."""
    return not one.hosts.isdisjoint(other.hosts) or not (one.hosts or other.hosts)


@dataclass(frozen=True)
class Vocabulary:
    """The words that several texts of a wave use. Texts made from one template with alternatives
    for every word may share few words in pairs, but share most with the wave as a whole."""

    words: frozenset[int]
    usual: float  # median number of words of a text

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Vocabulary:
        """The vocabulary of these texts of one wave."""
        counted = Counter(word for each in texts for word in each.words)
        used = frozenset(word for word, times in counted.items() if times > 1)
        return cls(used, median(len(each.words) for each in texts))

    def made(self, text: Text) -> bool:
        """Whether the text was probably made from the same template."""
        count = len(text.words)
        if count < max(_SHORT, _AS_LONG * self.usual):
            return False
        return len(text.words & self.words) / count >= _OWN
