"""Where a page may send the browser: only to paths of our own."""

from urllib.parse import urlsplit


def safe_target(target: str | None) -> str | None:
    """Return `target` if it is a path of this server, else None."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(char) < 32 for char in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
