"""Reading HTML tag by tag, in time that grows with its length and no faster."""

from __future__ import annotations

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Python's parser, fed with a whole text at once. A tag or comment that never ends makes the rest text:
    the parser's own way is to look for its end again from the next "<", and the next."""

    # `<![` begins a comment, as in browsers; the parser's own way raises an error at some.
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
