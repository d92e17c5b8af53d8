"""How long 300 certificates take: `python -m bench.bench_certificates`.

The limit is typst alone: one document of 300 pages with a name on each, in the same two faces. A certificate is a file
of its own with number, check code and QR, so each is a run of its own.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from judging.app import create_app
from judging.config import Settings
from judging.foundation import db
from judging.foundation.audit import SYSTEM
from judging.foundation.fonts import font_dirs
from judging.publication import service
from tests.factories.publication import make_decided, make_notice
from tests.factories.units import make_unit

COUNT = 300
ACT: dict[str, Any] = {"by": SYSTEM, "at": datetime(2022, 7, 9, 9, 0, tzinfo=UTC)}
BARE = """#set page("a4", flipped: true)
#set text(font: "Noto Serif SC", size: 24pt)
#for n in range({count}) [证 书 #n #pagebreak(weak: true) ]
"""


def main() -> None:
    """Issue, set bare pages, print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        limit = bare(Path(folder))
        app = create_app(Settings.in_folder(Path(folder) / "instance", secret_key="bench", testing=True))
        with app.test_request_context():
            db.Model.metadata.create_all(db.extension.engine)
            with db.transaction() as session:
                edition, _entries = make_decided(session, entries=COUNT, unit=make_unit(session))
                service.announce(session, edition, make_notice(session, edition), **ACT)
                began = time.process_time()
                made = service.issue_all(session, edition, **ACT)
                ours = time.process_time() - began
            db.extension.engine.dispose()
    print(f"{len(made)} certificates: {ours:.1f} CPU s, {1000 * ours / len(made):.0f} ms each")
    print(
        f"typst alone, {COUNT} bare pages in one document: {limit:.2f} CPU s; certificates / bare = {ours / limit:.0f}"
    )


def bare(folder: Path) -> float:
    """Return the CPU seconds of one document with as many pages."""
    source = folder / "bare.typ"
    source.write_text(BARE.format(count=COUNT), encoding="utf-8")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_dirs())
    began = time.process_time()
    typst.Compiler(source, root=folder, font_paths=fonts).compile(format="pdf")
    return time.process_time() - began


if __name__ == "__main__":
    main()
