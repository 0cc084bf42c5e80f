"""The bench of the support tests: a household and a person of the officer's commune."""

from collections.abc import Iterator

import pytest

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household, Person
from tests.conftest import Cast


@pytest.fixture
def acting_officer(cast: Cast) -> Iterator[Cast]:
    with acting_as(cast.officer):
        yield cast


@pytest.fixture
def person(acting_officer: Cast) -> Person:
    """The head of a household of the commune."""
    return (
        Person.objects.select_related("household")
        .filter(relation="head", household__isnull=False)
        .order_by("pk")[3]
    )


@pytest.fixture
def household(person: Person) -> Household:
    assert person.household is not None
    return person.household
