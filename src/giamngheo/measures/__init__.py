"""Poverty statistics over tables of households: pure column expressions, without database, clock or web.

    import giamngheo.measures as gm

    households = gm.read("households.parquet")
    gm.money.poverty(households, "income", line="line", by=["district"])
    gm.alkire_foster.measures(households, gm.Spec.load("spec.yaml"), by=["district"])

Modules are imported when first named, so that a measure of money does not wait for the libraries of another. What each
holds: docs/reference/measures.md.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from giamngheo.measures import (
        alkire_foster,
        alkire_foster_sample,
        change_of_rate,
        changes,
        cube,
        design,
        dynamics,
        errors,
        growth,
        inequality,
        money,
        movement,
        outlook,
        plots,
        proxy_means,
        results,
        risk,
        robustness,
        small_area,
        specification,
        spread,
        tables,
        targeting,
    )
    from giamngheo.measures.design import Design
    from giamngheo.measures.specification import Spec
    from giamngheo.measures.tables import fetch, read

__all__ = [
    "Design",
    "Spec",
    "alkire_foster",
    "alkire_foster_sample",
    "change_of_rate",
    "changes",
    "cube",
    "design",
    "dynamics",
    "errors",
    "fetch",
    "growth",
    "inequality",
    "money",
    "movement",
    "outlook",
    "plots",
    "proxy_means",
    "read",
    "results",
    "risk",
    "robustness",
    "small_area",
    "specification",
    "spread",
    "tables",
    "targeting",
]
#: What is asked for so often that it is had without naming its module.
_OFTEN = {"Design": "design", "Spec": "specification", "fetch": "tables", "read": "tables"}


def __getattr__(name: str) -> Any:
    if name in _OFTEN:
        return getattr(importlib.import_module(f"{__name__}.{_OFTEN[name]}"), name)
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
