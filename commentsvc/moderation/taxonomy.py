"""The categories of the Digital Services Act, and those that our reasons belong to.

Codes, labels and their order are those of Annex I, Part 2, of Implementing Regulation (EU)
2024/2835 (https://eur-lex.europa.eu/eli/reg_impl/2024/2835/oj, file `2_categories_names.csv`); the
Transparency Database uses the same codes
(https://transparency.dsa.ec.europa.eu/page/api-documentation, `category` and
`category_specification`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..core.errors import Invalid
from .judging.own import find as find_own
from .judging.reasons import REASONS, title

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "2024/2835"
OTHER = "KEYWORD_OTHER"
NOT_SPECIFIED_ORDER = "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"
NOT_SPECIFIED_NOTICE = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"
OTHER_TERMS = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
_ELSE = "Not captured by any other sub-category"


@dataclass(frozen=True)
class Category:
    """One category: its code, its label in English, and its keywords (code -> label), `OTHER` last."""

    code: str
    label: str
    keywords: Mapping[str, str]


def _category(name: str, label: str, **keywords: str) -> Category:
    found = {f"KEYWORD_{key}": said for key, said in keywords.items()}
    code = f"STATEMENT_CATEGORY_{name}"
    return Category(code, label, MappingProxyType({**found, OTHER: _ELSE} if found else {}))


_INTIMATE = "(excluding content depicting minors)"
CATEGORIES: tuple[Category, ...] = (
    _category(
        "ANIMAL_WELFARE",
        "Animal welfare",
        ANIMAL_HARM="Animal harm",
        UNLAWFUL_SALE_ANIMALS="Unlawful sale of animals",
    ),
    _category(
        "CONSUMER_INFORMATION",
        "Consumer information infringements",
        HIDDEN_ADVERTISEMENT="Hidden advertisement or commercial communication, including by influencers",
        INSUFFICIENT_INFORMATION_ON_TRADERS="Insufficient information on traders",
        MISLEADING_INFO_GOODS_SERVICES="Misleading information about the characteristics of the goods"
        " and services",
        MISLEADING_INFO_CONSUMER_RIGHTS="Misleading information about the consumer’s rights",
        NONCOMPLIANCE_PRICING="Non-compliance with pricing regulations",
    ),
    _category(
        "CYBER_VIOLENCE",
        "Cyber violence",
        CYBER_BULLYING_INTIMIDATION="Cyber bullying and intimidation",
        CYBER_HARASSMENT="Cyber harassment",
        CYBER_INCITEMENT="Cyber incitement to hatred or violence",
        CYBER_STALKING="Cyber stalking",
        NON_CONSENSUAL_IMAGE_SHARING="Non-consensual (intimate) material sharing, including"
        f" (image-based) sexual abuse {_INTIMATE}",
        NON_CONSENSUAL_MATERIAL_DEEPFAKE="Non-consensual sharing of material containing deepfake or"
        f" similar technology using a third party's features {_INTIMATE}",
    ),
    _category(
        "CYBER_VIOLENCE_AGAINST_WOMEN",
        "Cyber violence against women",
        BULLYING_AGAINST_GIRLS="Cyber bullying and intimidation against girls",
        CYBER_HARASSMENT_AGAINST_WOMEN="Cyber harassment against women",
        CYBER_STALKING_AGAINST_WOMEN="Cyber stalking against women",
        FEMALE_GENDERED_DISINFORMATION="Gendered disinformation",
        INCITEMENT_AGAINST_WOMEN="Illegal incitement to violence and hatred against women",
        NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN="Non-consensual (intimate) material sharing against"
        f" women, including (image-based) sexual abuse against women {_INTIMATE}",
        NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN="Non-consensual sharing of material containing"
        f" deepfake or similar technology using a third party's features against women {_INTIMATE}",
    ),
    _category(
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        "Data protection and privacy violations",
        BIOMETRIC_DATA_BREACH="Biometric data breach",
        DATA_FALSIFICATION="Data falsification",
        MISSING_PROCESSING_GROUND="Missing processing ground for data",
        RIGHT_TO_BE_FORGOTTEN="Right to be forgotten",
    ),
    _category(
        "ILLEGAL_OR_HARMFUL_SPEECH",
        "Illegal or harmful speech",
        DEFAMATION="Defamation",
        DISCRIMINATION="Discrimination",
        HATE_SPEECH="Illegal incitement to violence and hatred based on protected characteristics"
        " (hate speech)",
    ),
    _category(
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "Intellectual property infringements",
        COPYRIGHT_INFRINGEMENT="Copyright infringements",
        DESIGN_INFRINGEMENT="Design infringements",
        GEOGRAPHIC_INDICATIONS_INFRINGEMENT="Geographical indications infringements",
        PATENT_INFRINGEMENT="Patent infringements",
        TRADE_SECRET_INFRINGEMENT="Trade secret infringements",
        TRADEMARK_INFRINGEMENT="Trademark infringements",
    ),
    _category(
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "Negative effects on civic discourse or elections",
        MISINFORMATION_DISINFORMATION="Misinformation, disinformation, foreign information manipulation"
        " and interference",
        VIOLATION_EU_LAW="Violation of EU law relevant to civic discourse or elections",
        VIOLATION_NATIONAL_LAW="Violation of national law relevant to civic discourse or elections",
    ),
    _category(
        "PROTECTION_OF_MINORS",
        "Protection of minors",
        AGE_SPECIFIC_RESTRICTIONS_MINORS="Age-specific restrictions concerning minors",
        CHILD_SEXUAL_ABUSE_MATERIAL="Child sexual abuse material",
        CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE="Child sexual abuse material containing deepfake or"
        " similar technology",
        GROOMING_SEXUAL_ENTICEMENT_MINORS="Grooming/sexual enticement of minors",
        UNSAFE_CHALLENGES="Unsafe challenges",
    ),
    _category(
        "RISK_FOR_PUBLIC_SECURITY",
        "Risk for public security",
        ILLEGAL_ORGANIZATIONS="Illegal organizations",
        RISK_ENVIRONMENTAL_DAMAGE="Risk for environmental damage",
        RISK_PUBLIC_HEALTH="Risk for public health",
        TERRORIST_CONTENT="Terrorist content",
    ),
    _category(
        "SCAMS_AND_FRAUD",
        "Scams and/or fraud",
        IMPERSONATION_ACCOUNT_HIJACKING="Impersonation or account hijacking",
        INAUTHENTIC_ACCOUNTS="Inauthentic accounts",
        INAUTHENTIC_LISTINGS="Inauthentic listings",
        INAUTHENTIC_USER_REVIEWS="Inauthentic user reviews",
        PHISHING="Phishing",
        PYRAMID_SCHEMES="Pyramid schemes",
    ),
    _category(
        "SELF_HARM",
        "Self-harm",
        CONTENT_PROMOTING_EATING_DISORDERS="Content promoting eating disorders",
        SELF_MUTILATION="Self-mutilation",
        SUICIDE="Suicide",
    ),
    _category(
        "UNSAFE_AND_PROHIBITED_PRODUCTS",
        "Unsafe, non-compliant or prohibited products",
        PROHIBITED_PRODUCTS="Prohibited or restricted products",
        UNSAFE_PRODUCTS="Unsafe or non-compliant products",
    ),
    _category(
        "VIOLENCE",
        "Violence",
        COORDINATED_HARM="Coordinated harm",
        INCITEMENT_VIOLENCE_HATRED="General calls or incitement to violence and/or hatred",
        HUMAN_EXPLOITATION="Human exploitation",
        HUMAN_TRAFFICKING="Human trafficking",
        TRAFFICKING_WOMEN_GIRLS="Trafficking in women and girls",
    ),
    _category(
        "OTHER_VIOLATION_TC",
        "Other violation of provider’s terms and conditions",
        ADULT_SEXUAL_MATERIAL="Adult sexual material",
        AGE_SPECIFIC_RESTRICTIONS="Age-specific restrictions",
        GEOGRAPHICAL_REQUIREMENTS="Geographical requirements",
        GOODS_SERVICES_NOT_PERMITTED="Goods/services not permitted to be offered on the platform",
        LANGUAGE_REQUIREMENTS="Language requirements",
        NUDITY="Nudity",
    ),
    _category(
        "NOT_SPECIFIED_ORDER", "Type of illegal content not specified by the public authority"
    ),
    _category(
        "NOT_SPECIFIED_NOTICE", "Type of alleged illegal content not specified by the notifier"
    ),
)
#: The categories for the sender of a notice.
OF_NOTICES = tuple(
    each
    for each in CATEGORIES
    if each.code not in (OTHER_TERMS, NOT_SPECIFIED_ORDER, NOT_SPECIFIED_NOTICE)
)
BY_CODE: Mapping[str, Category] = MappingProxyType({each.code: each for each in CATEGORIES})


def kind_of_notice(chosen: str) -> tuple[str | None, str | None]:
    """Category and keyword of the chosen `CATEGORY` or `CATEGORY/KEYWORD`, given without the common
    prefixes; None for both if nothing is chosen. Raises `Invalid`."""
    if not chosen:
        return None, None
    category, _, keyword = chosen.partition("/")
    code, key = f"STATEMENT_CATEGORY_{category}", f"KEYWORD_{keyword}" if keyword else None
    found = next((each for each in OF_NOTICES if each.code == code), None)
    if found is None or (key is not None and key not in found.keywords):
        raise Invalid("invalid.category", field="kind")
    return code, key


@dataclass(frozen=True)
class Filed:
    """A category and keyword; `detail` says in English what `OTHER` stands for, or is empty."""

    category: str
    keyword: str
    detail: str = ""


def _filed(category: str, keyword: str, *reasons: str) -> dict[str, Filed]:
    filed = Filed(f"STATEMENT_CATEGORY_{category}", f"KEYWORD_{keyword}")
    return dict.fromkeys(reasons, filed)


_FILED: Mapping[str, Filed] = MappingProxyType(
    _filed("CYBER_VIOLENCE", "CYBER_HARASSMENT", "abusive", "harassment")
    | _filed("CYBER_VIOLENCE", "CYBER_BULLYING_INTIMIDATION", "threat", "threats")
    | _filed("ILLEGAL_OR_HARMFUL_SPEECH", "HATE_SPEECH", "hate", "identity_attack", "dehumanizing")
    | _filed(
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "MISINFORMATION_DISINFORMATION",
        "misinformation",
    )
    | _filed("SELF_HARM", "SUICIDE", "care", "self_harm", "self_harm_urged")
)
_NAMED_ONLY = {
    "illegal": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "private_data": "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
}


def logged(reason: str | None) -> dict[str, Any]:
    """What the public log adds to the code of a site's own reason, whose words may change; nothing
    for a built-in one."""
    own = find_own(reason or "")
    return {"filed": [own.category, own.title_in("en")]} if own else {}


def filed_in(data: Mapping[str, Any]) -> Filed:
    """The category of a row of the public log."""
    own = data.get("filed")
    return Filed(own[0], OTHER, own[1]) if own else filed(data["reason"])


def filed(reason: str | None) -> Filed:
    """The category for this reason. Unknown codes, as in imports, count as “other”."""
    if own := find_own(reason or ""):
        return Filed(own.category, OTHER, own.title_in("en"))
    code = reason if reason is not None and reason in REASONS else "other"
    return _FILED.get(code) or Filed(_NAMED_ONLY.get(code, OTHER_TERMS), OTHER, title(code, "en"))
