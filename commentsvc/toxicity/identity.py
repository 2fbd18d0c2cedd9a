"""Names of groups of people, and texts in which one group is swapped for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def either(alternatives: str) -> tuple[str, ...]:
    """Words or sentences out of one text, separated by `|`."""
    return tuple(alternatives.split("|"))


PEOPLE = either(
    "women|men|girls|gay people|gays|lesbians|bisexuals|bisexual people|trans people|trans women|"
    "trans men|transgender people|queer people|lgbt people|lgbtq people|straight people|"
    "heterosexuals|homosexuals|nonbinary people|black people|blacks|white people|whites|"
    "asian people|asians|latinos|latinas|hispanics|african americans|mexicans|immigrants|migrants|"
    "refugees|asylum seekers|foreigners|muslims|jews|jewish people|christians|catholics|"
    "protestants|hindus|buddhists|sikhs|taoists|mormons|atheists|disabled people|"
    "people with disabilities|blind people|deaf people|paralyzed people|autistic people|"
    "mentally ill people|wheelchair users|old people|young people|elderly people|teenagers|"
    "millennials|middle aged people|americans|canadians|europeans|chinese people|japanese people|"
    "koreans|indians|pakistanis|arabs|turks|africans|middle eastern people|roma people|poor people|"
    "homeless people|females|males|native americans|indigenous people|poles|russians|ukrainians"
)
ADJECTIVES = either(
    "gay|lesbian|bisexual|transgender|trans|queer|lgbt|lgbtq|straight|homosexual|heterosexual|"
    "nonbinary|non-binary|black|white|asian|latino|latina|latinx|hispanic|african american|african|"
    "mexican|muslim|jewish|christian|catholic|protestant|hindu|buddhist|sikh|taoist|mormon|atheist|"
    "disabled|blind|deaf|paralyzed|autistic|old|older|young|younger|elderly|teenage|millenial|"
    "millennial|middle aged|middle-aged|american|canadian|european|chinese|japanese|korean|indian|"
    "arab|turkish|middle eastern|male|female|immigrant|refugee|homeless|foreign|indigenous"
)
ONE = either(
    "woman|man|gay man|gay person|lesbian|bisexual|trans person|trans woman|trans man|queer person|"
    "transgender person|straight man|homosexual|black person|black man|black woman|white person|"
    "asian|asian woman|latino|latina|mexican|immigrant|migrant|refugee|foreigner|muslim|jew|"
    "jewish person|christian|catholic|protestant|hindu|buddhist|sikh|mormon|atheist|"
    "disabled person|disabled woman|blind man|deaf person|autistic person|wheelchair user|"
    "old woman|old man|teenager|young man|pensioner|american|canadian|european|chinese person|"
    "japanese woman|korean|indian|pakistani|arab|turk|african|african american|homeless person|"
    "nonbinary person|native american|girl|boy|pole|russian|mexican woman|muslim woman|black jew"
)
WORDS = frozenset(word for name in PEOPLE + ADJECTIVES + ONE for word in name.split())
"""The words that groups are named by."""


def swapped(text: str, pick: random.Random) -> str | None:
    """The text with the group it names swapped for another, or None if it names none."""
    lowered = text.lower()
    for words in (PEOPLE, ONE, ADJECTIVES):
        present = [w for w in words if f" {w} " in f" {lowered} " and len(w) > 2]
        if present:
            old, new = max(present, key=len), pick.choice(words)
            at = f" {lowered} ".index(f" {old} ")
            return text[:at] + new + text[at + len(old) :]
    return None
