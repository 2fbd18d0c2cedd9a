"""Self-harm: disclosed by the writer, or urged on somebody else. Finders yield the kind (the
language), the span, and whether it is quoted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .stream import find, stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span
    from .stream import Hit, Stream

_WAS = re.compile(
    r"\b(?:was|were|had|felt|wanted|wished|thought|planned|used"
    r"|war|wollte|hatte|dachte|etais|voulais|pensais|avais|queria|quise|estaba|era|pensaba|pense"
    r"|volevo|ero|avevo|pensavo|wilde|dacht|estava|pensava|chcial\w*|bylem|bylam|myslal\w*"
    r"|хотела?|думала?|была?|istiyordum|istedim)\b"
)
_DID = re.compile(
    r"\b(?:tried|attempted|survived|cut|versucht|geritzt|verletzt|essaye|tente|intente"
    r"|pensato|tentato|provato|tentei|пыталась|пытался)\b"
)
_LONG_AGO = re.compile(
    r"\b(?:(?:years|decades) ago|long ago|back (?:then|in (?:19|20)\d\d)|in (?:19\d\d|20[01]\d)"
    r"|(?:as|when i was) an? (?:\w+ )?(?:teen\w*|kid|child|boy|girl|student)"
    r"|when i was (?:\w+ )?(?:young\w*|little|1\d|2\d)"
    r"|vor (?:\w+ )?(?:\w+ )?(?:jahren|jahrzehnten)|damals|fruher|als (?:kind|jugendliche[rs]?|teenager"
    r"|student\w*)"
    r"|il y a (?:\w+ )?(?:\w+ )?ans|a lepoque|quand jetais (?:jeune|enfant|ado)"
    r"|hace (?:\w+ )?(?:\w+ )?anos|cuando era (?:joven|nin[oa])"
    r"|(?:\w+ )anni fa|da (?:ragazz[oa]|giovane|bambin[oa])|jaar geleden|vroeger|toen ik (?:jong|kind)"
    r"|lat temu|(?:лет|года) назад"
    r"|(?:\w+ )anos atras|ha (?:\w+ )?anos|quando eu era|yil once)\b"
)
_SAVED = re.compile(
    r"\b(?:saved (?:me|my life)|i (?:got|am|feel) better|i (?:have )?recovered|therapy (?:saved"
    r"|helped)|glad (?:i|to) (?:am|be|lived|survived|didnt|failed)"
    r"|(?:mir|mich) (?:damals )?(?:geholfen|gerettet)|ma (?:sauvee?|aidee?)|mont (?:sauvee?|aidee?)"
    r"|me (?:salvo|salvaron|ayudo|ayudaron)"
    r"|mi (?:ha|hanno) (?:salvat[oa]|aiutat[oa])|me (?:gered|geholpen)|me (?:salvou|salvaram"
    r"|ajudou)|спас(?:ли|ла)? меня|меня спас(?:ли|ла)?)\b"
)
_STILL = re.compile(
    r"\b(?:still|again|anymore|tonight|today i|now i (?:want|cant|am going)|even now|should have"
    r"|i wish|wunscht\w*|ojala|vorrei"
    r"|immer noch|wieder|jetzt will"
    r"|heute (?:will|nacht)|encore|toujours|de nouveau|todavia|sigo|otra vez|ancora|di nuovo"
    r"|nog steeds|weer|ainda|de novo|nadal|znowu"
    r"|снова|опять|до сих пор|hala|yine|last (?:night|week)|yesterday)\b"
)

#: “Nobody would notice”, which does not say whom it is about.
_MISSED = re.compile(
    r"(?:nobody|no ?one|no body|not a soul|not one person|none of us|niemand|keiner|kein (?:mensch|schwein)"
    r"|nadie|personne|nul|nessuno|ninguem|никто|kimse|nikt|geen mens)\b"
)
_YOU = re.compile(
    r"\b(?:you|u|ya|your|ur|youre|youd|youll|yours|yourself|du|dich|dir|dein\w*|te|tu|ti|ta|tes|toi|tua"
    r"|manqueras|voce|sua|ты|тебя|тебе|тобой|sen|seni|toba|cie|tobie|je|jou|jij)\b"
)
_YOU_EN = re.compile(r"\b(?:you|u|ya|your|ur|youre|youd|youll|yours|yourself)\b")
_I = re.compile(r"\b(?:i|im|ive|id|ill|me|my|myself)\b")


def disclosed(stream: Stream) -> Iterator[tuple[str, Span, bool]]:
    """Where the writer says that they want to die or hurt themselves, unless it is long past."""
    for hit in find(stream, "self_harm"):
        if not hit.quoted and not _is_past(hit):
            yield hit.kind, hit.place, False


def urged(stream: Stream) -> Iterator[tuple[str, Span, bool]]:
    """Where somebody is urged to kill or hurt themselves."""
    for hit in find(stream, "self_harm_urged"):
        if not _MISSED.match(hit.said) or _is_told_to_you(hit, stream):
            yield hit.kind, hit.place, hit.quoted


def _is_told_to_you(hit: Hit, stream: Stream) -> bool:
    """Whether “nobody would notice” is said to somebody: in despair people say it of themselves."""
    if _YOU.search(hit.said):
        return True
    # an undisguised reading finds only what is new in it
    plainly = stream_of(stream.source) if stream.new else stream
    if any(disclosed(plainly)) or any(disclosed(stream)):
        return False
    if hit.kind != "en" or _YOU_EN.search(hit.sentence):
        return True
    return bool(_YOU_EN.search(hit.around)) and not _I.search(hit.sentence)


def _is_past(hit: Hit) -> bool:
    """Whether the writer looks back: it was years ago, or they were saved, and it is over."""
    was = _WAS.search(hit.said)
    if not (was or _DID.search(hit.said)) or _STILL.search(hit.around):
        return False
    return bool(_LONG_AGO.search(hit.sentence) or (was and _SAVED.search(hit.around)))
