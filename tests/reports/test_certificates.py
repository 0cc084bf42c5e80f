"""A certificate bears no more than it must, and its code proves exactly what it says."""

import dataclasses
import json

import pytest

from giamngheo.base.signing import AlteredError, public_key, read_code, verify
from giamngheo.reports.papers.certificates import Certificate
from tests.reports import handed, made_up
from tests.reports.reading import pages

KEYS = [public_key(made_up.SECRET)]


def test_a_certificate_has_no_place_for_id_telephone_or_health() -> None:
    assert {field.name for field in dataclasses.fields(Certificate)} == {
        "number",
        "klass",
        "year",
        "head_name",
        "household_number",
        "village",
        "commune",
        "commune_code",
        "decision_number",
        "decided_on",
        "members",
    }


def test_a_certificate_says_who_what_and_by_which_decision() -> None:
    poor, near_poor = pages(handed.certificates(2))
    assert "GIẤY CHỨNG NHẬN HỘ NGHÈO" in poor and "GIẤY CHỨNG NHẬN HỘ CẬN NGHÈO" in near_poor
    assert "Số: GCN-2022-000001" in poor and "Lò Thị Mẩy" in poor
    assert "Quyết định số 45/QĐ-UBND ngày 01 tháng 12 năm 2021" in poor
    assert "Giàng Thị Sua 1985" in poor and "Thành viên" not in near_poor


def test_the_code_opens_the_page_of_verification_and_holds() -> None:
    paper = handed.certificates(1)
    address, _, code = paper.address(paper.signed[0]).partition("#")
    assert address == "https://giamngheo.example/xac-minh/"
    payload, signature = read_code(code)
    verify(payload, signature, public_keys=KEYS)
    assert json.loads(payload) == [
        *(1, "GCN-2022-000001", "poor", 2022, "Lò Thị Mẩy", "H00000014", "Bản Nậm Mẫu 1", "xã Nậm Mẫu"),
        *("03913", "45/QĐ-UBND", "2021-12-01", 1),
    ]


@pytest.mark.parametrize(
    "forged",
    [
        {"head_name": "Lò Thị Mây"},
        {"klass": "near_poor"},
        {"year": 2023},
        {"number": "GCN-2022-000002"},
        {"village": "Bản Khác"},
    ],
    ids=str,
)
def test_the_signature_of_one_certificate_proves_no_other(forged: dict[str, object]) -> None:
    (one,) = handed.certificates(1).signed
    other = dataclasses.replace(one.certificate, **forged)  # type: ignore[arg-type]
    with pytest.raises(AlteredError):
        verify(other.payload(synthetic=True), one.signature, public_keys=KEYS)


def test_made_up_data_cannot_pass_for_real() -> None:
    (one,) = handed.certificates(1).signed
    with pytest.raises(AlteredError):
        verify(one.certificate.payload(synthetic=False), one.signature, public_keys=KEYS)


@pytest.mark.parametrize("klass", ["average", "none", "undetermined"])
def test_there_is_no_certificate_for_other_classes(klass: str) -> None:
    with pytest.raises(ValueError, match=klass):
        handed.certificate(klass=klass).payload(synthetic=True)


def test_a_whole_commune_is_one_file_a_page_each() -> None:
    found = pages(handed.certificates(60))
    assert len(found) == 60
    assert all(f"GCN-2022-{n:06}" in page for n, page in enumerate(found, 1))


def test_a_large_household_stays_on_its_page() -> None:
    from giamngheo.reports.papers.certificates import Member

    paper = handed.certificates(1)
    (one,) = paper.signed
    many = tuple(
        Member(name=f"Hoàng Thị Bướm Nguyễn Thị Phương Thảo {n}", birth_year=1990 + n) for n in range(12)
    )
    large = dataclasses.replace(one, certificate=dataclasses.replace(one.certificate, members=many))
    assert len(pages(dataclasses.replace(paper, signed=(large,)))) == 1
