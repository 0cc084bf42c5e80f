"""What the job runner does for this room."""

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.escape import actions


@app.task(name="escape.make")  # type: ignore[untyped-decorator]
def make(*, pk: int, user: int) -> None:
    """Make the watch list, whole or not at all."""
    by = User.objects.get(pk=user)
    try:
        actions.run(pk, by=by)
    except BaseException:
        actions.fail(pk, _("Dừng giữa chừng; chưa có gì được giữ. Hãy yêu cầu lại."), by=by)
        raise
