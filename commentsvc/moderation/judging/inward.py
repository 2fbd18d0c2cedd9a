"""Violence against the writer alone: despair or an idiom, but never a threat. Pure."""

from __future__ import annotations

import re

#: Labels whose score mistakes it for a threat.
INWARD = ("threat",)

# Done to the writer, or dying, which is done to nobody.
_INWARD = re.compile(
    r"\b(?:kill|hurt|harm|shoot|hang|drown|stab|cut|strangle|choke|slap|punch|kick|hit|beat|burn"
    r"|poison|murder"
    r"|off)(?:ing|ed)? (?:myself|ourselves)\b"
    r"|\b(?:shoot|kill|bury|slap|hang) me\b|\b(?:end|ending|take|taking) (?:my (?:own )?life|it all)\b"
    r"|\b(?:I|me)(?:['\u2019](?:m|d|ll))?(?: (?:want|wanted|wanna|wish|would|could|have|had|just"
    r"|really|nearly"
    r"|almost|rather|will|thought|am|going|gonna|so|feel|felt|like|was|were|I|might|may|should|must"
    r"|literally"
    r"|honestly|about|to))* (?:die|died|dead|dying)\b"
    r"|\b(?:mich|mir)(?: \w+){0,3} (?:umbringen|erschie\u00dfen|aufh\u00e4ngen|t\u00f6ten"
    r"|das leben nehmen)\b"
    r"|\b(?:bringe?|h\u00e4nge?|erschie\u00dfe?) (?:ich )?mich\b(?: (?:\w+ ){0,2}(?:um|auf)\b)?"
    r"|\bich (?:(?:will|wollte|m\u00f6chte|k\u00f6nnte|werde|w\u00fcrde|bin|w\u00e4re|jetzt|nur"
    r"|einfach|fast|gleich"
    r"|lieber|vor|\w*scham|lachen|langeweile) )+(?:sterben|tot|gestorben)\b"
    r"|\bme (?:tuer|suicider|pendre|flinguer|noyer)\b|\bje me (?:tue|suicide|pends|flingue)\b"
    r"|\b(?:matar|suicidar|ahorcar|morir)me\b|\bme (?:mato|suicido|ahorco|quiero morir|muero)\b"
    r"|\b(?:ammazzar|uccider|suicidar|impiccar|sparar)mi\b|\bmi (?:ammazzo|uccido|sparo|impicco)\b"
    r"|\bme (?:matar|suicidar|enforcar)\b|\bmezelf (?:van kant|ophangen|doden)\b",
    re.IGNORECASE,
)
# Remaining violence, or a possible target.
_OUTWARD = re.compile(
    r"\b(?:(?:kill|murder|shoot|stab|hang|lynch|behead|burn|bomb|blow|beat|punch|smash|break|hurt"
    r"|harm|attack"
    r"|strangle|choke|drown|poison|slaughter|destroy)(?:s|ing|ed)?|rap(?:e|ed|es|ing)|execut(?:e|ed"
    r"|es|ing)"
    r"|shot|hung|guns?|knife|gas|revenge|die|dies|dead|death|blood|fire|with me"
    r"|everyone|everybody|them|you|your|u|ur|him|her|his"
    r"|umbringen|t\u00f6ten?|t\u00f6te|erschie\u00df\w*|stech\w*|verbrenn\w*|dich|euch|dir|ihn|alle"
    r"|mitnehmen?|sterbt|stirb|stirbst"
    r"|tuer|buter|tue|te|vous|matar|mato|os|todos|ammazz\w+|uccid\w+|ti|vi|tutti)\b",
    re.IGNORECASE,
)


def inward(text: str) -> bool:
    """Whether the only violence in a text is against its writer."""
    rest, found = _INWARD.subn(" ", text)
    return found > 0 and _OUTWARD.search(rest) is None
