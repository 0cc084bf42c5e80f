"""Files kept with a step: the signed minutes, photographs of a poster, evidence. Kept under the hash of their content."""

import hashlib
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.reviews import errors
from giamngheo.reviews.models import Attachment, CommuneReview

#: How a file of each kind begins; what it says of itself is not believed.
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
MOST = 15 * 1024 * 1024


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
    content = file.read(MOST + 1)
    media_type = next((m for start, m in _BEGINNINGS.items() if content.startswith(start)), "")
    if not media_type or len(content) > MOST:
        raise errors.FileRefusedError(name=Path(name).name, most=MOST // 1024**2)
    sha256 = hashlib.sha256(content).hexdigest()
    path = _folder() / sha256
    if not path.exists():
        beside = path.with_suffix(".part")
        beside.write_bytes(content)
        beside.replace(path)
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
    content = (_folder() / attachment.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise ValueError(f"attachment {attachment.pk} is not what was kept")
    record(kind=Kind.READ, subject="reviews_attachment", row=attachment.pk, by=by)
    return content


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
