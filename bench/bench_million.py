"""A million marks read from csv, ranked by severity and written: `python -m bench.bench_million`.

Limits: 10 CPU seconds and 2 GiB. Beside it what reading and averaging alone takes pandas, in a process of its own.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ENTRIES, JUDGES, PER_ENTRY = 200_000, 10_000, 5
SECONDS, GIGABYTES = 10, 2
PEER = "import pandas, sys; t = pandas.read_csv(sys.argv[1]); t.groupby('entry')['mark'].mean().to_csv(sys.argv[2])"


def main() -> None:
    """Write a million rows, rank them, print the cost."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "marks.csv"), Path(folder, "ranks.csv")
        write(source)
        ranked = cost([sys.executable, "-m", "scoring.cli", "rank", str(source), "-o", str(result), "--top", "20000"])
        peer = cost([sys.executable, "-c", PEER, str(source), str(Path(folder, "means.csv"))])
    print(
        f"1,000,000 marks of {ENTRIES:,} entries by {JUDGES:,} judges, csv to csv: {ranked[0]:.1f} CPU s (limit {SECONDS}),"
        f" {ranked[1]:.2f} GiB (limit {GIGABYTES}); pandas, means only: {peer[0]:.1f} CPU s, {peer[1]:.2f} GiB"
    )


def write(path: Path) -> None:
    """A round in which every entry meets five judges, rows in no order."""
    random = np.random.default_rng(1)
    entry = np.repeat(np.arange(ENTRIES), PER_ENTRY)
    first = random.integers(0, JUDGES, ENTRIES)[:, None]
    judge = ((first + np.array([0, 1, 7, 77, 777])) % JUDGES).ravel()
    quality, severity = random.normal(70, 8, ENTRIES), random.normal(0, 4, JUDGES)
    mark = np.round(quality[entry] - severity[judge] + random.normal(0, 5, len(entry)), 1)
    order = random.permutation(len(entry))
    rows = zip(entry[order].tolist(), judge[order].tolist(), mark[order].tolist(), strict=True)
    with path.open("w", encoding="utf-8") as file:
        file.write("entry,judge,mark\n")
        file.writelines(f"E{e:06d},J{j:05d},{value}\n" for e, j, value in rows)


def cost(command: list[str]) -> tuple[float, float]:
    """CPU seconds and GiB at most of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 2**20


if __name__ == "__main__":
    main()
