"""Small PDFs with words (Chinese too) and with everything in which identity can hide."""

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    + b"".join(
        b"100 beginbfrange\n"
        + b"".join(b"<%02x00> <%02xff> <%02x00>\n" % (high, high, high) for high in block)
        + b"endbfrange\n"
        for block in (range(100), range(100, 200))
    )
    + b"56 beginbfrange\n"
    + b"".join(b"<%02x00> <%02xff> <%02x00>\n" % (high, high, high) for high in range(200, 256))
    + b"endbfrange\nendcmap end end"
)


def make_pdf(*pages: str, author: str = "", title: str = "") -> bytes:
    """Return a PDF with these texts as pages (lines by newline) and this author in its information."""
    pdf = pikepdf.new()
    _add_pages(pdf, pages or ("正文",))
    if author:
        pdf.docinfo["/Author"] = author
    if title:
        pdf.docinfo["/Title"] = title
    return _bytes(pdf)


def make_picture_pdf(words: str = "", remark: bytes = b"") -> bytes:
    """Return a PDF whose only page is a JPEG that carries a comment; `words` are added as text."""
    pdf = pikepdf.new()
    _add_pages(pdf, [words])
    jpeg = _jpeg(remark)
    keys = {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 1, "/Height": 1, "/BitsPerComponent": 8}
    image = pdf.make_stream(jpeg, keys | {"/ColorSpace": Name.DeviceGray})
    image.write(jpeg, filter=Name.DCTDecode)
    page = pdf.pages[0]
    page.Resources["/XObject"] = Dictionary({"/Im1": image})
    page.contents_add(b"q 100 0 0 100 0 0 cm /Im1 Do Q")
    return _bytes(pdf)


def make_telling_pdf(text: str, marks: Sequence[str]) -> bytes:
    """Return a PDF that hides the fourteen marks in fourteen places besides its pages' words."""
    pdf = pikepdf.new()
    _add_pages(pdf, [text])
    mark = iter(marks)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:creator"] = [next(mark)]
    pdf.docinfo["/Author"], pdf.docinfo["/Keywords"] = next(mark), next(mark)
    pdf.attachments[next(mark)] = next(mark).encode()
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(next(mark), 0))
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{next(mark)}')"))
    pdf.Root["/OpenAction"] = script
    page = pdf.pages[0]
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
    link["/A"] = Dictionary(S=Name.URI, URI=String(f"https://{next(mark)}.example"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=String(next(mark)))
    page.obj["/Annots"] = Array([pdf.make_indirect(link), pdf.make_indirect(note)])
    page.obj["/PieceInfo"] = Dictionary(App=Dictionary(Private=String(next(mark))))
    page.Resources["/Properties"] = Dictionary(L1=Dictionary(Type=Name.OCG, Name=String(next(mark))))
    words = f"% {next(mark)}\n/Span <</ActualText ({next(mark)})>> BDC q Q EMC /OC /L1 BDC q Q EMC"
    page.contents_add(words.encode())
    form = pdf.make_stream(b"q Q", {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": [0, 0, 1, 1]})
    form["/PTEX.FileName"] = String(next(mark))
    page.Resources["/XObject"] = Dictionary({"/Fm1": form})
    page.contents_add(b"/Fm1 Do")
    assert next(mark, None) is None
    return _bytes(pdf)


def everything_in(data: bytes) -> bytes:
    """Return all a PDF holds, its streams unpacked and its strings as text: where a mark would show."""
    parts = [data]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts.append(str(pdf.trailer).encode())
        for item in pdf.objects:
            parts.append(repr(item).encode())
            if isinstance(item, pikepdf.Stream):
                parts.append(item.read_raw_bytes())
                try:
                    parts.append(item.read_bytes())
                except pikepdf.PdfError:
                    continue
    return b"\n".join(parts)


def _add_pages(pdf: pikepdf.Pdf, texts: Sequence[str]) -> None:
    font = _font(pdf)
    for text in texts:
        lines = b" T* ".join(b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj" for line in text.split("\n"))
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj["/Resources"] = Dictionary(Font=Dictionary({"/F1": font}))
        page.obj["/Contents"] = pdf.make_stream(b"BT /F1 12 Tf 14 TL 50 780 Td " + lines + b" ET" if text else b"")


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    system = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    measures = {"/ItalicAngle": 0, "/Ascent": 900, "/Descent": -100, "/CapHeight": 700, "/StemV": 80}
    names = {"/Type": Name.FontDescriptor, "/FontName": Name.Test, "/Flags": 4, "/FontBBox": [0, 0, 1000, 1000]}
    descriptor = Dictionary(names | measures)
    below = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Test, CIDSystemInfo=system)
    below["/FontDescriptor"] = pdf.make_indirect(descriptor)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Test, Encoding=Name("/Identity-H"))
    font["/DescendantFonts"] = Array([pdf.make_indirect(below)])
    font["/ToUnicode"] = pdf.make_stream(TO_UNICODE)
    return pdf.make_indirect(font)


def _jpeg(remark: bytes) -> bytes:
    """Return the frame of a JPEG: sound enough to be taken apart, not meant to be looked at."""
    comment = b"\xff\xfe" + (len(remark) + 2).to_bytes(2, "big") + remark
    exif = b"\xff\xe1" + (len(remark) + 8).to_bytes(2, "big") + b"Exif\0\0" + remark
    frame = b"\xff\xc0" + (11).to_bytes(2, "big") + b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    scan = b"\xff\xda" + (8).to_bytes(2, "big") + b"\x01\x01\x00\x00\x3f\x00" + b"\x7f\xff\x00\x3f"
    return b"\xff\xd8" + exif + comment + frame + scan + b"\xff\xd9" + remark


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    pdf.close()
    return out.getvalue()
