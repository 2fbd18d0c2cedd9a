"""Links in comments: which addresses become links, and what deceptive links show."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import nh3
from markdown_it.token import Token

from ...core.addresses import host_of, parse_web
from ...core.errors import Invalid
from ...core.remembering import remembered
from ...core.typed import is_visible
from .disguised import BACKWARDS, DIRECTIONS, deceives, is_lookalike, lookalikes, real

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

# Punctuation that joins words in some script, so it may be inside an address.
_JOINS = "·‐‑–־׳״་ฯ・･"


def _punctuation() -> str:
    """All non-ASCII punctuation that ends a sentence or clause, quotes or brackets."""
    blocks = ((0x80, 0x3100), (0xA000, 0xAC00), (0xFE00, 0x10000), (0x10100, 0x12500))
    found = (chr(point) for block in blocks for point in range(*block))
    ends = "".join(each for each in found if unicodedata.category(each)[0] == "P")
    return "".join(each for each in ends if each not in _JOINS)


# An address ends at whitespace, quotation marks, punctuation and invisible characters.
_END = rf"\s<>\"`´{_punctuation()}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
# It may begin after letters of other scripts without a space, but not inside a Latin word.
_LATIN = r"0-9A-Za-z_+.\-\u00aa-\u036f\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uff10-\uff5a"
_LONGEST = 2000
_REST = re.compile(rf"://[^{_END}]{{1,{_LONGEST}}}", re.IGNORECASE)
WEB = re.compile(rf"https?://[^{_END}]+", re.IGNORECASE)
_TYPED_ADDRESS = re.compile(rf"https?://[^{_END}()\[\]]+", re.IGNORECASE)
_SCHEME = re.compile(rf"(?:^|[^{_LATIN}]|\.)(https?)$", re.IGNORECASE)
_WWW = re.compile(rf"(?<![{_LATIN}@/:])www\.[^{_END}]+\.[^{_END}]+", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[\w.!#$&'*+/=^`{|}~-]{1,64}@[\w.-]{1,250}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
# A backslash is an escape before punctuation, as everywhere; elsewhere an address ends before it.
_TYPED = re.compile(r"(?:[^\\]|\\[!-/:-@\[-`{-~])*")
_SIGN = re.compile(r"\\([!-/:-@\[-`{-~])")
_ANGLES = re.compile(rf"<(https?://[^\s<>]{{1,{_LONGEST}}})>", re.IGNORECASE)
# A last part of a host that begins in Latin letters ends with them: "www.example.org吧".
_TAILED = re.compile(
    r"(?:https?://)?[^/?#:]*\.[a-z]{2,}(?=[^\x00-\x7f][^./?#:]*(?:[/?#:]|$))", re.IGNORECASE
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def add_addresses(markdown: MarkdownIt) -> None:
    """Teach the parser our links: only absolute ones, also plain addresses, and images as links."""
    markdown.inline.ruler.before("linkify", "address", _address)
    markdown.inline.ruler.before("autolink", "angles", _angles)
    markdown.core.ruler.push("www", _finish)
    # The parser calls these by name; the result of `normalizeLink` is the link in the page.
    markdown.normalizeLink = _href  # type: ignore[method-assign]
    markdown.normalizeLinkText = str  # type: ignore[method-assign, assignment]
    markdown.validateLink = bool  # type: ignore[method-assign, assignment]


def _href(url: str) -> str:
    """The address as browsers parse it; empty if it is not a valid link."""
    if _MAIL.fullmatch(url):
        return url
    try:
        found = parse_web(url)
    except Invalid:
        return ""
    return str(found.href) if _is_host(str(found.hostname)) else ""


def typed_addresses(text: str) -> list[str]:
    """The addresses in a text whose markup is not parsed, so brackets end them."""
    return list(filter(None, (_href(_trimmed(each)) for each in _TYPED_ADDRESS.findall(text))))


@remembered(1024, longest=253)
def _is_host(name: str) -> bool:
    """Whether this is a valid host name, and the sanitizer keeps links to it."""
    labels = name.removesuffix(".").split(".")
    lengths = all(1 <= len(each) <= 63 for each in labels) or name.startswith("[")
    kept = "href" in nh3.clean(f'<a href="http://{name}/">x</a>') if "xn--" in name else True
    return _HOST.fullmatch(name) is not None and len(name) <= 253 and lengths and kept


def _angles(state: StateInline, silent: bool) -> bool:
    """An inline rule: `<https://…>`, in which a backslash is an ordinary character, although
    browsers read it as a slash."""
    found = _ANGLES.match(state.src, state.pos, state.posMax)
    if found is None or "\\" not in found[1] or state.linkLevel:
        return False
    href = _href(found[1].replace("\\", "%5C"))
    if not href:
        return False
    if not silent:
        _push(state, href, found[1])
    state.pos = found.end()
    return True


def _push(state: StateInline, href: str, words: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = words
    state.push("link_close", "a", -1)


def _address(state: StateInline, silent: bool) -> bool:
    """An inline rule: `https://…` in the text, even if its characters could be markup."""
    if state.src[state.pos] != ":" or state.linkLevel:
        return False
    rest = _REST.match(state.src, state.pos, state.posMax)
    if rest is None or len(rest[0]) > _LONGEST:
        return False
    scheme = _SCHEME.search(state.src, max(0, state.pos - 6), state.pos)
    if scheme is None or not state.pending.endswith(scheme[1]):
        return False
    text = _trimmed(scheme[1] + rest[0])
    meant = _SIGN.sub(r"\1", text)
    href = _href(meant)
    if not href or len(text) <= len(scheme[1]) + 3:
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        _push(state, href, meant)
    state.pos += len(text) - len(scheme[1])
    return True


def _trimmed(text: str) -> str:
    """The address without punctuation that ends the sentence or bracket around it."""
    whole = _TYPED.match(text)
    text = whole[0] if whole else ""
    if tailed := _TAILED.match(text):
        text = tailed[0]
    while text:
        last = text[-1]
        if last in _CLOSERS:
            if text.count(_CLOSERS[last]) >= text.count(last):
                break
        elif last not in ".,;:!?'*_~|·‐‑–・･" and not _is_picture(last):
            break
        text = text[:-1]
        if (len(text) - len(text.rstrip("\\"))) % 2:
            text = text[:-1]  # the escape goes with its character
    return text


def _is_picture(letter: str) -> bool:
    """Whether it is an emoji, part of one, or another sign that no address ends with."""
    return letter in "\u200d\ufe0f" or (letter > "\x7f" and unicodedata.category(letter)[0] == "S")


def _finish(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            children = _with_www(_without_nowhere(_without_images(token.children)))
            token.children = _with_hosts(children)


def _without_images(tokens: list[Token]) -> list[Token]:
    """Images as links with their description as text; inside a link only the text."""
    changed: list[Token] = []
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type.startswith("link_") else 0
        if token.type != "image":
            changed.append(token)
            continue
        href = str(token.attrs.get("src", ""))
        if not href and not inside:
            changed.append(_text(f"![{token.content}]()", token.level))
            continue
        words = _text(token.content or href, token.level)
        changed.extend([words] if inside else _link(href, words))
    return changed


def _without_nowhere(tokens: list[Token]) -> list[Token]:
    """Links without an address or visible text, as typed."""
    changed: list[Token] = []
    opened = -1  # where the link around a token begins
    for token in tokens:
        changed.append(token)
        if token.type == "link_open":
            opened = len(changed) - 1
        elif token.type == "link_close":
            href = str(changed[opened].attrs.get("href", ""))
            seen = any(is_visible(each.content) for each in changed[opened:])
            if not href or not seen:
                changed[opened] = _text("[", token.level)
                changed[-1] = _text(f"]({href})", token.level)
                changed[opened].meta = changed[-1].meta = {"signs": True}
    return changed


def _with_www(tokens: list[Token]) -> list[Token]:
    changed: list[Token] = []
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text" or inside or "www." not in token.content.lower():
            changed.append(token)
            continue
        at = 0
        for found in _WWW.finditer(token.content):
            shown = _trimmed(found[0])
            meant = _SIGN.sub(r"\1", shown)
            href = _href(f"http://{meant}")
            if href:
                changed.append(_text(token.content[at : found.start()], token.level))
                changed.extend(_link(href, _text(meant, token.level)))
                at = found.start() + len(shown)
        changed.append(_text(token.content[at:], token.level))
    return changed


def _with_hosts(tokens: list[Token]) -> list[Token]:
    """Show a link's real host after it if its text names another host, or if its host looks like
    another. Bidi controls in its text are removed."""
    changed: list[Token] = []
    href, words = "", list[str]()
    directed = any(DIRECTIONS.search(each.content) for each in tokens)
    turned = directed and any(BACKWARDS in each.content for each in tokens)
    for token in tokens:
        changed.append(token)
        if token.type == "link_open":
            href, words = str(token.attrs["href"]), []
        elif token.type == "link_close":
            if said := real("".join(words), href, turned=turned):
                changed.append(_text(f" ({said})", token.level))
                changed[-1].meta = {"disguised": said} if deceives("".join(words), href) else {}
            elif href and (host := _lookalike(href)):
                token.meta = {"disguised": host}
            href = ""
        elif token.type in ("text", "code_inline"):
            words.append(token.content)
            token.content = (
                DIRECTIONS.sub("", token.content) if href and directed else token.content
            )
    return changed + _unlinked(tokens)


def _unlinked(tokens: list[Token]) -> list[Token]:
    """Invisible tokens that note lookalike hosts in the text that are not links."""
    inside, words, found = 0, list[str](), list[Token]()
    for token in tokens:
        inside += token.nesting if token.type.startswith("link_") else 0
        broken = token.type.endswith("break") or inside
        words.append(" " if broken else token.content)
    for host in lookalikes("".join(words)):
        found.append(_text("", 0))
        found[-1].meta = {"disguised": host}
    return found


def _lookalike(href: str) -> str:
    host = "" if _MAIL.fullmatch(href) else host_of(href)
    return host if is_lookalike(host) else ""


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _link(href: str, words: Token) -> list[Token]:
    words.level += 1
    level = words.level - 1
    opened = Token("link_open", "a", 1, attrs={"href": href}, level=level)
    return [opened, words, Token("link_close", "a", -1, level=level)]
