"""Names that readers would confuse: letters of other scripts, accents, spacing, titles."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from ...core.remembering import remembered
from ...core.typed import BLANK
from ...toxicity.lookalikes import LATIN, LOOKALIKES

# Titles of people who run a site, in the languages of the interface and some more. They stand
# beside a name, or, for a guest posing as staff, in its place.
_ROLES = """
mod mods moderator moderators moderation moderating admin admins administrator administrators administration
owner staff team editor editors editorial webmaster sysop sysadmin support helpdesk operator
moderatorin moderatoren moderatorinnen administratorin administratoren redaktion redakteur redakteurin
chefredaktion chefredakteur chefredakteurin betreiber betreiberin inhaber inhaberin kundendienst
moderateur moderateurs moderatrice moderatrices administrateur administrateurs administratrice redaction
redacteur redactrice equipe proprietaire assistance
moderador moderadora moderadores administrador administradora administradores editora editores redaccion
redactor redactora equipo soporte propietario propietaria
moderatore amministratore amministratrice redazione redattore beheerder redactie
moderacao redacao equipa suporte administracja redakcja moderacja yonetici
модератор модераторы админ админы администратор администраторы администрация редактор редакция поддержка
مشرف المشرف مشرفة المشرفة مشرفون المشرفون مدير المدير مديرة المديرة الادارة ادارة المسؤول التحرير المحرر
محرر الفريق فريق الدعم
管理员 管理員 版主 编辑 編輯 管理者 運営 編集部 モデレーター 관리자 운영자 편집자
newsroom editorinchief communitymanager trustsafety trustandsafety redaktionen redaktor toimitus
yllapito redakce szerkeszto szerkesztoseg διαχειριστής συντονιστής адміністратор редакція מנהל
אדמין أدمن ادمین 網站管理員 编辑部 編集者 サイト管理者 運営者 운영진 ผู้ดูแลระบบ quảntrịviên
администрациясайта المشرفالعام administradordelsitio
"""
# Titles that count even beside another name: “Anna (Mod)”.
_ALWAYS = """
mod moderator moderators admin admins administrator administrators moderatorin administratorin moderateur
moderatrice administrateur moderador moderadora administrador administradora moderatore amministratore
модератор админ администратор مشرف المشرف 管理员 管理員 관리자
"""
# Words that accompany a title or a name.
_BESIDE = """
the die das der la le el il los las les official verified officiel oficial offiziell
dr mr mrs ms miss prof sir madam phd md
"""
_BESIDE_A_ROLE = (
    f"{_BESIDE} site website forum blog comment comments head chief managing senior deputy"
)
# What makes a name seem to be the right one, or part of the site, without making it another name.
_ADORNING = """
from of at by for in aus von vom bei de du del della di chez van
real true original genuine authentic echt echte echter vrai vraie autentico autentica
account profile profil konto news online web page com org net www info
"""
_WORDS = re.compile(r"[^\W_]+")
_FRONT = re.compile(r"\A[\W\d_]+")
_SHORTEST = 3  # letters of a first name that is not an initial
_NUMBER = re.compile(r"(?<!\d)\d+\Z")
_OWNED = re.compile(r"['\u2019]s\b")
_SAME = str.maketrans("0134578@$|!i€£¢¥§", "oleastbaslllelcys")
# Signs that separate words or adorn a name, but read as letters between letters.
_SIGN = re.compile(r"(?<=[^\W_])[@|!](?=[^\W_])|[$€£¢¥§](?=[^\W_])")
_ANY_SIGN = re.compile(r"[@|!$€£¢¥§]")
_LAST_SIGN = re.compile(r"(?<=[^\W_])[$€£¢¥§]")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHOWN = ("L", "N", "Mc")
_UNSEEN = ("Mn", "Me", "Cf", "Cc")


@remembered(4096, longest=200)
def skeleton(name: str) -> str:
    """A name reduced to how it looks: names with the same skeleton look alike. Titles beside a name
    are dropped; a name of signs only is its own skeleton."""
    words = map(_drawn, _WORDS.findall(_plain(name)))
    bare = "".join(word for word in words if word not in _titles())
    return bare or _drawn(_plain(name)) or unicodedata.normalize("NFKC", name).casefold()


def looks(name: str) -> frozenset[str]:
    """A name's skeletons: a sign at the end of a word may adorn it or be its last letter."""
    return frozenset((skeleton(name), skeleton(_LAST_SIGN.sub(_letter, name))))


def pretends(name: str, site: str, person: str) -> bool:
    """Whether a name says that it is this person's of a site, or this site's, in more words or in another
    order: “Mona from Harbour Post”, “Lovelace, Ada”, “The real Mona”, “Mona2”."""
    said = _claims(name)
    called, house = (_bare_words(each) for each in (person, site))
    if not said or not called:
        return False
    joined = "".join(said)
    together = ["".join(part) for part in (called, called + house, house + called)]
    if joined in together or sorted(said) == sorted(called):
        return True
    if set(said) == {called[0], *house}:  # by the first name
        return True
    rest = set(said) - set(called)
    return set(called) <= set(said) and bool(rest) and rest <= set(house) and _has_link(name)


def borrows(name: str, person: str, *, adorned: bool) -> bool:
    """Whether a name is a person's first name, of several, in letters that only look like its own:
    “M0na”, “rnona”, “M o n a”; nobody is called so. With `adorned`, also whether it is more than
    that first name, but nobody else's: “Mona1”, “Mona.”, “The real Mona”, “Mona R.”. The plain
    first name is anybody's."""
    words = _named(person)
    if len(words) < 2 or len(words[0][0]) < _SHORTEST:
        return False
    (spelled, first), (_, last) = words[0], words[-1]
    here = _spelled(name)
    if here == spelled:
        return False
    forms = (name, _FRONT.sub("", name), _LAST_SIGN.sub("", name))
    claims = {_claims(each) for each in forms} - {()}
    if first in looks(name) or any("".join(said) == first for said in claims):
        return adorned or spelled not in here
    return adorned and not claims.isdisjoint({(first, last[0]), (first[0], last)})


def _named(person: str) -> list[tuple[str, str]]:
    """The words of a person's name without titles: as they are spelled, and as they are drawn."""
    both = ((_spelled(each), _drawn(_plain(each))) for each in _WORDS.findall(person))
    return [each for each in both if each[1] and each[1] not in _titles()]


def _spelled(name: str) -> str:
    """In lower case and without accents, but with its own letters."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(each for each in letters if unicodedata.category(each) != "Mn").strip()


@remembered(4096, longest=200)
def _bare_words(name: str) -> tuple[str, ...]:
    """Its words as they are drawn, without titles."""
    drawn = map(_drawn, _WORDS.findall(_plain(name)))
    return tuple(word for word in drawn if word and word not in _titles())


@remembered(4096, longest=200)
def _claims(name: str) -> tuple[str, ...]:
    """The words that say who it is: each once, without numbers at their ends and what adorns them."""
    plain = _plain(_OWNED.sub("", name))
    words = (_drawn(_NUMBER.sub("", each)) for each in _WORDS.findall(plain))
    idle = _titles() | _adorning()
    return tuple(dict.fromkeys(word for word in words if word and word not in idle))


def _has_link(name: str) -> bool:
    return not _adorning().isdisjoint(map(_drawn, _WORDS.findall(_plain(name))))


@remembered(4096, longest=200)
def is_title(name: str) -> bool:
    """Whether a name claims a title: “Admin”, “M0derator”, “The Admin-Team 2”, “Anna (Mod)”."""
    if not _always().isdisjoint(map(_drawn, _WORDS.findall(_plain(name)))):
        return True
    return any(
        _only_titles().fullmatch(_drawn(re.sub(r"(?<![\W\d_])[\W\d_]+$", "", _plain(each))))
        for each in (name, _ANY_SIGN.sub(_letter, name))
    )


def _letter(sign: re.Match[str]) -> str:
    return sign[0].translate(_SAME)


def _drawn_words(words: str) -> list[str]:
    return [_drawn(_plain(each)) for each in words.split()]


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return frozenset(_drawn_words(f"{_ROLES} {_BESIDE}"))


@lru_cache(maxsize=1)
def _always() -> frozenset[str]:
    return frozenset(_drawn_words(_ALWAYS))


@lru_cache(maxsize=1)
def _adorning() -> frozenset[str]:
    return frozenset(_drawn_words(_ADORNING))


@lru_cache(maxsize=1)
def _only_titles() -> re.Pattern[str]:
    roles, beside = (
        "|".join(map(re.escape, _drawn_words(words))) for words in (_ROLES, _BESIDE_A_ROLE)
    )
    return re.compile(f"(?:{beside}){{0,2}}(?:{roles})(?:{beside}|{roles}){{0,2}}")


def _plain(name: str) -> str:
    """In lower case without accents. Signs that stand for letters become letters."""
    letters = unicodedata.normalize("NFKD", name.translate(_looks()))
    kept = [
        each for each in letters if each not in BLANK and unicodedata.category(each) not in _UNSEEN
    ]
    plain = "".join(kept).translate(_looks()).casefold().translate(_looks()).casefold()
    return _SIGN.sub(_letter, plain)


def _drawn(text: str) -> str:
    shown = "".join(each for each in text if unicodedata.category(each).startswith(_SHOWN))
    shown = shown.translate(_SAME)
    for pair, one in _PAIRS:
        shown = shown.replace(pair, one)
    return shown


# Letters that neither table covers, each followed by the Latin letter it looks like.
_MORE = (
    "ղnդnըnրnիhմuնuտmւiլlթpժdեtբrչzվuՆuՄuԼlՎuԻhԵtსbხbიnᎾoᏅo"
    "ⲁaⲀaⲃbⲂbⲉeⲈeⲏhⲓiⲕkⲙmⲛnⲡnⲧtⲩyшwщwяrцuђhґrҟkҡkҏp"
    "ɒaɕcɖdɘeɚeɜeɝeɞeɤyɦhɧhɫlɬlɮlɰmɳnɷwɺrɻrɼrɽrɿrʁrʄfʆlʊuʐzʑzʒzʓzʗcʘoʛgʝjʠqʮhʯh"
    "ᴃbᴆdᴈeᴌlᴎnᴐcᴓoᴗuᴙrᴚrᴝuᴞuᴟmᴣzᴦrᴨnᴩp"
)


@lru_cache(maxsize=1)
def _looks() -> dict[int, str]:
    """Look-alike letters -> Latin letters, from Unicode's confusables table and the tables that
    undo disguised insults. Read at the first lookup; most of it is not kept."""
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    known = dict(zip(_MORE[::2], _MORE[1::2], strict=True)) | {
        letter: plain for letter, plain in (LATIN | LOOKALIKES).items() if plain
    }
    through: dict[str, str] = {}  # looks like a letter that looks like a Latin one
    found: dict[str, str] = {}
    for letter, others in table.items():
        if len(letter) > 1 or letter.isascii():
            continue
        for each in others:
            like = each["c"].strip("\u200e")
            if like.isascii() and like.isalnum():
                found.setdefault(letter, like)
            elif like in known:
                through.setdefault(letter, known[like])
    return {ord(letter): plain for letter, plain in (through | found | known).items()}
