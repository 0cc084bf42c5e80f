"""What may be asked of workbooks on their way in; each sees their own, auditors all."""

from django.db.models import Count, QuerySet

from giamngheo.access.models import User
from giamngheo.surveys.models import Import, ImportProblem


def imports(*, seen_by: User) -> QuerySet[Import]:
    """Workbooks, the latest first."""
    return Import.objects.select_related("round", "created_by").order_by("-pk")


def problems(of: Import, *, sheet: str = "", column: str = "", seen_by: User) -> QuerySet[ImportProblem]:
    """What is wrong in a workbook, in one sheet or column if asked, errors before warnings, in the order of its rows."""
    found = ImportProblem.objects.filter(of=of)
    if sheet:
        found = found.filter(sheet=sheet, column=column)
    return found.order_by("warning", "sheet", "row", "pk")


def problem_places(of: Import, *, seen_by: User) -> list[tuple[str, str, int]]:
    """Sheets and columns with problems, and how many each has, the most first."""
    counted = of.problems.order_by().values_list("sheet", "column").annotate(n=Count("pk"))
    return sorted(counted, key=lambda place: (-place[2], place[0], place[1]))
