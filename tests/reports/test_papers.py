"""Every paper: the band of made-up data, title, language, tags, and names that try to be markup."""

import dataclasses

import pytest

from giamngheo.reports.papers.paper import Letterhead, Paper
from tests.reports import handed, samples
from tests.reports.reading import pages, reader, text

BAND = "DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI HỘ THẬT"
EVERY = samples.every()


@pytest.fixture(params=EVERY, ids=str)
def paper(request: pytest.FixtureRequest) -> Paper:
    return EVERY[request.param]


def test_every_page_of_made_up_data_says_so_and_no_page_of_real_data_does(paper: Paper) -> None:
    assert all(BAND in page for page in pages(paper))
    assert BAND not in text(dataclasses.replace(paper, synthetic=False))


def test_no_paper_can_forget_to_say_whether_its_data_is_made_up(paper: Paper) -> None:
    (field,) = [f for f in dataclasses.fields(paper) if f.name == "synthetic"]
    assert field.default is dataclasses.MISSING


def test_a_paper_has_its_title_language_and_tags(paper: Paper) -> None:
    read = reader(paper)
    root = read.trailer["/Root"]
    assert read.metadata is not None and read.metadata.title == paper.title
    assert root["/Lang"] == "vi-VN"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "Độc lập - Tự do - Hạnh phúc" in pages(paper)[0]


def test_the_same_content_is_the_same_bytes(paper: Paper) -> None:
    assert paper.pdf() == dataclasses.replace(paper).pdf()


def test_a_paper_can_be_looked_at_page_by_page() -> None:
    drawn = samples.poster().pages(40)
    assert len(drawn) == 1 and drawn[0].startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["#panic()", "*Páo*", "$x$", '"Páo"', "\\ #sys.inputs", "= Páo"])
def test_a_name_is_never_read_as_markup(name: str) -> None:
    posted = dataclasses.replace(samples.poster(1).rows[0], head_name=name)
    found = text(dataclasses.replace(samples.poster(), rows=(posted,)))
    assert name.split()[0].strip('"“”') in found


def test_a_number_is_left_to_the_pen_where_it_is_not_known() -> None:
    blank = Letterhead(issuer="Ủy ban nhân dân\nxã Nậm Mẫu", place="Nậm Mẫu", number="/TB-UBND")
    first = pages(samples.notice(letterhead=blank))[0]
    assert "/TB-UBND" in first
    assert "năm ." in first.replace("…", ".")


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("2c", "có khả năng nghèo, cận nghèo"), ("2d", "có khả năng thoát nghèo, thoát cận nghèo")],
)
def test_the_lists_of_a_review_head_their_columns_on_every_page(kind: str, heading: str) -> None:
    found = pages(samples.review_list(kind, rows=120, blank=0))
    assert heading in found[0] and len(found) > 3
    listed = [page for page in found if "Nậm Mẫu 1" in page.split("Trang")[0]]
    assert all("Chủ hộ" in page and "Số khẩu" in page for page in listed)


def test_form_a_is_the_same_paper_blank_and_filled() -> None:
    blank, filled = text(samples.quick_form()), text(samples.quick_form(filled=True))
    for item in samples.quick_form().items:
        assert item.text in blank and item.text in filled
    assert "×" not in blank and filled.count("×") == 4
    assert "Số mục có: 1." in filled


def test_moments_stand_by_the_clock_of_vietnam() -> None:
    assert "19 giờ 30, thứ Sáu, ngày 22 tháng 10 năm 2021" in text(samples.notice())


def test_a_receipt_fits_half_a_sheet_and_names_number_and_day() -> None:
    (page,) = pages(handed.receipt(about="Hộ tôi thiếu nước sạch, đường vào bản lở. " * 6))
    assert "YK-2021-0007" in page
    assert "Trả lời chậm nhất thứ Năm, 28/10/2021" in page


def test_an_answer_without_reasons_is_not_printed() -> None:
    with pytest.raises(ValueError, match="reasons"):
        handed.letter(reasons=("  ",))


def test_a_refusal_gives_its_reasons_and_what_one_may_do() -> None:
    found = text(handed.letter(refused=True))
    assert "Về việc không công nhận" in found
    assert "1. Rà soát viên khác" in found and "2. Nguồn nước" in found
    assert "quyền khiếu nại" in found


def test_the_report_to_the_district_sums_its_villages() -> None:
    found = text(samples.commune_report(villages=40))
    assert "40 thôn, bản" in found
    assert "40.780" in found  # 40 villages of 1.000 + n households each: 40.000 + 0 + 1 + … + 39
    assert "Chủ tịch Ủy ban nhân dân huyện Nậm Nhùn xem xét" in found


def test_the_districts_opinion_is_a_form_or_an_answer() -> None:
    assert "×" not in text(samples.opinion())
    agrees, refuses = (
        text(samples.opinion(agrees=True)),
        text(samples.opinion(agrees=False, text="Hộ số 3: xem lại.")),
    )
    assert "× Đồng ý" in agrees
    assert "× Chưa đồng ý" in refuses and "Hộ số 3: xem lại." in refuses
