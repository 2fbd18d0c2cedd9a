"""What the finders find of our own labelled sentences: half of each file was read while the phrases were
written, the other half was not."""

from __future__ import annotations

import csv
from pathlib import Path

from commentsvc.moderation.judging.finders.private import private_data
from commentsvc.moderation.judging.finders.spotting import spotted
from tests.tables import every_row

HERE = Path(__file__).parent / "labelled"
FAMILIES = sorted(path.stem for path in HERE.glob("*.tsv"))
#: By half: at least so much is found of what is meant, and at most so much of what only sounds like it.
LIMITS = {"tuned on": (0.96, 0.03), "held back": (0.85, 0.10)}


def rows(family: str) -> list[dict[str, str]]:
    with (HERE / f"{family}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_it_works() -> None:
    assert FAMILIES == ["dehumanizing", "private_data", "self_harm", "self_harm_urged", "threats"]
    for family in FAMILIES:
        meant = [each["found"] == "yes" for each in rows(family)]
        assert len(meant) >= 270 and 0.45 < sum(meant) / len(meant) < 0.55


@every_row("half", LIMITS)
@every_row("family", FAMILIES)
def test_most_is_found_and_little_else(family: str, half: str) -> None:
    least, most = LIMITS[half]
    wrong: dict[str, list[str]] = {"yes": [], "no": []}
    seen = [each for each in rows(family) if each["half"] == half]
    for each in seen:
        found = family in {spot.rule for spot in spotted(each["text"]) if not spot.quoted}
        if found != (each["found"] == "yes"):
            wrong[each["found"]].append(each["text"])
    meant = sum(each["found"] == "yes" for each in seen)
    assert len(wrong["yes"]) <= (1 - least) * meant, wrong["yes"]
    assert len(wrong["no"]) <= most * (len(seen) - meant), wrong["no"]


@every_row(
    ("family", "text"),
    [
        ("threats", "I w i l l k i l l y o u"),
        ("threats", "I.will.kill.you"),
        ("threats", "iwillkillyou"),
        ("threats", "i wiII kiII you"),
        ("threats", "ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ"),
        ("threats", "I wi\u200bll ki\u00adll you"),
        ("threats", "i c h b r i n g e d i c h u m"),
        ("self_harm", "I w a n t t o d i e"),
        ("self_harm_urged", "k!ll your\u200bself"),
        ("self_harm_urged", "#killyourself"),
        ("dehumanizing", "Immigrants are v3rmin."),
    ],
)
def test_a_disguise_hides_nothing(family: str, text: str) -> None:
    calm = "The ferry was late. "
    for whole in (text, f"{calm}{text}. {calm}"):
        [spot, *_] = [each for each in spotted(whole) if each.rule == family]
        hidden = whole[spot.start : spot.end]
        assert hidden in text and len(hidden) > len(text) / 3


@every_row(
    ("text", "seen"),
    [
        ("Ask jane.doe\uff20mailhost\uff0enet!", "jane.doe\uff20mailhost\uff0enet"),
        ("Ask jane.doe@mailhost。net!", "jane.doe@mailhost。net"),
        ("Ask jo\u200b.marsh@mail\u00adhost.net!", "jo\u200b.marsh@mail\u00adhost.net"),
        ("Ask j o @ m a i l h o s t . n e t now", "j o @ m a i l h o s t . n e t"),
        ("mail jane dot doe at mailhost dot net", "jane dot doe at mailhost dot net"),
        ("it is jo_at_mailhost_dot_net", "jo_at_mailhost_dot_net"),
        ("write to jo99 at gmail", "jo99 at gmail"),
        ("пиши ivan собака mailhost точка ru", "ivan собака mailhost точка ru"),
        ("ring 0\u200b7700 9\u2060 00461", "0\u200b7700 9\u2060 00461"),
        ("ring ０７７００ ９００４６１", "０７７００ ９００４６１"),
        (
            "it is zero seven seven zero zero, nine zero zero four six one",
            "zero seven seven zero zero, nine zero zero four six one",
        ),
    ],
)
def test_what_is_written_to_hide_it_is_found_in_its_place(text: str, seen: str) -> None:
    assert [text[start:end] for _, start, end in private_data(text)] == [seen]
