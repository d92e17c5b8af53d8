"""Pages one draws on, and the PDF file they become: text, rules, boxes; the origin is the top left corner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from judging.demo.pdf_font import Face, Subset, squeeze

NOT_AT_START = frozenset("，。；：、！？”》）〕】%‰℃·")
NOT_AT_END = frozenset("“《（〔【")
INK, GREY, ACCENT, PALE = "0.13 0.16 0.2", "0.42 0.46 0.52", "0.16 0.36 0.6", "0.92 0.94 0.96"
BODY, NAMES = "B", "N"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; what names somebody is set in a face of its own, so that masked files hold no trace of it."""

    x: float
    y: float
    size: float
    text: str
    bold: bool
    colour: str
    font: str


@dataclass(slots=True)
class Page:
    """A page being drawn. `y` is where the next thing goes."""

    face: Face
    width: float = 595.0
    height: float = 842.0
    margin: float = 62.0
    y: float = 70.0
    words: list[Words] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)

    @property
    def measure(self) -> float:
        """The width of a line of text."""
        return self.width - 2 * self.margin

    def put(
        self, x: float, y: float, text: str, size: float = 10.5, bold: bool = False, colour: str = INK, font: str = BODY
    ) -> None:
        """Set one line with its base line at y."""
        self.words.append(Words(x, y, size, text, bold, colour, font))

    def centre(self, text: str, size: float, bold: bool = False, colour: str = INK, font: str = BODY) -> None:
        """Set a line in the middle and go on below it, breaking it where it is too long."""
        for line in self.wrap(text, size, self.measure):
            self.y += size * 1.5
            left = (self.width - self.face.width(line) * size / 1000) / 2
            self.put(left, self.y, line, size, bold, colour, font)

    def heading(self, text: str, size: float = 13.5) -> None:
        """Set a heading with air above it."""
        self.y += size * 2
        self.put(self.margin, self.y, text, size, True, ACCENT)
        self.y += size * 0.4

    def paragraph(self, text: str, size: float = 11.5, indent: int = 2, font: str = BODY) -> None:
        """Set a paragraph, its first line indented by so many characters."""
        for place, line in enumerate(self.wrap("　" * indent + text, size, self.measure)):
            self.y += size * 1.85
            shift = indent * size if place == 0 else 0.0
            self.put(self.margin + shift, self.y, line.lstrip("　"), size, font=font)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        size: float = 10.5,
        head: bool = True,
        named: frozenset[int] = frozenset(),
    ) -> None:
        """Set a ruled table; columns share the measure, those in `named` hold names."""
        self.y += 8
        widths = [self.measure * share / sum(shares) for share in shares]
        for place, row in enumerate(rows):
            cells = [self.wrap(cell, size, width - 10) for cell, width in zip(row, widths, strict=True)]
            height = max(len(lines) for lines in cells) * size * 1.5 + 8
            if head and place == 0:
                self.box(self.margin, self.y, self.measure, height, PALE)
            self._row(cells, widths, size, head and place == 0, named)
            self.rule(self.margin, self.y, self.margin + self.measure, self.y)
            self.y += height
        self.rule(self.margin, self.y, self.margin + self.measure, self.y)
        self.y += 6

    def _row(self, cells: list[list[str]], widths: list[float], size: float, bold: bool, named: frozenset[int]) -> None:
        x = self.margin
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            font = NAMES if column in named and not bold else BODY
            for number, line in enumerate(lines):
                self.put(x + 5, self.y + 4 + size * (1.15 + 1.5 * number), line, size, bold, font=font)
            x += width

    def bars(self, labels: Sequence[str], values: Sequence[float], texts: Sequence[str], height: float = 110) -> None:
        """Draw a bar chart with a figure on each bar."""
        self.y += 14
        base, top = self.y + height, max(values) or 1
        step = self.measure / len(values)
        for place, (label, value, text) in enumerate(zip(labels, values, texts, strict=True)):
            x, tall = self.margin + place * step + step * 0.28, max(1.5, value / top * (height - 16))
            self.box(x, base - tall, step * 0.44, tall, ACCENT)
            self.put(x + step * 0.22 - self.face.width(text) * 0.0045, base - tall - 4, text, 9)
            self.put(x + step * 0.22 - self.face.width(label) * 0.0045, base + 13, label, 9, colour=GREY)
        self.rule(self.margin, base, self.margin + self.measure, base)
        self.y = base + 20

    def rule(self, x1: float, y1: float, x2: float, y2: float, thick: float = 0.5) -> None:
        """Draw a line."""
        start, end = f"{x1:.1f} {self.height - y1:.1f}", f"{x2:.1f} {self.height - y2:.1f}"
        self.shapes.append(f"{GREY} RG {thick} w {start} m {end} l S")

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a box."""
        self.shapes.append(f"{colour} rg {x:.1f} {self.height - y - height:.1f} {width:.1f} {height:.1f} re f")

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines; punctuation does not begin a line, an opening mark does not end one."""
        limit = width * 1000 / size
        widths = self.face.widths
        if sum(map(widths.__getitem__, text)) <= limit:
            return [text]
        lines, start, used = [], 0, 0
        for place, char in enumerate(text):
            used += widths[char]
            if used > limit and place > start and char not in NOT_AT_START:
                cut = self._cut(text, start, place)
                lines.append(text[start:cut])
                start, used = cut, self.face.width(text[cut : place + 1])
        return [*lines, text[start:]]

    def _cut(self, text: str, start: int, place: int) -> int:
        """Move back over opening marks and into the gap before a number or Latin word."""
        cut = place
        while cut > start + 1 and _joined(text[cut - 1], text[cut]):
            cut -= 1
        return cut if cut > start + (place - start) // 2 else place


def _joined(left: str, right: str) -> bool:
    together = left.isascii() and right.isascii() and not (left + right).count(" ")
    return together or left in NOT_AT_END or right in NOT_AT_START


@dataclass(frozen=True, slots=True)
class Info:
    """What a word processor leaves in the file: who wrote it, and for whom."""

    title: str
    author: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Font:
    """A subset made once, and laid into every file that shares it."""

    subset: Subset
    shapes: bytes
    names: bytes

    @classmethod
    def of(cls, face: Face, words: Iterable[Words]) -> "Font":
        """The font that shows these words."""
        subset = Subset(face, {char for word in words for char in word.text})
        return cls(subset, squeeze(subset.font_file()), squeeze(subset.to_unicode()))


def write_pdf(pages: Sequence[Page], body: Font, info: Info | None) -> bytes:
    """The file of these pages; without `info` it says of nobody that they wrote it."""
    named = [word for page in pages for word in page.words if word.font == NAMES]
    fonts = {BODY: body, **({NAMES: Font.of(body.subset.face, named)} if named else {})}
    objects: list[bytes] = [b"", b""]
    resources = "".join(f"/{key} {_add_font(objects, font)} 0 R " for key, font in fonts.items())
    kids = [_add_page(objects, page, fonts, resources) for page in pages]
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    if info is None:
        return _file(objects, "")
    objects[0] = f"<</Type/Catalog/Pages 2 0 R/Metadata {_add_xmp(objects, info)} 0 R>>".encode()
    entries = {"Title": info.title, "Author": info.author, "Company": info.company, "Creator": "Word"}
    number = _add(objects, "".join(f"/{key} {_text(value)}" for key, value in entries.items() if value))
    return _file(objects, f"/Info {number} 0 R")


def _add(objects: list[bytes], body: str, stream: bytes | None = None) -> int:
    if stream is None:
        objects.append(f"<<{body}>>".encode())
    else:
        objects.append(f"<<{body}/Length {len(stream)}>>stream\n".encode() + stream + b"\nendstream")
    return len(objects)


def _add_font(objects: list[bytes], font: Font) -> int:
    file = _add(objects, "/Filter/FlateDecode", font.shapes)
    names = _add(objects, "/Filter/FlateDecode", font.names)
    base = f"AAAAAA+{font.subset.face.name}"
    descriptor = _add(
        objects,
        f"/Type/FontDescriptor/FontName/{base}/Flags 4/FontBBox[-1000 -300 2000 1100]/ItalicAngle 0"
        f"/Ascent 880/Descent -120/CapHeight 733/StemV 90/FontFile2 {file} 0 R",
    )
    child = _add(
        objects,
        f"/Type/Font/Subtype/CIDFontType2/BaseFont/{base}/FontDescriptor {descriptor} 0 R/CIDToGIDMap/Identity"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/W[0[{font.subset.widths()}]]",
    )
    return _add(
        objects,
        f"/Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H"
        f"/DescendantFonts[{child} 0 R]/ToUnicode {names} 0 R",
    )


def _add_page(objects: list[bytes], page: Page, fonts: dict[str, Font], resources: str) -> int:
    lines = [_show(word, page.height, fonts[word.font]) for word in page.words]
    content = "\n".join([*page.shapes, "BT", *lines, "ET"]).encode()
    number = _add(objects, "/Filter/FlateDecode", squeeze(content))
    return _add(
        objects,
        f"/Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width:.0f} {page.height:.0f}]"
        f"/Resources<</Font<<{resources}>>>>/Contents {number} 0 R",
    )


def _show(word: Words, height: float, font: Font) -> str:
    """One line of text; bold is drawn by a thin stroke around the regular shapes."""
    weight = f"2 Tr {word.size / 44:.2f} w {word.colour} RG" if word.bold else "0 Tr"
    place = f"1 0 0 1 {word.x:.1f} {height - word.y:.1f} Tm"
    return f"/{word.font} {word.size} Tf {weight} {word.colour} rg {place} <{font.subset.encode(word.text)}> Tj"


def _add_xmp(objects: list[bytes], info: Info) -> int:
    xmp = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:creator><rdf:Seq><rdf:li>{info.author}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:publisher><rdf:Bag><rdf:li>{info.company}</rdf:li></rdf:Bag></dc:publisher>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    return _add(objects, "/Type/Metadata/Subtype/XML", xmp.encode())


def _text(value: str) -> str:
    return f"<feff{value.encode('utf-16-be').hex()}>"


def _file(objects: list[bytes], trailer: str) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\n"
    return bytes(out) + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()
