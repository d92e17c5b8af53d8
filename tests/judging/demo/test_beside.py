"""Work in another process: its pieces arrive in order, its failure is told."""

import json
import subprocess
import sys

import pytest

TELL = """
import json
from judging.demo.beside import Beside
def work():
    {work}
try:
    print(json.dumps(list(Beside(work))))
except RuntimeError as error:
    print(json.dumps(str(error)))
"""


def beside(work: str) -> object:
    """Let a fresh process run this work beside itself: forking needs one that has no threads."""
    script = TELL.format(work=work)
    return json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("work", "heard"),
    [
        ("yield from range(3)", [0, 1, 2]),
        ("yield from ()", []),
        ("yield 1; raise ValueError('broken')", "broken"),
        ("yield 1; import os; os._exit(3)", "ended with 3"),
    ],
)
def test_what_the_other_process_makes_is_heard(work: str, heard: object) -> None:
    told = beside(work)
    assert told == heard if isinstance(heard, list) else str(heard) in str(told)


def test_a_process_with_threads_is_not_forked() -> None:
    script = "yield 1\nimport threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    assert "only before" in str(beside(script))
