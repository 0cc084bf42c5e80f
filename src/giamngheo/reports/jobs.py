"""What the job runner does for this room."""

from procrastinate.contrib.django import app

from giamngheo.access.work import carry_out
from giamngheo.reports import actions
from giamngheo.reports.models import Production, Writing
from giamngheo.reports.official.errors import ReportError
from giamngheo.reports.words import actions as words
from giamngheo.resolution.errors import ResolutionError


@app.task(name="reports.make_reports")  # type: ignore[untyped-decorator]
def make_reports(*, production: int, user: int) -> None:
    """Make all reports of a round, whole or not at all."""
    carry_out(Production, production, user, actions.run, refused=ReportError)


@app.task(name="reports.write_report")  # type: ignore[untyped-decorator]
def write_report(*, writing: int, user: int) -> None:
    """Write one report in words, whole or not at all."""
    carry_out(Writing, writing, user, words.run, refused=ResolutionError)
