"""Units on a day: what bears a code, what stands above and below, what became of it, what law lists it."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from giamngheo.areas.errors import NotThenError, UnknownUnitError
from giamngheo.areas.models import Level
from giamngheo.areas.queries import (
    ancestors_on,
    children_on,
    descendants_on,
    label,
    level_on,
    listed_on,
    listings_of,
    outlines_of,
    predecessors_on,
    search,
    successor_on,
    unit_on,
    units_on,
)

pytestmark = pytest.mark.django_db
day = dt.date.fromisoformat
BEFORE, AFTER, NEW = day("2019-06-01"), day("2020-02-01"), day("2025-07-01")


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("03388", "2004-10-24", "thị trấn Phong Thổ"),
        ("03388", "2012-11-03", "phường Quyết Tiến"),
        ("03388", "2020-02-01", "phường Quyết Tiến"),
        ("03388", "2025-06-30", "phường Quyết Tiến"),
        ("03388", "2025-07-01", "phường Đoàn Kết"),
        ("03389", "2025-06-30", "phường Đoàn Kết"),
        ("03403", "2020-01-31", "xã Nậm Loỏng"),
        ("03403", "2020-02-01", "xã Sùng Phài"),
        ("105", "2013-12-27", "thị xã Lai Châu"),
        ("105", "2013-12-28", "thành phố Lai Châu"),
    ],
)
def test_a_code_is_used_again(code: str, on: str, name: str) -> None:
    assert label(unit_on(code, day(on))) == name


@pytest.mark.parametrize(
    ("code", "on", "sentence"),
    [
        (
            "03397",
            "2020-02-01",
            "Ngày 01/02/2020 không có đơn vị mang mã 03397. Mã này là: xã Sùng Phài đến 31/01/2020."
            " Đến ngày 01/02/2020, địa bàn ấy thuộc xã Sùng Phài (03403).",
        ),
        (
            "03397",
            "2025-07-01",
            "Ngày 01/07/2025 không có đơn vị mang mã 03397. Mã này là: xã Sùng Phài đến 31/01/2020."
            " Đến ngày 01/07/2025, địa bàn ấy thuộc phường Đoàn Kết (03388).",
        ),
        (
            "106",
            "2025-07-01",
            "Ngày 01/07/2025 không có đơn vị mang mã 106. Mã này là: huyện Tam Đường đến 30/06/2025.",
        ),
        (
            "112",
            "2012-11-02",
            "Ngày 02/11/2012 không có đơn vị mang mã 112. Mã này là: huyện Nậm Nhùn từ 03/11/2012 đến 30/06/2025.",
        ),
    ],
)
def test_a_code_nobody_bears_that_day_is_explained(code: str, on: str, sentence: str) -> None:
    with pytest.raises(NotThenError) as refused:
        unit_on(code, day(on))
    assert str(refused.value) == sentence


def test_a_code_nobody_ever_bore_is_refused() -> None:
    with pytest.raises(UnknownUnitError, match="“99999”"):
        unit_on("99999", AFTER)


def test_many_codes_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        found = units_on(["03388", "03397", "99999"], NEW)
    assert {code: unit.name for code, unit in found.items()} == {"03388": "Đoàn Kết"}


@pytest.mark.parametrize(
    ("code", "on", "trail"),
    [
        ("03541", "2016-01-01", ["tỉnh Lai Châu", "huyện Sìn Hồ", "xã Tủa Sín Chải"]),
        ("03397", "2020-01-31", ["tỉnh Lai Châu", "huyện Tam Đường", "xã Sùng Phài"]),
        ("03403", "2020-02-01", ["tỉnh Lai Châu", "thành phố Lai Châu", "xã Sùng Phài"]),
        ("03490", "2007-01-10", ["tỉnh Lai Châu", "huyện Sìn Hồ", "xã Huổi Luông"]),
        ("03490", "2007-01-11", ["tỉnh Lai Châu", "huyện Phong Thổ", "xã Huổi Luông"]),
        ("03529", "2025-07-01", ["tỉnh Lai Châu", "xã Tủa Sín Chải"]),
    ],
)
def test_the_trail_is_of_its_day(
    code: str, on: str, trail: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = unit_on(code, day(on))
    with django_assert_num_queries(1):
        assert [label(above) for above in ancestors_on(unit, day(on))] == trail


@pytest.mark.parametrize(
    ("on", "districts", "communes"),
    [("2016-01-01", 8, 108), ("2020-02-01", 8, 106), ("2025-06-30", 8, 106), ("2025-07-01", 0, 38)],
)
def test_the_province_holds_the_units_of_the_day(on: str, districts: int, communes: int) -> None:
    province = unit_on("12", day(on))
    assert descendants_on(province, day(on), Level.DISTRICT).count() == districts
    assert descendants_on(province, day(on), Level.COMMUNE).count() == communes
    assert level_on(Level.COMMUNE, day(on)).count() == communes
    assert list(descendants_on(province, day(on), Level.PROVINCE)) == [province]


def test_children_are_the_level_below_in_vietnamese_order() -> None:
    province = unit_on("12", AFTER)
    assert [child.name for child in children_on(province, AFTER)] == [
        *("Lai Châu", "Mường Tè", "Nậm Nhùn", "Phong Thổ", "Sìn Hồ", "Tam Đường", "Tân Uyên", "Than Uyên"),
    ]
    assert {child.level for child in children_on(province, NEW)} == {Level.COMMUNE}
    assert children_on(unit_on("105", AFTER), AFTER).count() == 7


@pytest.mark.parametrize(
    ("code", "since", "on", "heir"),
    [
        ("03397", "2019-06-01", "2019-07-01", "03397 Sùng Phài"),
        ("03397", "2019-06-01", "2020-02-01", "03403 Sùng Phài"),
        ("03397", "2019-06-01", "2025-07-01", "03388 Đoàn Kết"),
        ("03451", "2019-06-01", "2025-07-01", "03451 Mù Cả"),
        ("03601", "2006-01-01", "2025-07-01", "03601 Mường Khoa"),
        ("106", "2019-06-01", "2020-02-01", None),  # gave a part away
        ("105", "2019-06-01", "2025-07-01", None),  # the level ended
        ("03388", "2026-01-01", "2019-06-01", None),  # not yet there
    ],
)
def test_the_successor_follows_the_chain(code: str, since: str, on: str, heir: str | None) -> None:
    found = successor_on(unit_on(code, day(since)), day(on))
    assert (f"{found.code} {found.name}" if found else None) == heir


def test_predecessors_are_found_through_two_mergers(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ward = unit_on("03388", NEW)
    with django_assert_num_queries(2):
        codes = {unit.code for unit in predecessors_on(ward, BEFORE)}
    assert codes == {"03386", "03388", "03389", "03391", "03397", "03403"}
    assert {unit.code for unit in predecessors_on(ward, AFTER)} == {
        "03386",
        "03388",
        "03389",
        "03391",
        "03403",
    }


@pytest.mark.parametrize(
    ("slug", "on", "count"),
    [
        ("poor-districts", "2015-12-31", 0),  # not read, so not said
        ("poor-districts", "2018-03-06", 6),
        ("poor-districts", "2018-03-07", 4),
        ("poor-districts", "2021-01-01", 0),
        ("border-communes", "2016-01-01", 23),
        ("border-communes", "2020-02-01", 22),
        ("border-communes", "2025-07-01", 11),
        ("difficult-communes", "2019-06-01", 0),  # only numbers were found
    ],
)
def test_lists_are_dated(slug: str, on: str, count: int) -> None:
    assert listed_on(slug, day(on)).count() == count


def test_a_unit_knows_its_lists() -> None:
    assert [e.area_list.slug for e in listings_of(unit_on("107", BEFORE), BEFORE)] == [
        "local-housing-drives",
        "poor-districts",
    ]
    assert [e.area_list.slug for e in listings_of(unit_on("03451", NEW), NEW)] == ["border-communes"]
    assert not listings_of(unit_on("03386", BEFORE), BEFORE).exists()


@pytest.mark.parametrize(
    ("on", "level"),
    [
        ("2016-01-01", 1),
        ("2016-01-01", 2),
        ("2016-01-01", 3),
        ("2020-02-01", 2),
        ("2020-02-01", 3),
        ("2025-07-01", 3),
    ],
)
def test_every_unit_of_a_map_has_its_outline(
    on: str, level: Level, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = list(level_on(level, day(on)))
    with django_assert_num_queries(1):
        assert set(outlines_of(units)) == {unit.pk for unit in units}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Mù Cả", "03451"),
        ("mu ca", "03451"),
        ("xã mù cả", "03451"),
        ("XA MU CA", "03451"),
        ("tp lai chau", "12"),  # province and city bear one name; the larger first
        ("03541", "03541"),
        ("sung phai", "03403"),
    ],
)
def test_units_are_found_without_accents(text: str, first: str) -> None:
    assert search(text, AFTER)[0].code == first


def test_a_search_may_be_for_one_level() -> None:
    assert [unit.code for unit in search("lai chau", AFTER, level=Level.DISTRICT)] == ["105"]


@pytest.mark.parametrize("text", ["", "  ", "xã ", "không đâu cả", "%", "_"])
def test_nothing_is_found_by_nothing(text: str) -> None:
    assert search(text, AFTER) == []
