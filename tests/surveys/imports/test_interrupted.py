"""A workbook cut off on its way in leaves nothing behind, says so, and can be done again."""

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import override

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.surveys.imports import actions, errors, progress
from giamngheo.surveys.imports import apply as applying
from giamngheo.surveys.imports.progress import tell_failure, tell_stage
from giamngheo.surveys.imports.queries import imports
from giamngheo.surveys.models import Round
from tests.conftest import Cast
from tests.surveys.imports.test_actions import (
    NEW,
    NEW_HEAD,
    NEW_WIFE,
    Bring,
    State,
    bring,
    fresh,
    round,
    sizes,
    village,
    write,
)

__all__ = ["bring", "round", "village"]
pytestmark = pytest.mark.usefixtures("own_database", "media")


def test_a_full_disk_keeps_nothing(cast: Cast, round: Round, media: Path) -> None:
    def blocks() -> Any:
        yield b"x"
        raise OSError(28, "No space left on device")

    with pytest.raises(errors.NoRoomError), acting_as(cast.officer):
        actions.receive(round=round, file_name="a.xlsx", blocks=blocks(), by=cast.officer)
    assert not list(media.rglob("*/*"))
    with acting_as(cast.officer):
        assert not imports(seen_by=cast.officer).exists()


@pytest.mark.parametrize("at", [0, 4, len(applying._NEW) - 1])
def test_a_lost_connection_leaves_nothing_and_can_be_done_again(
    at: int, cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = bring([NEW], [NEW_HEAD, NEW_WIFE])
    before = sizes()
    cut = [
        *applying._NEW[:at],
        "SELECT pg_terminate_backend(pg_backend_pid())",
        *applying._NEW[at:],
    ]
    with monkeypatch.context() as patch:
        patch.setattr(applying, "_NEW", cut)
        with pytest.raises((OperationalError, InterfaceError)):
            write(of, cast.officer)
    stopped = fresh(of, cast.officer)
    assert (stopped.state, sizes()) == (State.FAILED, before)
    assert "chưa có gì được ghi" in tell_failure(stopped.failure)
    with override("en"):  # told in the reader's language, not in that of the job
        assert "nothing was written" in tell_failure(stopped.failure)
    with acting_as(cast.officer):
        actions.queue_check(stopped, by=cast.officer)
    actions.check(of.pk, by=cast.officer)
    write(fresh(of, cast.officer), cast.officer)
    assert fresh(of, cast.officer).state == State.APPLIED and sizes() != before


def _write_and_be_killed(pk: int, user: int) -> None:
    from giamngheo.surveys import recording

    connection.close()
    recording.tally = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)  # the last step before the commit
    actions.write(pk, by=User.objects.get(pk=user))


def test_a_killed_worker_leaves_nothing(cast: Cast, bring: Bring) -> None:
    of = bring([NEW], [NEW_HEAD, NEW_WIFE])
    before = sizes()
    with acting_as(cast.officer):
        actions.queue_apply(of=of, by=cast.officer)
    connection.close()
    worker = multiprocessing.get_context("fork").Process(
        target=_write_and_be_killed, args=(of.pk, cast.officer.pk)
    )
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert (fresh(of, cast.officer).state, sizes()) == (State.APPLYING, before)
    actions.say_stopped()
    stopped = fresh(of, cast.officer)
    assert stopped.state == State.FAILED and "chưa có gì được ghi" in tell_failure(stopped.failure)


@pytest.mark.parametrize(
    ("stage", "vi", "en"),
    [
        ("", "", ""),
        (progress.READING, "Đang đọc tệp", "Reading the file"),
        (progress.WRITING, "Đang ghi vào sổ", "Writing into the register"),
        (
            progress.at_row("Thành viên", 5000),
            "Trang “Thành viên”, hàng 5000",
            "Sheet “Thành viên”, row 5000",
        ),
    ],
)
def test_how_far_it_is_is_told_in_the_readers_language(stage: str, vi: str, en: str) -> None:
    with override("vi"):
        assert tell_stage(stage) == vi
    with override("en"):
        assert tell_stage(stage) == en
