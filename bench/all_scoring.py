"""Everything the scoring engine is measured by, in one command: `make bench-scoring OPTIONS="--data FOLDER --large"`.

FOLDER holds what is not ours to ship: `sim/`, `flags/` and `gmcm2023_stage1.csv`; without it their parts are left out.
"""

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run one benchmark after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    parser.add_argument("--large", action="store_true", help="also the sizes that take minutes")
    options = parser.parse_args()
    competition = folder_or_file(options.data, "gmcm2023_stage1.csv")
    gmcm = ["--gmcm", competition] if competition else []
    run("bench_scoring", *gmcm)
    run("bench_reml", *(["--large"] if options.large else []))
    run("bench_million")
    run("bench_planning")
    run("bench_facets")
    flags, simulated = folder_or_file(options.data, "flags"), folder_or_file(options.data, "sim")
    run("bench_flags", *([flags] if flags else []))
    run("bench_calibration", *([simulated] if simulated else []), *gmcm)


def folder_or_file(folder: Path | None, name: str) -> str:
    """The path of a part of the data; empty when it is not there."""
    return str(folder / name) if folder is not None and (folder / name).exists() else ""


def run(name: str, *arguments: str) -> None:
    """Run one benchmark."""
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments], check=True)


if __name__ == "__main__":
    main()
