"""`make bench`: every measure of speed and size in one run, as ratios against peers and limits."""

import importlib
import platform
import sys
import time
from importlib.metadata import version

PARTS = (
    "verdicts",
    "measures",
    "analysis",
    "sampling",
    "entitlements",
    "reports",
    "resolution",
    "whatif",
    "papers",
    "imports",
    "search",
    "pages",
)


def main() -> int:
    print(
        f"# {platform.machine()}, Python {platform.python_version()}, DuckDB {version('duckdb')}, "
        f"Ibis {version('ibis-framework')}, Django {version('Django')}"
    )
    wanted = sys.argv[1:] or PARTS
    missed = []
    for name in wanted:
        print(f"\n## {name}", flush=True)
        began = time.perf_counter()
        if not importlib.import_module(f"bench.{name}").main():
            missed.append(name)
        print(f"({time.perf_counter() - began:.0f} s)")
    if missed:
        print(f"\nLimits missed in: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
