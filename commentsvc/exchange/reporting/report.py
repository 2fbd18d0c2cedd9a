"""A transparency report as files: the Commission's templates, completed for one site
and one period."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ...core import clock
from ...core.errors import Invalid
from ...moderation.taxonomy import CATEGORIES
from ...sites.queries import policy_of
from ...tuning.accuracy import accuracy
from . import parts
from . import templates as t
from .facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from ...sites.models import Site
    from ...sites.policy import Policy
    from ...tuning.accuracy import Accuracy
    from .facts import Facts

ABOUT = "about.json"  # not in the template: the input of `commentsvc report verify`
MOST_NAME = 200
_PERIOD = re.compile(r"([0-9]{4})(?:-H([12]))?")


@dataclass(frozen=True)
class Period:
    """From the start of a day to the start of another (not included), in UTC."""

    since: datetime
    until: datetime

    @property
    def text(self) -> str:
        """Both days included, in the format of the templates."""
        return f"{self.since:%Y-%m-%d}/{self.until - timedelta(days=1):%Y-%m-%d}"


def period_of(text: str) -> Period:
    """`2026`, `2026-H1`, or two days `2026-07-01/2026-12-31`, both included. Raises `Invalid` for
    anything else, and for a period that begins in the future."""
    since, until = _span(text)
    if not datetime(2000, 1, 1, tzinfo=UTC) <= since < until or since > clock.now():
        raise Invalid("invalid.period", field="period")
    return Period(since, until)


def _span(text: str) -> tuple[datetime, datetime]:
    try:
        if found := _PERIOD.fullmatch(text.strip()):
            year, half = int(found[1]), found[2]
            since = datetime(year, 7 if half == "2" else 1, 1, tzinfo=UTC)
            return since, datetime(year + (half != "1"), 7 if half == "1" else 1, 1, tzinfo=UTC)
        first, last = (
            datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
            for day in text.strip().split("/")
        )
        return first, last + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Invalid("invalid.period", field="period") from error


def build(site: Site, period: Period, *, provider: str = "") -> dict[str, str]:
    """Name -> content of every file: CSV according to RFC 4180, in UTF-8."""
    facts = facts_of(site.id, period.since, period.until)
    found = accuracy(site.id, period.since, period.until)
    rows = _rows(site, period, facts, found, provider=" ".join(provider.split())[:MOST_NAME])
    files = {t.FILES[number]: _csv(each) for number, each in rows.items()}
    return {**files, ABOUT: _about(site, period, facts)}


def _rows(
    site: Site, period: Period, facts: Facts, found: Accuracy, *, provider: str
) -> dict[int, Iterable[parts.Row]]:
    head = parts.Head(site.name, period.text)
    return {
        1: _identification(site, period, provider),
        2: _names(),
        3: parts.orders(head),
        4: parts.notices(head, facts),
        5: parts.own_initiative(head, facts, law=True),
        6: parts.own_initiative(head, facts, law=False),
        7: parts.complaints(head, facts),
        8: parts.automated(head, facts, found),
        11: _qualities(head, policy_of(site), found),
    }


def _identification(site: Site, period: Period, provider: str) -> Iterator[parts.Row]:
    yield t.IDENTIFICATION
    for indicator, value in (
        ("Name of the service provider", provider),
        ("Date of the publication of the report", f"{clock.now():%Y-%m-%d}"),
        ("Date of the publication of the latest previous report", ""),
        ("Starting date of reporting period", f"{period.since:%Y-%m-%d}"),
        ("Ending date of reporting period", period.text.split("/")[1]),
    ):
        yield t.ALL, site.name, indicator, value


def _names() -> Iterator[parts.Row]:
    yield t.NAMES
    yield t.TOTAL, "All the entries", t.TOTAL, ""
    for number, category in enumerate(CATEGORIES, start=1):
        yield f"Category {number}", category.label, category.code, ""
        for letter, (code, label) in zip("abcdefgh", category.keywords.items(), strict=False):
            yield f"Category {number}{letter}", label, code, ""


def _qualities(head: parts.Head, policy: Policy, found: Accuracy) -> Iterator[parts.Row]:
    """Part 11: what is true of this program under this policy, as a start for the provider."""
    drawn = (
        f"Each week, {policy.audit_weekly} published comments are sampled at random and reviewed "
        "by moderators."
        if policy.audit_weekly
        else "No published comments are sampled at random for review."
    )
    exact = parts.automated_in_words(found)
    texts = (
        "Comments are checked by rules before they are published. Rules publish a comment, publish it and"
        " ask a moderator to look at it, hold it until a moderator has decided, or reject it. Moderators"
        " also act on reports by readers.",
        "Authors are notified of each decision with its reason and any automated means used, and"
        " can appeal it. Another moderator reviews the appeal. All decisions are in a public log whose rows"
        " are linked to each other by hashes.",
        "A model gives each comment probabilities of being toxic. Word lists, a filter for advertising, and"
        " rules about links, private data, threats and repetition add findings. The site's policy says"
        " what to do about each finding.",
        exact,
        "Automated means find comments that may be illegal or against the site's terms, so that a"
        " moderator can decide before many people have read them.",
        f"{drawn} Decisions can be appealed and undone."
        f" {policy.double_check_share * 100:.0f}% of moderators' decisions are shown to a second moderator"
        " who does not know the first decision. No person is sanctioned by automated means.",
    )
    yield t.QUALITATIVE
    for indicator, said in zip(t.QUALITIES, texts, strict=True):
        yield head.row(t.ALL, indicator, said)


def _csv(rows: Iterable[parts.Row]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)  # with \r\n, according to RFC 4180
    return out.getvalue()


def _about(site: Site, period: Period, facts: Facts) -> str:
    number, hash_ = facts.last or (0, "")
    said = {
        "template": f"Implementing Regulation (EU) {t.VERSION}, Annex I",
        "site": site.key,
        "period": period.text,
        "log": {"number": number, "hash": hash_},
    }
    return json.dumps(said, indent=2) + "\n"


def write_zip(files: Mapping[str, str], out: BinaryIO) -> None:
    """Write the files to one archive."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def read_rows(text: str) -> list[list[str]]:
    """The rows of one CSV file, with or without a byte order mark."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def about_of(text: str) -> dict[str, Any]:
    """The values in `about.json`. Raises `Invalid` if it is not valid."""
    try:
        said = json.loads(text)
        return {
            "site": str(said["site"]),
            "period": str(said["period"]),
            "number": int(said["log"]["number"]),
            "hash": str(said["log"]["hash"]),
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid("invalid.report_file", name=ABOUT) from error
