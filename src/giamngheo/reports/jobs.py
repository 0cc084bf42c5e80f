"""What the job runner does for this room."""

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.reports import actions
from giamngheo.reports.official.errors import ReportError
from giamngheo.reports.words import actions as words
from giamngheo.resolution.errors import ResolutionError


@app.task(name="reports.make_reports")  # type: ignore[untyped-decorator]
def make_reports(*, production: int, user: int) -> None:
    """Make all reports of a round, whole or not at all."""
    asking = User.objects.get(pk=user)
    try:
        actions.run(production, asking)
    except ReportError as error:
        actions.fail(production, asking, str(error))
    except BaseException:
        actions.fail(production, asking, _("Dừng giữa chừng; chưa có báo cáo nào được giữ. Hãy lập lại."))
        raise


@app.task(name="reports.write_report")  # type: ignore[untyped-decorator]
def write_report(*, writing: int, user: int) -> None:
    """Write one report in words, whole or not at all."""
    asking = User.objects.get(pk=user)
    try:
        words.run(writing, asking)
    except ResolutionError as error:
        words.fail(writing, asking, str(error))
    except BaseException:
        words.fail(writing, asking, _("Dừng giữa chừng; chưa có báo cáo nào được giữ. Hãy lập lại."))
        raise
