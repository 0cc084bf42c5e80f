"""What may be asked: the trials kept, as far as a person may see them."""

from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.whatif.models import Trial


def trials(*, seen_by: User) -> QuerySet[Trial]:
    """The trials kept, the latest first; row-level security cuts them to the reader."""
    if not seen_by.sees_households:
        return Trial.objects.none()
    return Trial.objects.select_related("unit", "made_by").order_by("-made_at")
