"""Time and chance come from one place each, so that acts can be told both."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "judging"
CLOCK = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|datetime\.today\(")
LOTS = re.compile(r"\brandom\.(?:choice|random|randint|sample|shuffle)\(|uuid4\(\)|uuid1\(|secrets\.choice\(")


def _hits(pattern: re.Pattern[str], *, but: tuple[str, ...]) -> list[str]:
    files = (path for path in ROOT.rglob("*.py") if str(path.relative_to(ROOT)) not in but)
    return [str(path.relative_to(ROOT)) for path in files if pattern.search(path.read_text(encoding="utf-8"))]


def test_only_the_clock_looks_at_the_time() -> None:
    assert _hits(CLOCK, but=("foundation/clock.py",)) == []


def test_only_chance_draws_lots() -> None:
    tokens_of_no_data = ("foundation/jobs.py", "accounts/models.py")  # a worker's name, an account's uniquifier
    assert _hits(LOTS, but=("foundation/chance.py", *tokens_of_no_data)) == []
