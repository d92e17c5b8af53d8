"""All benchmarks that need no argument: `make bench`."""

import subprocess
import sys

NAMES = (
    "bench_demo",
    "bench_flags",
    "bench_pages",
    "bench_saves",
    "bench_planning",
    "bench_affinity",
    "bench_import",
    "bench_certificates",
    "bench_scoring",
    "bench_reml",
)

for name in NAMES:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
