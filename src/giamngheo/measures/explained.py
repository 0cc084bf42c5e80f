"""Columns that explain something: refused, with their names, where they say nothing or nothing of their own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from giamngheo.measures.errors import CollinearColumnsError, ConstantColumnError, NoFitError

_LEAST = 1e-9


def independent(x: np.ndarray[Any, Any], names: Sequence[str]) -> None:
    """Rows by columns that shall stand beside a constant.

    Raises ConstantColumnError, CollinearColumnsError (every column that is part of a dependence), NoFitError (no more
    rows than coefficients).
    """
    spread = x.max(axis=0) - x.min(axis=0)
    if (spread == 0).any():
        raise ConstantColumnError(
            columns=", ".join(n for n, own in zip(names, spread, strict=True) if own == 0)
        )
    if len(x) <= len(names) + 1:
        raise NoFitError(why=f"{len(x)} ≤ {len(names)} + 1")
    _, sizes, directions = np.linalg.svd((x - x.mean(axis=0)) / x.std(axis=0), full_matrices=False)
    tied = np.abs(directions[sizes < _LEAST * sizes[0]])
    if len(tied):
        involved = (tied > 1e-6).any(axis=0)
        raise CollinearColumnsError(
            columns=", ".join(n for n, own in zip(names, involved, strict=True) if own)
        )
