"""The snapshot of the warehouse room, made once for all tests of this one."""

from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]
