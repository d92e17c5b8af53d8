"""Takes what cameras and programs write about a picture out of it; the picture itself stays bit for bit."""

_KEPT_SEGMENTS = {0xE0, 0xEE}  # JFIF, and Adobe's, which says how the colours are to be read
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_DROPPED_BOXES = {b"xml ", b"uuid", b"uinf", b"jp2i"}


def bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG without EXIF, XMP, comments, profiles and what follows its end; the input if it is no sound JPEG."""
    if data[:2] != b"\xff\xd8":
        return data
    out, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return data
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return bytes(out + b"\xff\xd9")
        elif marker in _STANDALONE:
            out += data[at : at + 2]
            at += 2
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if not _is_remark(marker):
                out += data[at:end]
            at = end
            if marker == 0xDA:
                at = _end_of_scan(data, end)
                out += data[end:at]
    return bytes(out + b"\xff\xd9")


def _is_remark(marker: int) -> bool:
    return marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS)


def _end_of_scan(data: bytes, at: int) -> int:
    while (at := data.find(b"\xff", at)) != -1 and at + 1 < len(data):
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def bare_jpeg2000(data: bytes) -> bytes:
    """Return a JPEG 2000 file without its boxes of remarks; a bare code stream is returned as it is."""
    if data[4:8] != b"jP  ":
        return data
    out, at = bytearray(), 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1 and at + 16 <= len(data):
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        end = len(data) if size == 0 else at + size
        if end <= at:
            return data
        if kind not in _DROPPED_BOXES:
            out += data[at:end]
        at = end
    return bytes(out)
