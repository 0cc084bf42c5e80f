"""Work a person asks of the job runner: its state is committed apart from the work, so that pages see how it goes."""

from collections.abc import Callable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as


class Work(models.Model):
    """One piece of work: who asked for it and when, how far it is, why it ended early if it did."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Chờ làm")
        WORKING = "working", gettext_lazy("Đang làm")
        DONE = "done", gettext_lazy("Đã xong")
        FAILED = "failed", gettext_lazy("Dừng giữa chừng")

    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    failure = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}


#: The states of work that is not over.
OPEN = (Work.State.WAITING, Work.State.WORKING)


def carry_out(
    kind: type[Work],
    pk: int,
    user: int,
    run: Callable[[int, User], None],
    *,
    refused: type[Exception],
) -> None:
    """The job of a piece of work, whole or not at all: `run` does it, as the person who asked, and says that it is done.

    What waits no longer is passed over, so that a job queued twice works once. A refusal is kept as its sentence; whatever
    else ends the work is kept as an early end, and raised.
    """
    asking = User.objects.get(pk=user)
    try:
        if _taken(kind, pk, asking):
            run(pk, asking)
    except refused as error:
        _fail(kind, pk, asking, str(error))
    except BaseException:
        _fail(kind, pk, asking, _("Dừng giữa chừng; chưa có gì được giữ. Hãy yêu cầu lại."))
        raise


def _taken(kind: type[Work], pk: int, by: User) -> bool:
    with acting_as(by):
        waiting = kind._default_manager.filter(pk=pk, state=Work.State.WAITING)
        return bool(waiting.update(state=Work.State.WORKING))


def _fail(kind: type[Work], pk: int, by: User, failure: str) -> None:
    with acting_as(by):
        kind._default_manager.filter(pk=pk).exclude(state=Work.State.DONE).update(
            state=Work.State.FAILED, failure=failure[:2000], finished_at=timezone.now()
        )
