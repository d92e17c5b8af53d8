"""Everything the assignment engine is measured by, in one command: `make bench-assignment OPTIONS="FOLDER --large"`.

FOLDER holds the instances, which are not ours to ship.
"""

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Run one benchmark after another, each on the same folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--large", action="store_true", help="also what takes minutes or gigabytes")
    parser.add_argument(
        "--quick", action="store_true", help="fewer seasons and draws: some minutes instead of a quarter of an hour"
    )
    options = parser.parse_args()
    folder, large = str(options.folder), ["--large"] if options.large else []
    seasons, quick = (["--seasons", "20"], ["--quick"]) if options.quick else ([], [])
    for name, arguments in (
        ("bench_assignment", [folder, *large]),
        ("bench_assignment_fair", ["--data", folder, *large, *seasons]),
        ("bench_assignment_random", [folder, *quick]),
    ):
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments], check=True)


if __name__ == "__main__":
    main()
