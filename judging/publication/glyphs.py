"""Which characters our faces can show. A name with a character that no face has would be printed with a hole.

Source: OpenType 1.9, table `cmap`, format 12.
"""

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from judging.foundation.fonts import font_dirs

PRINTED = ("unit", "group", "title", "tier", "edition", "organiser")


@cache
def known_characters() -> frozenset[int]:
    """Return every character that at least one face has."""
    files = [path for folder in font_dirs() for path in sorted(folder.glob("*.?tf"))]
    return frozenset(code for path in files for code in _characters(path))


def _characters(path: Path) -> Iterable[int]:
    data = path.read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    start = tables.get(b"cmap")
    if start is None:
        return
    for record in range(struct.unpack_from(">H", data, start + 2)[0]):
        table = start + struct.unpack_from(">I", data, start + 4 + 8 * record + 4)[0]
        if struct.unpack_from(">H", data, table)[0] == 12:
            for group in range(struct.unpack_from(">I", data, table + 12)[0]):
                first, last, _glyph = struct.unpack_from(">III", data, table + 16 + 12 * group)
                yield from range(first, last + 1)


def strange_characters(text: str) -> str:
    """Return the characters of a text that no face has, each once."""
    return "".join(dict.fromkeys(char for char in text if not char.isspace() and ord(char) not in known_characters()))


def strange_names(contents: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return (name, characters) for every text of these certificates that cannot be printed whole."""
    found: dict[str, str] = {}
    for content in contents:
        for name in (*[str(content.get(key, "")) for key in PRINTED], *content.get("members", [])):
            if name and name not in found and (strange := strange_characters(name)):
                found[name] = strange
    return list(found.items())
