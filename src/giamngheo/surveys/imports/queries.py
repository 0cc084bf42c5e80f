"""What may be asked of workbooks on their way in; each sees their own, auditors all."""

from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.surveys.models import Import, ImportProblem


def imports(*, seen_by: User) -> QuerySet[Import]:
    """Workbooks, the latest first."""
    return Import.objects.select_related("round", "created_by").order_by("-pk")


def problems(of: Import, *, sheet: str = "", code: str = "", seen_by: User) -> QuerySet[ImportProblem]:
    """What is wrong in a workbook, errors before warnings, in the order of its rows."""
    found = ImportProblem.objects.filter(of=of)
    if sheet:
        found = found.filter(sheet=sheet)
    if code:
        found = found.filter(code=code)
    return found.order_by("warning", "sheet", "row", "pk")
