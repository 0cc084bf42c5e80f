"""Many papers as one zip that is sent while it is being made: a paper at a time in memory."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator

from giamngheo.reports.papers.paper import Paper


def stream(papers: Iterable[tuple[str, Paper]]) -> Iterator[bytes]:
    """The zip, in pieces, of papers under their names ('Bản Nậm Mẫu 1': its file gets .pdf; a second one ' (2)').

    A commune's 900 certificates as one PDF take 580 MB while they are set, village by village 180 MB, and the first
    village leaves after half a second.
    """
    waiting, names = _Waiting(), Counter[str]()
    with zipfile.ZipFile(waiting, "w", zipfile.ZIP_STORED) as file:  # a PDF is already compressed
        for name, paper in papers:
            day = paper.made_on
            plain = name.replace("/", "-")
            names[plain] += 1
            again = f" ({names[plain]})" if names[plain] > 1 else ""
            entry = zipfile.ZipInfo(f"{plain}{again}.pdf", (day.year, day.month, day.day, 0, 0, 0))
            file.writestr(entry, paper.pdf())
            yield waiting.take()
    yield waiting.take()


class _Waiting(io.RawIOBase):
    """Takes what is written and gives it away once; knows no going back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(taken)
        return len(taken)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
