"""Where a text mentions somebody, and that it does so nowhere else."""

from __future__ import annotations

import re

from commentsvc.threads import text as texts
from commentsvc.threads.text import Mention
from commentsvc.threads.text.mentions import MOST, MOST_PLACES

ANNA, OTHER = Mention("a1", "Anna"), Mention("b2", "Anna", 1)


def whom(source: str, *mentions: Mention) -> str:
    """The markup, with each mention as [id name]."""
    return re.sub('<bdi data-person="(.*?)">@(.*?)</bdi>', r"[\1 \2]", texts.html(source, mentions))


def test_it_works() -> None:
    text = "Thank you, @Anna and @Anna!"
    assert whom(text, ANNA, OTHER) == "<p>Thank you, [a1 Anna] and [b2 Anna]!</p>"
    assert texts.plain(text) == text
    assert whom(text) == f"<p>{text}</p>"  # typed alone, it means nobody


def test_only_places_that_are_there() -> None:
    assert whom("Thank you, Anna!", ANNA) == "<p>Thank you, Anna!</p>"
    assert whom("@Anna", OTHER) == "<p>@Anna</p>"
    assert whom("write to tom@Anna", ANNA) == "<p>write to tom@Anna</p>"
    assert whom("@Anna Lind", ANNA, Mention("c3", "Anna Lind")) == "<p>[a1 Anna] Lind</p>"


def test_markup_of_a_name_is_none() -> None:
    assert whom("@*x* _y_", Mention("a1", "*x*")) == "<p>[a1 *x*] <em>y</em></p>"
    hostile = Mention('a"><img src=x>', "<script>")
    assert texts.html("@<script>", [hostile]) == (
        '<p><bdi data-person="a&quot;&gt;&lt;img src=x&gt;">@&lt;script&gt;</bdi></p>'
    )


def test_code_and_links_stay_what_they_are() -> None:
    assert whom("`@Anna`", ANNA) == "<p><code>@Anna</code></p>"
    for text in ("[@Anna](https://e.org)", "https://e.org/@Anna", "[x](https://e.org/?@Anna)"):
        assert whom(text, ANNA) == texts.html(text)
    title = texts.html('[x](https://e.org "by @Anna")', [ANNA])
    assert "data-person" not in title and "\x02" not in title


def test_so_many_people_and_places() -> None:
    text = " ".join(f"@P{each}" for each in range(9))
    people = [Mention(f"p{each}", f"P{each}") for each in range(9)]
    assert texts.standing(text, people) == people[:MOST]
    often = [Mention("a1", "Anna", each) for each in range(30)]
    assert len(texts.standing("@Anna " * 30, often)) == MOST_PLACES
