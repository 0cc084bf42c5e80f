"""A commune's papers leave one by one, as a zip any program opens."""

import io
import zipfile
from collections.abc import Iterator

from giamngheo.reports.papers import bundle
from giamngheo.reports.papers.paper import Paper
from tests.reports import handed, samples


def test_a_zip_of_papers_is_whole_and_each_leaves_before_the_next_is_made() -> None:
    made: list[str] = []

    def papers() -> Iterator[tuple[str, Paper]]:
        for village in ("Bản Nậm Mẫu 1", "Bản Nậm Mẫu 2/3"):
            made.append(village)
            yield village, handed.certificates(2)

    pieces = bundle.stream(papers())
    first = next(pieces)
    assert made == ["Bản Nậm Mẫu 1"] and b"%PDF" in first
    with zipfile.ZipFile(io.BytesIO(first + b"".join(pieces))) as read:
        assert read.testzip() is None
        assert read.namelist() == ["Bản Nậm Mẫu 1.pdf", "Bản Nậm Mẫu 2-3.pdf"]
        assert read.read("Bản Nậm Mẫu 1.pdf") == handed.certificates(2).pdf()


def test_two_papers_of_one_name_both_arrive() -> None:
    pieces = bundle.stream([("Bản Nậm", handed.receipt()), ("Bản Nậm", samples.notice())])
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as read:
        assert read.namelist() == ["Bản Nậm.pdf", "Bản Nậm (2).pdf"]
