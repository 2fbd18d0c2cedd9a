"""Names that readers would take for one another: letters of other scripts, marks, spacing, titles."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from ...core.typed import BLANK
from ...toxicity.lookalikes import LATIN, LOOKALIKES

# What stands beside a name to say what somebody is, in the languages of the pages.
_TITLES = frozenset(
    (
        *(
            "mod",
            "mods",
            "moderator",
            "moderators",
            "moderation",
            "admin",
            "admins",
            "administrator",
        ),
        *(
            "owner",
            "staff",
            "team",
            "official",
            "editor",
            "editors",
            "editorial",
            "verified",
            "the",
        ),
        *("moderatorin", "administratorin", "redaktion", "redakteur", "redakteurin"),
        *("moderateur", "moderatrice", "officiel", "redaction"),
        *("moderador", "moderadora", "oficial", "editora", "redaccion", "redactor"),
        *("مشرف", "المشرف", "مشرفة", "الادارة", "التحرير", "الفريق"),
    )
)
_WORDS = re.compile(r"[^\W_]+")
_SAME = str.maketrans("0134578@$|!i", "oleastbaslll")
# Signs that part words or adorn a name, but between letters read as one.
_SIGN = re.compile(r"(?<=[^\W_])[@|!](?=[^\W_])|[$](?=[^\W_])")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHOWN = ("L", "N", "Mc")
_UNSEEN = ("Mn", "Me", "Cf", "Cc")


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """What is left of a name for the eye: two names with the same skeleton look alike. Titles beside a
    name do not count; a name that is nothing but signs is its own skeleton."""
    words = [_drawn(word) for word in _WORDS.findall(_plain(name)) if word not in _TITLES]
    bare = "".join(words) or _drawn(_plain(name))
    return bare or unicodedata.normalize("NFKC", name).casefold()


def _plain(name: str) -> str:
    """In small letters without marks. Signs that stand for letters stay, others part words."""
    letters = unicodedata.normalize("NFKD", name.translate(_looks()))
    kept = [
        each for each in letters if each not in BLANK and unicodedata.category(each) not in _UNSEEN
    ]
    plain = "".join(kept).translate(_looks()).casefold().translate(_looks())
    return _SIGN.sub(lambda found: found[0].translate(_SAME), plain)


def _drawn(text: str) -> str:
    shown = "".join(each for each in text if unicodedata.category(each).startswith(_SHOWN))
    shown = shown.translate(_SAME)
    for pair, one in _PAIRS:
        shown = shown.replace(pair, one)
    return shown


@lru_cache(maxsize=1)
def _looks() -> dict[int, str]:
    """Letters that look like Latin ones -> those: Unicode's table of confusables, and the tables that
    undo the disguises of insults. Read when the first name is looked at; most of it is not kept."""
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    found: dict[int, str] = {}
    for letter, others in table.items():
        if len(letter) == 1 and not letter.isascii():
            for each in others:
                plain = each["c"].strip("\u200e")
                if plain.isascii() and plain.isalnum():
                    found.setdefault(ord(letter), plain)
    return found | {ord(letter): plain for letter, plain in (LATIN | LOOKALIKES).items() if plain}
