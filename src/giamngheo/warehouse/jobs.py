"""What the job runner does for this room."""

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.warehouse import actions
from giamngheo.warehouse.errors import WarehouseError


@app.task(name="warehouse.make")  # type: ignore[untyped-decorator]
def make(*, pk: int, user: int) -> None:
    """Make what a person asked of the warehouse, whole or not at all."""
    asking = User.objects.get(pk=user)
    try:
        actions.run(pk, asking)
    except WarehouseError as error:
        actions.fail(pk, asking, str(error))
    except BaseException:
        actions.fail(pk, asking, _("Dừng giữa chừng; chưa có gì được giữ. Hãy yêu cầu lại."))
        raise
