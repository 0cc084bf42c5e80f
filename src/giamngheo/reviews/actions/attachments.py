"""Files kept with a step: the signed minutes, photographs of a poster, evidence. Kept under the hash of their content."""

from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base import scans
from giamngheo.reviews import errors
from giamngheo.reviews.models import Attachment, CommuneReview


@transaction.atomic
def attach(
    *,
    of: CommuneReview,
    kind: str,
    about: int,
    file: IO[bytes],
    name: str,
    village: Unit | None = None,
    by: User,
) -> Attachment:
    """Keep a scan or a photograph with what it belongs to. Raises FileRefusedError for another kind of file or a large one."""
    content = file.read(scans.MOST + 1)
    media_type = scans.media_type(content)
    if not media_type:
        raise errors.FileRefusedError(name=Path(name).name, most=scans.MOST // 1024**2)
    sha256 = scans.keep(_folder(), content)
    return Attachment.objects.create(
        of=of,
        village=village,
        kind=kind,
        about=about,
        name=Path(name).name[:200],
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        added_at=timezone.now(),
        added_by=by,
    )


def read(attachment: Attachment, *, by: User) -> bytes:
    """The content, which may show households: the reading is recorded. Raises ValueError if it is not what was kept."""
    content = scans.read(_folder(), attachment.sha256)
    record(kind=Kind.READ, subject="reviews_attachment", row=attachment.pk, by=by)
    return content


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "papers"
