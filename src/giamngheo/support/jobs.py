"""What the job runner does for this room."""

from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.support.findings import actions as findings
from giamngheo.support.imports import actions as imports


@app.task(name="support.check_intake")  # type: ignore[untyped-decorator]
def check_intake(*, pk: int, user: int) -> None:
    """Read an agency's workbook and match its rows."""
    imports.check(pk, by=User.objects.get(pk=user))


@app.task(name="support.apply_intake")  # type: ignore[untyped-decorator]
def apply_intake(*, pk: int, user: int) -> None:
    """Write a checked workbook, whole or not at all."""
    imports.write(pk, by=User.objects.get(pk=user))


@app.task(name="support.find")  # type: ignore[untyped-decorator]
def find(*, pk: int, user: int) -> None:
    """Look through a year for doubles and misses."""
    findings.run(pk, by=User.objects.get(pk=user))
