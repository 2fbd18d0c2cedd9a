"""The columns and rows of the Commission's templates, word for word, by version.

Source: Annex I of Implementing Regulation (EU) 2024/2835, from the Commission's English CSV files
(https://digital-strategy.ec.europa.eu/en/library/implementing-regulation-laying-down-templates-concerning-transparency-reporting-obligations,
https://eur-lex.europa.eu/eli/reg_impl/2024/2835/oj). Some names there end with a space, and so do
ours, because programs that read reports compare names. Parts 9 and 10 are only for very large
platforms and left out.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "2024/2835"
ALL = "All"
HOSTING = "Only for providers of hosting services, including online platforms"
PLATFORMS = "Only for providers of online platforms"
TOTAL = "TOTAL"

FILES = {
    1: "1_report_identification.csv",
    2: "2_categories_names.csv",
    3: "3_member_states_orders.csv",
    4: "4_notices.csv",
    5: "5_own_initiative_illegal.csv",
    6: "6_own_initiative_TC.csv",
    7: "7_appeals_and_recidivism.csv",
    8: "8_automated_means.csv",
    11: "11_qualitative.csv",
}

IDENTIFICATION = ("Applicability", "Service", "Indicator", "Value")
NAMES = (
    "Category label",
    "Category description",
    "Category of illegal content / incompatible with the terms and conditions",
    "Contextual information",
)
INDICATORS = (
    *("Applicability", "Service", "Reporting period", "Section", "Indicator", "Scope", "Value"),
    "Contextual Information",
)
QUALITATIVE = ("Applicability", "Service", "Reporting period", "Indicator", "Value")
_OTHER = 'Description of the sub-category "Other"'


@dataclass(frozen=True)
class Table:
    """A part with a row for each category: the beginning of its rows, and its counts, each of which
    also has a column for context."""

    applies: str
    category: str
    counts: tuple[str, ...]
    context: str
    scope: bool = False
    context_names: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All column names, in order."""
        first = ("Applicability", "Service", "Reporting period", self.category, _OTHER)
        names = self.context_names or self.counts
        scope = ("Scope",) if self.scope else ()
        return (*first, *scope, *self.counts, *(f"{self.context} on {name}" for name in names))


_ACT, _INFORM = "to act against illegal content", "to provide information"
_ORDERS = (
    f"Number of specific items of information included in the total number of orders {_ACT}",
    f"Median time to inform the authority of the receipt of the order {_ACT}",
    f"Median time to give effect to the order {_ACT}",
    f"Number of orders {_INFORM}",
    f"Median time to inform the authority of the receipt of the order {_INFORM}",
    f"Median time to give effect to the order {_INFORM}",
)
ORDERS = Table(
    ALL,
    "Category of illegal content",
    (f"Number of orders {_ACT} received", *_ORDERS),
    "Contextual information",
    scope=True,
    context_names=(
        f"number of orders {_ACT} received",
        _ORDERS[0].replace("Number", "number", 1),
        *_ORDERS[1:],
    ),
)
_FLAGGERS = "(Trusted Flagger notices)"
_ITEMS = "Number of specific items of information included in the total number of notices"
NOTICES = Table(
    HOSTING,
    "Category of illegal content",
    (
        "Number of notices received ",
        "Number of notices received from Trusted flaggers",
        _ITEMS,
        f"{_ITEMS} by Trusted Flaggers {_FLAGGERS}",
        "Median time to take action",
        f"Median time to take action {_FLAGGERS}",
        "Number of actions taken on the basis of the law",
        f"Number of actions taken on the basis of the law {_FLAGGERS}",
        "Number of actions taken on the basis of the terms and conditions of the service",
        f"Number of actions taken on the basis of the terms and conditions of the service {_FLAGGERS}",
    ),
    "Contextual information",
)
_MEASURES = (
    "Number of measures taken at the provider's own initiative ",
    "Number of measures taken after detection with solely automated means ",
    "Visibility restriction Removal",
    "Visibility restriction Disable",
    "Visibility restriction Demoted",
    "Visibility restriction Age restricted",
    "Visibility restriction Interaction restricted",
    "Visibility restriction Labelled ",
    "Visibility restriction Other",
    "Monetary restriction Suspension",
    "Monetary restriction Termination",
    "Monetary restriction Other",
    "Provision of the service Suspension",
    "Provision of the service Termination",
    "Account restriction Suspension",
    "Account restriction Termination",
)
OWN_ILLEGAL = Table(ALL, "Category of illegal content", _MEASURES, "Contextual Information")
OWN_TERMS = Table(
    ALL,
    "Category of incompatibility with the provider's terms and conditions",
    _MEASURES,
    "Contextual Information",
)
#: The column of `_MEASURES` for each kind in facts.py.
COLUMN_OF: dict[str, str] = {
    "removal": "Visibility restriction Removal",
    "disable": "Visibility restriction Disable",
    "other": "Visibility restriction Other",
    "provision": "Provision of the service Suspension",
    "suspension": "Account restriction Suspension",
    "termination": "Account restriction Termination",
}

# --- Part 7 ---------------------------------------------------------------------------------------

COMPLAINTS = "Internal complaints mechanism"
DISPUTES = "Out-of-court dispute settlement bodies"
SUSPENSIONS = "Suspensions imposed on repeated offenders"
SUBMITTED = "Number of complaints submitted to the internal-complaints mechanism"
NEWLY = "Number of restrictions newly imposed as a result of an internal complaint"
_ABOUT = "Complaint regarding a decision"
VISIBILITY = f"{_ABOUT} to remove or disable access to or restrict visibility of information"
PROVISION = f"{_ABOUT} to suspend or terminate the provision of the service"
ACCOUNT = f"{_ABOUT} to suspend or terminate an account "
MONEY = f"{_ABOUT} to restrict the ability to monetise information"
NO_ACTION = f"{_ABOUT} not to take action on a notice submitted in accordance with Article 16"
NO_ACTION_TRUSTED = (
    f"{_ABOUT} not to take action on a notice submitted by a Trusted Flagger in accordance with"
    " Article 16"
)
DISPUTED = "Number of disputes submitted to out-of-court dispute settlement bodies"
ENDS = (
    *("Total number", "Decisions upheld", "Decisions partially reversed", "Decisions reversed"),
    "Median time",
)
OMITTED, IMPLEMENTED = "Decision omitted", "Percentage of outcomes implemented"
MANIFEST = (
    "Number of suspensions enacted for the provision of manifestly illegal content ",
    "Number of suspensions enacted for the provision of manifestly unfounded notices",
    "Number of suspensions enacted for the provision of manifestly unfounded complaints",
)

# --- Part 8 ---------------------------------------------------------------------------------------

MEANS = "Use of automated means for content moderation"
SOLELY = "Number of measures solely taken by automated means "
NOT_BY = "Number of measures not taken by automated means"
NOTICES_SOLELY = "Number of notices solely processed by automated means "
NOTICES_NOT_BY = "Number of notices not processed by automated means"
ACCURACY = "Accuracy of the automated means - Accuracy"
PRECISION = "Accuracy of the automated means - Precision"
RECALL = "Accuracy of the automated means - Recall"
OWN_INITIATIVE, NAM, NAM_TRUSTED = "Own-initiative ", "NAM Total", "NAM Trusted Flagger"

# --- Part 11 --------------------------------------------------------------------------------------

QUALITIES = (
    "Summary of the content moderation engaged in at the providers’ own initiative",
    "Meaningful and comprehensible information regarding content moderation engaged in at the"
    " providers' own initiative",
    "Qualitative description of the automated means",
    "Qualitative description of indicators of accuracy and possible rate of error of automated means",
    "Specification of the precise purposes to apply automated means",
    "Safeguards applied to the use of automated means",
)
