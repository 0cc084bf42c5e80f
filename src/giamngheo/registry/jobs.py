"""What the job runner does for this room."""

from procrastinate.contrib.django import app

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.registry.duplicates import SearchCancelled, run_search
from giamngheo.registry.models import DuplicateSearch


@app.task(name="registry.find_duplicates")  # type: ignore[untyped-decorator]
def find_duplicates(*, search_id: int, user_id: int) -> None:
    """Look for likely duplicates in the area of the person who asked."""
    user = User.objects.get(pk=user_id)
    try:
        run_search(search_id=search_id, by=user)
    except SearchCancelled:
        return
    except Exception as error:
        with acting_as(user):
            DuplicateSearch.objects.filter(pk=search_id).update(
                state=DuplicateSearch.State.FAILED, failure=str(error)[:2000]
            )
        raise
