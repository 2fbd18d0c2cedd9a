"""Parses HTML tag by tag, in linear time."""

from __future__ import annotations

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Python's parser, fed a whole text at once. If a tag or comment never ends, the rest is text;
    by default the parser would search for its end again from every following "<"."""

    # `<![` begins a comment, as in browsers; by default the parser raises an error for some.
    parse_marked_section = HTMLParser.parse_bogus_comment

    def parse_starttag(self, i: int) -> int:
        return self._end(i, super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        return self._end(i, super().parse_endtag(i))

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._end(i, super().parse_comment(i, report))

    def parse_pi(self, i: int) -> int:
        return self._end(i, super().parse_pi(i))

    def parse_html_declaration(self, i: int) -> int:
        return self._end(i, super().parse_html_declaration(i))

    def _end(self, start: int, found: int) -> int:
        if found >= 0:
            return found
        self.handle_data(self.rawdata[start:])
        return len(self.rawdata)
