"""The words by which an entry could be recognised, and how they are found in a text and taken out of it.

Texts are compared without spaces, dashes and letter widths, since files break names over lines and people space them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from judging.blinding.models import FindingWhat
from judging.entries.models import Entry
from judging.units.codes import REGIONS

BLOCK = "▇▇"
AROUND = 24
_SKIPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad-‐‑‒–—_·•・()[]【】《》“”\"'「」"))
_LEGAL = ("股份有限公司", "有限责任公司", "有限公司", "集团公司", "总公司", "公司", "股份", "集团")
_GROUP = ("质量提升小组", "质量管理小组", "质量信得过班组", "qc小组", "qc", "小组", "班组", "团队", "班", "队")
_PHONE = re.compile(r"(?<![\d.])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\d.])")
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLACES = tuple(
    sorted(
        set(REGIONS.values())
        | {re.sub(r"(壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$", "", name) for name in REGIONS.values()},
        key=len,
        reverse=True,
    )
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that gives an entry away, in the form in which texts are compared."""

    text: str
    what: FindingWhat


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a term stands in a text (positions of the original), and the words around it."""

    start: int
    end: int
    what: FindingWhat
    excerpt: str


def squeeze(text: str) -> str:
    """Return a text as it is compared: one width, one case, no spaces, dashes or brackets."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().translate(_SKIPPED).split())


def _squeeze_with_places(text: str) -> tuple[str, list[int]]:
    chars, places = list[str](), list[int]()
    for place, char in enumerate(text):
        for piece in squeeze(char):
            chars.append(piece)
            places.append(place)
    return "".join(chars), places


def terms_of(entry: Entry) -> list[Term]:
    """Return what could give an entry away, longest first; unit, recommending unit and members must be loaded."""
    found: dict[str, FindingWhat] = {}

    def add(what: FindingWhat, forms: Iterable[str], shortest: int) -> None:
        for form in map(squeeze, forms):
            if len(form) >= shortest:
                found.setdefault(form, what)

    unit, recommender = entry.unit, entry.recommending_unit
    add(FindingWhat.UNIT, unit_forms(unit.name), 4)
    add(FindingWhat.UNIT, unit_forms(unit.parent_group) if unit.parent_group else [], 4)
    add(FindingWhat.UNIT, [unit.credit_code or "", unit.member_number, entry.code], 5)
    add(FindingWhat.UNIT, [recommender.name] if recommender else [], 4)
    add(FindingWhat.GROUP, group_forms(entry.group_name), 3)
    add(FindingWhat.GROUP, [entry.group_number], 5)
    names = [member.name for member in entry.members] + [entry.presenter, entry.contact_name, unit.contact_name]
    add(FindingWhat.MEMBER, [name for name in names if not name.isascii()], 2)
    add(FindingWhat.MEMBER, [name for name in names if name.isascii()], 4)
    contact = [entry.contact_phone, entry.contact_email, unit.contact_phone, unit.contact_email, unit.address]
    add(FindingWhat.CONTACT, contact, 6)
    return [Term(text, what) for text, what in sorted(found.items(), key=lambda item: -len(item[0]))]


def unit_forms(name: str) -> list[str]:
    """Return the full name of a unit and the shorter ones people write: no legal form, no place, a branch alone."""
    whole = squeeze(name)
    head, legal, tail = whole.rpartition("有限公司")
    parts = [whole, head + legal, tail] if legal and tail else [whole]
    forms = [form for part in parts if part for form in (part, _without_legal(part))]
    core = _without_place(_without_legal(parts[1] if len(parts) > 1 else whole))
    return list(dict.fromkeys([*forms, core]))


def _without_legal(name: str) -> str:
    for ending in _LEGAL:
        if name.endswith(ending) and len(name) > len(ending):
            return _without_legal(name[: -len(ending)])
    return name


def _without_place(name: str) -> str:
    for place in _PLACES:
        if name.startswith(place) and len(name) > len(place):
            return _without_place(name[len(place) :])
    return name


def group_forms(name: str) -> list[str]:
    """Return a group's name as given and with the other endings people use; a short name alone would hit everything."""
    whole = squeeze(name)
    core = next((whole[: -len(ending)] for ending in _GROUP if whole.endswith(ending)), whole)
    return [whole, *([core + ending for ending in _GROUP if ending != "qc"] if core else []), core]


def find(text: str, terms: list[Term]) -> list[Hit]:
    """Return where terms stand in a text, longest first and without overlap, in the order of the text."""
    squeezed = squeeze(text)
    present = [term for term in terms if term.text in squeezed]
    hits = list(_patterns(text))
    if present:
        narrow, places = _squeeze_with_places(text)
        hits += list(_occurrences(text, narrow, places, present))
    return _without_overlap(hits)


def _occurrences(text: str, narrow: str, places: list[int], terms: list[Term]) -> Iterator[Hit]:
    for term in terms:
        for match in re.finditer(re.escape(term.text), narrow):
            yield _hit(text, places[match.start()], places[match.end() - 1] + 1, term.what)


def _patterns(text: str) -> Iterator[Hit]:
    for pattern in (_PHONE, _EMAIL):
        for match in pattern.finditer(text):
            yield _hit(text, match.start(), match.end(), FindingWhat.CONTACT)


def _hit(text: str, start: int, end: int, what: FindingWhat) -> Hit:
    around = text[max(0, start - AROUND) : end + AROUND]
    return Hit(start, end, what, " ".join(around.split())[:200])


def _without_overlap(hits: list[Hit]) -> list[Hit]:
    kept = list[Hit]()
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def redact(text: str, terms: list[Term]) -> tuple[str, list[Hit]]:
    """Return the text with every term blocked out, and what was blocked."""
    hits = find(text, terms)
    for hit in reversed(hits):
        text = text[: hit.start] + BLOCK + text[hit.end :]
    return text, hits
