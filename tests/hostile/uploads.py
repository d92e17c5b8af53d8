"""Sound files and broken ones, built in a few lines each."""

import io
import struct
import zipfile
import zlib

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}


def pdf(text: str = "report", *, catalog: str = "", pages: int = 1, head: bytes = b"") -> bytes:
    """Return a small PDF with a classic cross-reference table."""
    kids = " ".join(f"{3 + n} 0 R" for n in range(pages))
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    bodies += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>" for _ in range(pages)]
    out, places = bytearray(head + b"%PDF-1.7\n% " + text.encode() + b"\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def archive(*members: tuple[str, bytes | str]) -> bytes:
    """Return a zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return out.getvalue()


def office(kind: str = "docx", main: str = "<w/>", *more: tuple[str, bytes | str]) -> bytes:
    """Return an Office file of just enough parts."""
    return archive(("[Content_Types].xml", CONTENT_TYPES), (MAIN_PARTS[kind], f'<?xml version="1.0"?>{main}'), *more)


def png(width: int = 4, height: int = 4, *, extra: bytes = b"") -> bytes:
    """Return a grey picture; with a huge width its header lies about the data."""
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * min(width, 4) for _ in range(min(height, 4))))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"") + extra


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg(width: int = 8, height: int = 8) -> bytes:
    """Return the bones of a JPEG: headers, a scan of nothing, the end."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + bytes(20) + b"\xff\xd9"


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)
PROGRAM = b"MZ" + bytes(510) + b"PE\0\0" + bytes(100)
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(200)
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(200)
