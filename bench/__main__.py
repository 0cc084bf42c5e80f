"""`make bench`: every measure of speed and size in one run, as ratios against peers and limits.

Each part has a process of its own: what one held in memory is not counted as another's.
"""

import platform
import subprocess
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
        part = f"import sys; from bench.{name} import main; sys.exit(not main())"
        if subprocess.run([sys.executable, "-c", part], check=False).returncode:
            missed.append(name)
        print(f"({time.perf_counter() - began:.0f} s)")
    if missed:
        print(f"\nLimits missed in: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
