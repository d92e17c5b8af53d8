"""A TrueType face of which a PDF carries only the shapes it shows.

Typst sets one report in 25 ms, most of it spent on the face; the demo writes about a thousand files and has six
seconds. Sources: ISO 32000-1, 9.7.4 (CIDFontType2) and 9.10.3 (ToUnicode); OpenType 1.9, `cmap` format 12 and `glyf`.
"""

import struct
import sys
import zlib
from array import array
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

TABLES_KEPT = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")
COMPOSITE_MORE, COMPOSITE_WORDS = 0x20, 0x01
COMPOSITE_SCALES = {0x08: 2, 0x40: 4, 0x80: 8}


class Widths(dict[str, int]):
    """How wide the characters of a face are, each looked up once."""

    face: "Face"

    def __missing__(self, char: str) -> int:
        width = self[char] = self.face.advance(self.face.glyphs.get(ord(char), 0))
        return width


@dataclass(frozen=True, slots=True)
class Face:
    """A face read once: its tables, where each glyph lies, which glyph a character has."""

    name: str
    tables: dict[str, bytes]
    offsets: "array[int]"
    advances: "array[int]"
    bearings: "array[int]"
    glyphs: dict[int, int]
    widths: Widths = field(default_factory=Widths)

    def __post_init__(self) -> None:
        self.widths.face = self

    @classmethod
    def read(cls, path: Path) -> "Face":
        """Read a face whose units per em are 1000, as those of Noto are."""
        data = path.read_bytes()
        tables = _tables(data)
        long_offsets = struct.unpack_from(">h", tables["head"], 50)[0]
        metrics = struct.unpack_from(">H", tables["hhea"], 34)[0]
        offsets = _numbers("I" if long_offsets else "H", tables["loca"])
        pairs = _numbers("H", tables["hmtx"][: 4 * metrics])
        rest = _numbers("H", tables["hmtx"][4 * metrics :])
        return cls(
            name=path.stem,
            tables=tables,
            offsets=offsets if long_offsets else array("I", (2 * offset for offset in offsets)),
            advances=pairs[::2],
            bearings=pairs[1::2] + rest,
            glyphs=_character_map(tables["cmap"]),
        )

    def width(self, text: str) -> int:
        """The width of a text in thousandths of its size."""
        return sum(map(self.widths.__getitem__, text))

    def advance(self, glyph: int) -> int:
        """How far a glyph moves on; the last advance counts for all that follow it."""
        return self.advances[min(glyph, len(self.advances) - 1)]

    def outline(self, glyph: int) -> bytes:
        """The shape of a glyph as the face stores it."""
        return self.tables["glyf"][self.offsets[glyph] : self.offsets[glyph + 1]]


@cache
def face(path: Path) -> Face:
    """The face of a file, read once in the life of a process."""
    return Face.read(path)


class Subset:
    """The glyphs of a face that one document shows, numbered by code point so that their order tells nothing."""

    def __init__(self, face: Face, characters: set[str]) -> None:
        self.face = face
        codes = sorted(code for code in map(ord, characters) if code in face.glyphs)
        self.numbers = {chr(code): number for number, code in enumerate(codes, 1)}
        self._hex = {char: f"{number:04x}" for char, number in self.numbers.items()}
        self._glyphs = [0, *(face.glyphs[code] for code in codes)]

    def encode(self, text: str) -> str:
        """The text as the hexadecimal string of a content stream."""
        return "".join([self._hex.get(char, "0000") for char in text])

    def widths(self) -> str:
        """The W array of the descendant font."""
        return " ".join(str(self.face.advance(glyph)) for glyph in self._glyphs)

    def to_unicode(self) -> bytes:
        """The map that lets people select and search the text."""
        pairs = [f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for char, number in self.numbers.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Adobe-Identity-UCS def\n"
            "/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode()

    def font_file(self) -> bytes:
        """The face with these glyphs only."""
        shapes, added = self._shapes()
        starts = array("I", accumulate((len(shape) for shape in shapes), initial=0))
        count = len(shapes)
        glyphs = [*self._glyphs, *added]
        source = self.face.tables
        tables = {
            "glyf": b"".join(shapes),
            "head": source["head"][:50] + struct.pack(">h", 1) + source["head"][52:],
            "hhea": source["hhea"][:34] + struct.pack(">H", count),
            "hmtx": b"".join(
                struct.pack(">HH", self.face.advance(glyph), self.face.bearings[glyph]) for glyph in glyphs
            ),
            "loca": _big_endian(starts),
            "maxp": source["maxp"][:4] + struct.pack(">H", count) + source["maxp"][6:],
        }
        return _assemble(tables)

    def _shapes(self) -> tuple[list[bytes], list[int]]:
        """Shapes padded to four bytes; parts of composite glyphs are added behind and renumbered."""
        shapes = [self.face.outline(glyph) for glyph in self._glyphs]
        added: list[int] = []
        place = 0
        while place < len(shapes):
            shape = shapes[place]
            if shape[:2] >= b"\x80":
                shapes[place] = self._renumber(shape, added, shapes)
            place += 1
        return [shape + b"\0" * (-len(shape) % 4) for shape in shapes], added

    def _renumber(self, shape: bytes, added: list[int], shapes: list[bytes]) -> bytes:
        out, at, flags = bytearray(shape), 10, COMPOSITE_MORE
        while flags & COMPOSITE_MORE:
            flags, part = struct.unpack_from(">HH", shape, at)
            if part not in added:
                added.append(part)
                shapes.append(self.face.outline(part))
            struct.pack_into(">H", out, at + 2, len(self._glyphs) + added.index(part))
            at += 4 + (4 if flags & COMPOSITE_WORDS else 2)
            at += sum(size for bit, size in COMPOSITE_SCALES.items() if flags & bit)
        return bytes(out)


def _tables(data: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * place) for place in range(count))
    return {tag.decode(): data[start : start + size] for tag, _, start, size in records}


def _character_map(table: bytes) -> dict[int, int]:
    for place in range(struct.unpack_from(">H", table, 2)[0]):
        start = struct.unpack_from(">HHI", table, 4 + 8 * place)[2]
        if struct.unpack_from(">H", table, start)[0] == 12:
            groups = struct.unpack_from(">I", table, start + 12)[0]
            rows = (struct.unpack_from(">III", table, start + 16 + 12 * row) for row in range(groups))
            return {code: glyph + code - first for first, last, glyph in rows for code in range(first, last + 1)}
    raise ValueError("This face has no full character map.")


def _assemble(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    header = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, (count - (1 << power)) * 16)
    start, records, bodies = 12 + 16 * count, [], []
    for tag, body in sorted(tables.items()):
        padded = body + b"\0" * (-len(body) % 4)
        records.append(struct.pack(">4sIII", tag.encode(), _checksum(padded), start, len(body)))
        bodies.append(padded)
        start += len(padded)
    return header + b"".join(records) + b"".join(bodies)


def _checksum(body: bytes) -> int:
    return sum(_numbers("I", body)) & 0xFFFFFFFF


def _numbers(kind: str, body: bytes) -> "array[int]":
    return _swapped(array(kind, body))


def _big_endian(numbers: "array[int]") -> bytes:
    return _swapped(numbers).tobytes()


def _swapped(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def squeeze(body: bytes) -> bytes:
    """Deflate, quickly rather than well: the demo writes a thousand files."""
    return zlib.compress(body, 1)
