"""What the job runner does for this room."""

from procrastinate.contrib.django import app

from giamngheo.access.work import carry_out
from giamngheo.warehouse import actions
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.models import Making


@app.task(name="warehouse.make")  # type: ignore[untyped-decorator]
def make(*, pk: int, user: int) -> None:
    """Make what a person asked of the warehouse, whole or not at all."""
    carry_out(Making, pk, user, actions.run, refused=WarehouseError)
