"""Signs of life on the error stream while something takes long; silence otherwise, and never in the results."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scoring.sentences import told

PATIENCE = 2.0
INTERVAL = 5.0


@contextmanager
def progress(what: str, language: str = "en") -> Iterator[None]:
    """Say what is being done, if it takes longer than two seconds, and every five seconds that it still is.

    Parameters
    ----------
    what : str
        Such as ``calibrating 1,000,000 marks``.
    language : str
        ``zh`` or ``en``.
    """
    done = threading.Event()
    started = time.monotonic()

    def tell() -> None:
        wait = PATIENCE
        while not done.wait(wait):
            wait = INTERVAL
            seconds = f"{time.monotonic() - started:.0f}"
            waited = f"（{seconds} 秒）" if language == "zh" else f" ({seconds} s)"
            print(f"… {told(what, language)}{waited}", file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
