"""Which texts are shortened, in boxes of which width."""

from __future__ import annotations

from commentsvc.threads.text.long import too_long_in
from tests.tables import every_row

SENTENCE = "A sentence about the ferry and its soup, of one line or so. "
TEXTS = {
    "short": ("A few words.", 0),
    "a screen on a phone": (SENTENCE * 12, 0),
    "long on a phone": (SENTENCE * 20, 1),
    "long on a tablet": (SENTENCE * 25, 2),
    "long everywhere": (SENTENCE * 60, 3),
    "a long list": ("- one\n" * 30, 3),
    "few lines with gaps": ("One.\n\n" * 10, 0),
    "many lines with gaps": ("One.\n\n" * 15, 3),
    "one word": ("a" * 5_000, 3),
    "wide letters": ("漢字とかな" * 110, 1),
    "nothing": ("", 0),
}


@every_row("name", TEXTS)
def test_it_works(name: str) -> None:
    text, widths = TEXTS[name]
    assert too_long_in(text) == widths


def test_at_least_five_lines_are_hidden() -> None:
    """A button that shows two more lines would take up as much room as they do."""
    for width, columns in enumerate((51, 72, 98)):
        line = "x" * columns
        assert too_long_in("\n".join([line] * 18)) <= width
        assert too_long_in("\n".join([line] * 19)) > width
