"""The text of an HTML comment, with each character's place in the source."""

from __future__ import annotations

from html import unescape

from ...core.html import Tags

_SILENT = frozenset(("script", "style", "template", "noscript", "title"))
_BLOCKS = """address article blockquote br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li
    main nav ol p pre section table td th tr ul"""
_BREAKS = frozenset(_BLOCKS.split())


def plain(source: str) -> tuple[str, list[int]]:
    """The text that a reader sees, and where each of its characters begins in `source`.

    The list has one more entry: the end. Never raises, whatever the markup.
    """
    reader = _Reader(source)
    reader.feed(source)
    reader.close()
    text = "".join(reader.chars)
    return text, [*reader.places, len(source)]


def source_range(places: list[int], begin: int, end: int) -> tuple[int, int]:
    """The range of the source that holds the text's characters from `begin` to before `end`, with
    the markup between them."""
    return places[begin], places[end]


class _Reader(Tags):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.chars: list[str] = []
        self.places: list[int] = []
        self._silent = 0
        self._lines = [0]
        for at, char in enumerate(source):
            if char == "\n":
                self._lines.append(at + 1)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[min(line, len(self._lines)) - 1] + column

    def _say(self, words: str, at: int, *, whole: bool = False) -> None:
        if self._silent:
            return
        for i, char in enumerate(words):
            self.chars.append(char)
            self.places.append(at if whole else at + i)

    def handle_data(self, data: str) -> None:
        self._say(data, self._at())

    def handle_entityref(self, name: str) -> None:
        self._say(unescape(f"&{name};"), self._at(), whole=True)

    def handle_charref(self, name: str) -> None:
        self._say(unescape(f"&#{name};"), self._at(), whole=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self._say("\n", self._at(), whole=True)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self._say("\n", self._at(), whole=True)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self._say("\n", self._at(), whole=True)
