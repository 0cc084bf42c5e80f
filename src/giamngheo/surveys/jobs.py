"""What the job runner does for this room."""

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.surveys import export_actions
from giamngheo.surveys.imports import actions as imports


@app.task(name="surveys.check_import")  # type: ignore[untyped-decorator]
def check_import(*, pk: int, user: int) -> None:
    """Read a workbook and show what it would do."""
    imports.check(pk, by=User.objects.get(pk=user))


@app.task(name="surveys.apply_import")  # type: ignore[untyped-decorator]
def apply_import(*, pk: int, user: int) -> None:
    """Write a checked workbook, whole or not at all."""
    imports.write(pk, by=User.objects.get(pk=user))


@app.task(name="surveys.make_export")  # type: ignore[untyped-decorator]
def make_export(*, export: int, user: int) -> None:
    """Make a large file that a person asked for."""
    asking = User.objects.get(pk=user)
    try:
        export_actions.run(export, asking)
    except BaseException:
        export_actions.fail(export, asking, _("Dừng giữa chừng; hãy yêu cầu lại tệp này."))
        raise
