"""The snapshot of the small province, and the reports of the tests written as the product writes them."""

import datetime as dt
from collections.abc import Callable

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.queries import unit_on
from giamngheo.reports.models import Writing, WrittenReport
from giamngheo.reports.words import actions
from tests.warehouse.conftest import at_home, warehouse

__all__ = ["at_home", "warehouse"]

Written = Callable[[User, str, str, str], WrittenReport]


@pytest.fixture
def written(at_home: None) -> Written:
    """A report written here and now, without the job runner: `written(cast.province, "12", "final", "2016/2020")`."""

    def write(by: User, code: str, kind: str, period: str) -> WrittenReport:
        with acting_as(by):
            unit = unit_on(code, dt.date(2020, 12, 31))
            asked = Writing.objects.create(kind=kind, unit=unit, period=period, asked_by=by)
            return actions.write(asked, by=by)

    return write
