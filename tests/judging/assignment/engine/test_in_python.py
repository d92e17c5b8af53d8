"""Every block of the page on the engine from Python is run, and prints what the page says."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[4] / "docs/methods/assignment-in-python.md"
BLOCKS = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_every_block_prints_what_the_page_says() -> None:
    names: dict[str, Any] = {}
    for code, told in BLOCKS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == told
