"""A whole font in a few hundred bytes: every letter is the same square, so its width tells it apart."""

from __future__ import annotations

from struct import pack

_EM = 1000
WIDTH = 1000  # of each letter, in thousandths of the size of the text


def font(more: int = 0) -> bytes:
    """A TrueType font for ASCII, with `more` bytes that mean nothing."""
    square = pack(">hhhhh", 1, 0, 0, WIDTH, 700) + pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    square += pack(">hhhh", 0, WIDTH, 0, -WIDTH) + pack(">hhhh", 0, 0, 700, 0)
    glyphs = square + bytes(-len(square) % 4)
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": glyphs * 2,
        b"head": pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _EM, 0, 0, 0, 0, WIDTH, 700,
                      0, 8, 2, 1, 0),
        b"hhea": pack(">IhhhHhhhhhh", 0x10000, 800, -200, 0, WIDTH, 0, 0, WIDTH, 1, 0, 0)
        + pack(">hhhhhH", 0, 0, 0, 0, 0, 2),
        b"hmtx": pack(">Hh", WIDTH, 0) * 2,
        b"loca": pack(">III", 0, len(glyphs), 2 * len(glyphs)),
        b"maxp": pack(">I14H", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": pack(">HHH", 0, 0, 6),
        b"post": pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    if more:
        tables[b"zzzz"] = bytes(more)
    return _file(tables)


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = pack(">IHHHH", 0x10000, count, 16 << power, power, 16 * count - (16 << power))
    body, at = b"", len(head) + 16 * count
    for tag, table in sorted(tables.items()):
        whole = table + bytes(-len(table) % 4)
        total = sum(int.from_bytes(whole[i : i + 4], "big") for i in range(0, len(whole), 4))
        head += tag + pack(">III", total & 0xFFFFFFFF, at + len(body), len(table))
        body += whole
    return head + body


def _cmap() -> bytes:
    ends, starts, deltas = (0x7E, 0xFFFF), (0x20, 0xFFFF), (0, 1)
    # one glyph for all: by an array of places, since a difference would give each its own
    places = pack(">95H", *[1] * 95)
    ranges = (4, 0)
    inside = (
        pack(">HHHH", 4, 4, 1, 0)
        + pack(">HH", *ends)
        + pack(">H", 0)
        + pack(">HH", *starts)
        + pack(">HH", *deltas)
        + pack(">HH", *ranges)
        + places
    )
    return pack(">HHHHI", 0, 1, 3, 1, 12) + pack(">HHH", 4, 6 + len(inside), 0) + inside


def _os2() -> bytes:
    return (
        pack(">HhHHH", 4, WIDTH, 400, 5, 0)
        + pack(">11h", *(600, 600, 0, 100, 600, 600, 0, 400, 50, 300, 0))
        + bytes(10)
        + pack(">IIII", 1, 0, 0, 0)
        + b"TEST"
        + pack(">HHH", 0x40, 0x20, 0x7E)
        + pack(">hhhHH", 800, -200, 0, 800, 200)
        + pack(">II", 1, 0)
        + pack(">hhHHH", 500, 700, 0, 0x20, 1)
    )
