"""What each language translates and lacks.

`python scripts/words.py` lists all languages, and with `--docs` writes that list into docs/languages.md.
`python scripts/words.py pl` lists what Polish lacks (without what only staff would read, unless it has a
dashboard.json) and what is wrong in it; `--fix` puts its files in the order of the English ones.

A missing phrase is shown in the nearest language that has it. So a language may start with the
phrases that readers see.
"""

from __future__ import annotations

import json
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from babel import Locale

from commentsvc.core import locale as ours
from commentsvc.core.locale import DEFAULT, available, language_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Catalogue = dict[str, str]

DOCS = Path(__file__).resolve().parent.parent / "docs" / "languages.md"

#: The phrases of each part of the service: surface -> which of its keys. `dashboard` is the rest.
PARTS = {
    "box": {"loader": "", "widget": "", "frame": r"(?!staff\.|menu\.moderate)", "problems": ""},
    "sign-in": {
        "account": r"(?!keys|no_role|invitation|decide|emails\.queue|home\.dashboard)",
        "security": "",
    },
    "emails": {"emails": r"(?!queue|subject\.queue|subject\.invitation|invitation|off\.queue)"},
    "reasons": {"reasons": r"title|author|found|before|private",
        "names": r"status|role|rhythm|(text|reaction)\."},
    "errors": {
        "errors": r"(?!already_|bad_request\.|broken_file|changed|conflict\.(?!account)|idempotency"
        r"|invalid\.(address|alias|backup|badge|ban|call|canned|choose|client|color|cursor|date|days|facebook|file"
        r"|filter|format|hours|idem|issuer|keys|label|length|limit|line|list|map|merge|no_file|no_keys|no_pages|nothing"
        r"|null|number|on_off|origin|out_of|pairs|pattern|period|policy|record|report_file|rule|scope|search|secret"
        r"|scores|section|share|short|site_|status|time_zone|too_many|twice|type|unknown|until|whole)|may_not_(add|close"
        r"|export|manage|mod|sanct|see|set)|method|newer|not_acceptable|not_allowed\.(roles|invit)"
        r"|not_found\.(action|article|bulk|canned|change|decision|deliv|figures|file|filter|format|gone|import|invit"
        r"|kept|key|language|move|network|old|person|rule|second|section|site_l|text|undo|webhook)"
        r"|not_(published|undoable)|nothing_to_undo|own_(account|decision)|refused|staff"
        r"|unavailable\.(database_|import|no_room|scorer|sealed)|unknown_(rep|sch)|wrong_scope|wrong_type|wrong_site_token\.|acknowledge_first\.m)"
    },
    "notices": {"notice": "", "public": ""},
}  # fmt: skip

#: Phrases that may equal the English: international words, and phrases without words.
INTERNATIONAL = frozenset(
    (
        "Blog",
        "Phishing",
        "Emoji",
        "Spam",
        *("Link", "Links"),
        *("Tag", "Tags"),
        "Hash",
        "Webhooks",
        "Kappa",
        "Disqus",
        "WordPress (WXR)",
        "Facebook Graph (JSON)",
    )
)
#: Other phrases that a language has in common with English.
IN_COMMON = {
    "de": ("App", "Code", "Fairness", "Filter", "Format", "Name", "Passkey", "Passkeys", "Person", "Status"),
    "es": ("roles",),
    "fr": (
        *("Action", "Article", "Auto", "Badges", "Conversation", "Conversations", "Export", "Format"),
        *("Code", "Invitations", "Notifications", "action", "Page", "Sanctions", "Secret", "Site", "Sites"),
        *("conversations", "minutes"),
        *("sanctions", "suicide", "Discrimination", "Suicide", "Violence"),
    ),
    "id": ("Edit", "Email", "Status", "moderator"),
    "it": ("App", "Email", "File", "Passkey", "Password", "Provider"),
    "da": ("Download", "Misinformation", "Person", "Stalking", "Status", "moderator"),
    "nl": (
        *("Badges", "Code", "Conflict", "Curve", "Label", "Model", "Moderator", "Passkey", "Passkeys"),
        *("App", "Compact", "Provider", "Site", "Sites", "Status", "compact", "links", "moderator", "open"),
    ),
    "no": ("Person", "Status", "moderator"),
    "pl": ("moderator",),
    "ro": ("Conflict", "Toxic", "moderator"),
    "sv": ("Passkey", "Passkeys", "Person", "Status", "moderator"),
    "vi": ("Email",),
}  # fmt: skip
#: Opening and closing quotation marks. Languages not listed use the English ones.
QUOTES = {
    "ar": "«»", "cs": "„“", "da": "»«", "de": "„“", "el": "«»", "es": "«»", "fa": "«»", "fi": "””",
    "fr": "«»", "he": "”“", "hu": "„”", "it": "«»", "ja": "「」", "no": "«»", "pl": "„”", "pt": "«»",
    "pt_BR": "“”", "ro": "„”", "ru": "«»", "sv": "””", "uk": "«»", "zh_TW": "「」",
}  # fmt: skip
_MARKS = '“”„«»‹›「」『』"'

#: Phrases on buttons: longer ones break lines on a phone.
BUTTONS = re.compile(
    r"loader\.(retry|open)|widget\.(reply|like|report|more|retry|pop\.(sign_in|register|send_code))"
    r"|frame\.(edit|sign_in|sign_out|writing\.(post|post_reply|save|cancel|preview|again)|landing\.undo"
    r"|menu\.(copy|share|quote|report|withdraw)|staff\.(approve|reject|keep|undo)|panels\.(keep|report_send)|mine\.(appeal_send|muted_show|muted_hide|unmute)|checking\.(write_on|nudge_post))"
    r"|account\.\w+\.submit"
)

#: Button phrases that are too long in a language, but were reviewed.
LONG = frozenset((("de", "frame.mine.unmute"),))

_HOLE = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")
# vi has no plural in the current CLDR, which Babel does not know yet.
_NO_PLURAL = frozenset(("vi",))


class Fault(NamedTuple):
    """One error in a phrase of a language."""

    locale: str
    key: str
    what: str


def catalogue(locale: str) -> Catalogue:
    """`surface.key` -> text, from the language's own files."""
    files = sorted((ours.FOLDER / locale).glob("*.json"))
    return {
        f"{path.stem}.{key}": text
        for path in files
        for key, text in json.loads(path.read_text("utf-8")).items()
    }


def base(locale: str) -> str | None:
    """The language from which this one only differs: `pt` for `pt_BR`, `de` for `de_x_du`."""
    name = locale.partition("_")[0]
    return name if name != locale and name in available() else None


def said(locale: str) -> Catalogue:
    """All phrases of a language, including those of its base language."""
    under = base(locale)
    return {**(catalogue(under) if under else {}), **catalogue(locale)}


def part_of(key: str) -> str:
    """The part of the service that uses this phrase."""
    surface, _, name = key.partition(".")
    for part, surfaces in PARTS.items():
        if surface in surfaces and re.match(surfaces[surface], name):
            return part
    return "dashboard"


def lacking(locale: str) -> Catalogue:
    """Key -> English phrase, for phrases that this language lacks."""
    own = said(locale)
    return {key: text for key, text in catalogue(DEFAULT).items() if key not in own}


def shares(locale: str) -> dict[str, float]:
    """Part -> the share of its phrases that the language has, from 0 to 1."""
    english, own = catalogue(DEFAULT), said(locale)
    keys = {
        part: [key for key in english if part_of(key) == part] for part in (*PARTS, "dashboard")
    }
    return {part: sum(key in own for key in of) / len(of) for part, of in keys.items()}


def faults(locale: str) -> list[Fault]:
    """The errors in the language's own files."""
    english = catalogue(DEFAULT)
    return [
        Fault(locale, key, what)
        for key, text in catalogue(locale).items()
        for what in _wrong(locale, key, text, english)
    ]


def _wrong(locale: str, key: str, text: str, english: Mapping[str, str]) -> Iterator[str]:
    if key not in english:
        yield "English has no such key"
        return
    if holes(text) != holes(english[key]):
        yield f"values differ from the English: {sorted(holes(english[key]))}"
    if re.search(r"[{}]", _HOLE.sub("", text)) or not text.strip() or text != text.strip():
        yield "braces are not balanced, or the text is empty, or it starts or ends with a space"
    yield from _plural_faults(locale, text)
    yield from _quote_faults(locale, text)
    if locale != DEFAULT and _is_untranslated(locale, text, english[key]):
        yield "is still in English"
    most = 1.8 * len(english[key]) + 8  # a short word may be a few characters longer
    if BUTTONS.fullmatch(key) and len(text) > most and (locale, key) not in LONG:
        yield f"is too long for a button: “{text}” for “{english[key]}”"


def holes(text: str) -> set[str]:
    """The names of the placeholders in a text."""
    return {found[1] for found in _HOLE.finditer(text)}


@lru_cache(maxsize=64)
def categories(locale: str) -> dict[str, list[int]]:
    """The plural forms of this language, by CLDR, and the whole numbers up to 1000 for each."""
    form = Locale.parse(locale.partition("_x_")[0]).plural_form
    names = set() if locale in _NO_PLURAL else form.tags
    found: dict[str, list[int]] = {name: [] for name in sorted({*names, "other"})}
    for n in range(1, 1001):
        found[form(n) if names else "other"].append(n)
    return found


def _plural_faults(locale: str, text: str) -> Iterator[str]:
    needed = categories(locale)
    for hole in _HOLE.finditer(text):
        if hole[2] is None:
            continue
        forms = dict(re.findall(r"(?:^|\|)(=?\w+)=([^|]*)", hole[2]))
        named = {name for name in forms if not name.startswith("=")}
        if named != needed.keys():
            yield f"needs the plural forms {sorted(needed)}, has {sorted(named)}"
        numbered = "#" in forms.get("other", "")
        for name in named & needed.keys():
            if numbered and "#" not in forms[name] and len(needed[name]) > 1:
                yield f"“{name}” also stands for {needed[name][1]}, so it needs a #"


def _quote_faults(locale: str, text: str) -> Iterator[str]:
    plain = locale.partition("_x_")[0]
    pair = QUOTES.get(plain) or QUOTES.get(plain.partition("_")[0], "“”")
    found = [each for each in _HOLE.sub("", text) if each in _MARKS]
    if found != list(pair) * (len(found) // 2):
        yield f"quotations are written {pair[0]}…{pair[1]}, in pairs"
    if re.search(r"\w'\w", text):
        yield "the apostrophe is ’"
    if plain == "fr" and re.search(r" [:;?»]| !(?!important)|« ", text):
        yield "a narrow no-break space stands inside « » and before : ; ? !"


def _is_untranslated(locale: str, text: str, english: str) -> bool:
    if text != english or base(locale) or text in INTERNATIONAL:
        return False
    words = re.sub(r"[{}#|=]|\b(one|other)=", " ", _HOLE.sub(" ", text))
    return bool(re.search(r"[A-Za-z]{3}", words)) and text not in IN_COMMON.get(locale, ())


def fix(locale: str) -> None:
    """Write a language's files in the order of the English ones, without phrases equal
    to its base's."""
    under = base(locale)
    same = catalogue(under) if under else {}
    for path in sorted((ours.FOLDER / locale).glob("*.json")):
        english = json.loads((ours.FOLDER / DEFAULT / path.name).read_text("utf-8"))
        own = json.loads(path.read_text("utf-8"))
        order = {key: place for place, key in enumerate(english)}
        kept = {
            key: own[key]
            for key in sorted(own, key=lambda key: order.get(key, len(order)))
            if same.get(f"{path.stem}.{key}") != own[key]
        }
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", "utf-8")


def table() -> str:
    """All languages and their share of each part, as in docs/languages.md."""
    rows = [
        f"| language | code | phrases | {' | '.join([*PARTS, 'dashboard'])} |",
        "|---|---|--:" + "|--:" * (len(PARTS) + 1) + "|",
    ]
    for locale in available():
        found = " | ".join(_share(share) for share in shares(locale).values())
        count = f"{len(said(locale)):,}"
        rows.append(f"| {language_name(locale)} | `{locale}` | {count} | {found} |")
    return "\n".join(rows)


def write_table() -> None:
    """Write the current table to docs/languages.md."""
    text = DOCS.read_text("utf-8")
    DOCS.write_text(
        re.sub(r"(?:^\|.*\n)+", table() + "\n", text, count=1, flags=re.MULTILINE), "utf-8"
    )


def _share(share: float) -> str:
    return "all" if share == 1 else f"{int(share * 100)}%" if share else "–"


def main(*arguments: str) -> int:
    """0 if nothing is wrong."""
    if not arguments:
        print(table())
    if arguments == ("--docs",):
        write_table()
        return 0
    wrong: list[Fault] = []
    for locale in (each for each in arguments if each != "--fix"):
        if "--fix" in arguments:
            fix(locale)
        staff = (ours.FOLDER / locale / "dashboard.json").exists()
        for key, text in lacking(locale).items():
            if staff or part_of(key) != "dashboard":
                print(f"{locale} lacks {key} ({part_of(key)}): {text}")
        wrong += faults(locale)
        print(
            f"{locale}:", {part: f"{int(share * 100)}%" for part, share in shares(locale).items()}
        )
    for each in wrong:
        print(f"{each.locale} {each.key}: {each.what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
