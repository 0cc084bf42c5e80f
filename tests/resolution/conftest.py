"""One snapshot of the small province for the tests of this room, made as the product makes it."""

from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]
