"""Every worked case beside a standard comes out as written."""

import pytest

from giamngheo.rules.cases import Case, cases, wrong_in
from giamngheo.rules.standards import Standard, standards

ALL = [(standard, case) for standard in standards().values() for case in cases(standard)]


@pytest.mark.parametrize(("standard", "case"), ALL, ids=[f"{s.slug}: {c.name}" for s, c in ALL])
def test_case(standard: Standard, case: Case) -> None:
    assert not wrong_in(case, standard)
