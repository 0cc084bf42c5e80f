"""Pictures: right colours and words, nothing the content policy refuses, the same data drawn once."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair
import pytest
import vl_convert
from django.core.cache import cache
from django.utils.translation import override

from giamngheo.areas.outlines import geometries, read_topology
from giamngheo.base.law import law_dir
from giamngheo.pictures import drawing, figures, maps
from giamngheo.pictures.figures import (
    Bar,
    Place,
    Point,
    choropleth,
    deprivation_profile,
    groups,
    series_by_standard,
)
from giamngheo.pictures.looks import NO_FIGURE, RATES, percent
from giamngheo.surveys.forms import read_form

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def nothing_kept(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "figures"}
    }
    cache.clear()


def square(left: float, bottom: float) -> dict[str, Any]:
    right, top = left + 1, bottom + 1
    ring = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    return {"type": "Polygon", "coordinates": [ring]}


def places(*values: float | None) -> list[Place]:
    return [
        Place(square(103 + place, 22), f"Xã {place}", value, f"/dia-ban/{place}/?nam=2019&x=1", f"X{place}")
        for place, value in enumerate(values)
    ]


MAP = places(0.05, 0.151, None, 0.4)
SERIES = [
    *(Point(year, "Hộ nghèo", "2016-2020", 0.4 - 0.05 * (year - 2015)) for year in range(2015, 2022)),
    *(Point(year, "Hộ nghèo", "2022-2026", 0.33 - 0.05 * (year - 2021)) for year in range(2021, 2024)),
]
BARS = [Bar("Nhà ở", 0.35), Bar("Nguồn nước", None), Bar("Hố xí, nhà tiêu hợp vệ sinh", 0.62, "1.234 hộ")]
DRAWN = {
    "map": lambda: choropleth(MAP, title="Tỷ lệ hộ nghèo"),
    "map of many": lambda: choropleth(places(*(n / 40 for n in range(30))), title="Tỷ lệ hộ nghèo"),
    "map of nothing": lambda: choropleth(places(None, None), title="Tỷ lệ hộ nghèo"),
    "series": lambda: series_by_standard(SERIES, title="Tỷ lệ hộ nghèo"),
    "profile": lambda: deprivation_profile(BARS, title="Thiếu hụt"),
    "groups": lambda: groups(BARS, title="Theo dân tộc", overall=0.2),
    "more and less": lambda: groups(
        [Bar("Sìn Hồ", 1.5e9, shown="+1.500 triệu"), Bar("Mường Tè", -4e8, shown="-400 triệu")],
        title="Chi hỗ trợ",
    ),
    "no group": lambda: groups([], title="Theo dân tộc"),
}


def links(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}a"))


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_keeps_the_content_policy_and_has_a_name(name: str) -> None:
    svg = DRAWN[name]()
    root = ElementTree.fromstring(svg)
    assert not re.search(
        r'style=|<script|<style|\son\w+=|javascript:|https?://(?!www\.w3\.org/2000/svg")', svg
    )
    assert root.get("width") == "100%"
    assert root.get("height") is None
    assert re.fullmatch(r"0 0 \d+ \d+", root.get("viewBox") or "")
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-label") == title.text


@pytest.mark.parametrize("name", DRAWN)
def test_every_specification_is_valid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    specs: list[dict[str, Any]] = []

    def keep(spec: dict[str, Any], **_: object) -> str:
        specs.append(spec)
        return ""

    monkeypatch.setattr(figures, "draw", keep)
    monkeypatch.setattr(maps, "draw", keep)
    DRAWN[name]()
    altair.LayerChart.from_dict(specs[0])


def test_a_map_leads_down_by_links_that_say_what_they_are() -> None:
    svg = choropleth(MAP, title="Tỷ lệ hộ nghèo")
    assert [(link.get("href"), link.get("aria-label")) for link in links(svg)] == [
        ("/dia-ban/0/?nam=2019&x=1", "Xã 0: 5,00%"),
        ("/dia-ban/1/?nam=2019&x=1", "Xã 1: 15,10%"),
        ("/dia-ban/2/?nam=2019&x=1", "Xã 2: không có số liệu"),
        ("/dia-ban/3/?nam=2019&x=1", "Xã 3: 40,00%"),
    ]
    assert ElementTree.fromstring(svg).get("role") == "group"


def test_a_map_without_addresses_is_one_image() -> None:
    svg = choropleth([Place(square(103, 22), "Xã A", 0.2)], title="Tỷ lệ hộ nghèo")
    assert links(svg) == []
    assert ElementTree.fromstring(svg).get("role") == "img"


def test_a_map_is_coloured_in_even_steps_with_its_own_colour_for_no_figure() -> None:
    svg = choropleth(MAP, title="Tỷ lệ hộ nghèo")
    assert [link[0].get("fill") for link in links(svg)] == [RATES[0], RATES[2], NO_FIGURE, RATES[6]]
    legend = ["0–10%", "10–20%", "20–30%", "30–40%", "40–50%", "không có số liệu"]
    assert [word for word in words(svg) if word in legend] == legend


def test_one_place_far_above_leaves_the_others_their_colours() -> None:
    values = [0.01, 0.02, 0.03, 0.04] * 10
    assert maps._bands(values).names == maps._bands([0.01, 0.04]).names
    far = maps._bands([*values, 8.2])
    assert far.names[0] == maps._bands(values).names[0] and far.names[-1].endswith("trở lên")
    assert len(far.names) <= len(RATES) and far.colours[-1] == RATES[-1]
    assert far.name_of(8.2) == far.names[-1] != far.name_of(0.02) != far.name_of(0.01)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((0.05, 0.40), ["0–10%", "10–20%", "20–30%", "30–40%", "40–50%"]),
        ((0.051, 0.059), ["5–5,5%", "5,5–6%"]),
        ((0.0, 0.0), ["0–0,5%"]),
        ((0.0, 1.0), ["0–15%", "15–30%", "30–45%", "45–60%", "60–75%", "75–90%", "90–105%"]),
        ((), []),
    ],
)
def test_the_scale_takes_the_finest_step_with_at_most_seven_colours(
    values: tuple[float, ...], names: list[str]
) -> None:
    assert maps._bands(list(values)).names == names


@pytest.mark.parametrize(
    ("value", "name"), [(0.15, "15–20%"), (0.1499, "10–15%"), (0.10, "10–15%"), (0.4, "35–40%")]
)
def test_a_share_on_an_edge_belongs_to_the_step_above(value: float, name: str) -> None:
    assert (
        maps._Bands(10, 5, ["10–15%", "15–20%", "20–25%", "25–30%", "30–35%", "35–40%"], []).name_of(value)
        == name
    )


def test_few_units_bear_their_names_and_many_do_not() -> None:
    assert {"X0", "X1", "X2", "X3"} <= set(words(choropleth(MAP, title="a")))
    assert not any(word.startswith("X") for word in words(choropleth(places(*[0.1] * 16), title="a")))


def test_the_communes_of_a_province_are_all_on_the_map_and_within_it() -> None:
    file = Path(__file__).resolve().parents[2] / "law" / "areas" / "lai-chau" / "outlines.json"
    shapes = geometries(read_topology(file), "communes_2016")
    svg = choropleth([Place(shape, code, 0.1, f"/{code}/") for code, shape in shapes.items()], title="a")
    assert [link.get("href") for link in links(svg)] == [f"/{code}/" for code in shapes]
    _, _, width, height = map(int, (ElementTree.fromstring(svg).get("viewBox") or "").split())
    for link in links(svg):
        points = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", link[0].get("d") or "")
        assert len(points) > 3
        assert all(-1 <= float(x) <= width and -1 <= float(y) <= height for x, y in points)


def test_no_line_is_drawn_across_a_change_of_standard() -> None:
    root = ElementTree.fromstring(series_by_standard(SERIES, title="a"))
    lines = [path.get("d") or "" for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "2.5"]
    assert sorted(len(re.findall(r"[ML]", line)) for line in lines) == [3, 7]


def test_a_series_names_its_standards_and_numbers() -> None:
    shown = words(series_by_standard(SERIES, title="a"))
    assert {"2016-2020", "2022-2026", "Theo chuẩn", "40,0%", "23,0%"} <= set(shown)


@pytest.mark.parametrize(
    ("poor", "near_poor"),
    [
        (0.24, 0.22),
        (0.22, 0.24),
        (0.269, 0.269),
        (0.6, 0.1),
        (0.01, 0.02),
        (0.0, 0.0),
    ],
)
def test_numbers_of_a_year_do_not_lie_on_one_another(poor: float, near_poor: float) -> None:
    points = [
        Point(2015, "Hộ nghèo", "2016-2020", 0.6),
        Point(2020, "Hộ nghèo", "2016-2020", poor),
        Point(2020, "Hộ cận nghèo", "2016-2020", near_poor),
    ]
    root = ElementTree.fromstring(series_by_standard(points, title="a"))
    numbers = {percent(poor, 1), percent(near_poor, 1)}
    heights = {
        float((text.get("transform") or "").partition(",")[2].rstrip(")"))
        for text in root.iter(f"{SVG}text")
        if text.text in numbers
    }
    assert len(heights) == 2
    assert max(heights) - min(heights) >= 12
    assert max(heights) < 260, "in the axis"


def test_a_year_without_figure_breaks_the_line() -> None:
    points = [
        Point(year, "Hộ nghèo", "2016-2020", value)
        for year, value in ((2015, 0.4), (2016, None), (2017, 0.3))
    ]
    root = ElementTree.fromstring(series_by_standard(points, title="a"))
    [line] = [path.get("d") or "" for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "2.5"]
    assert line.count("M") == 2


def test_a_profile_puts_the_most_frequent_first_and_no_figure_last() -> None:
    shown = words(deprivation_profile(BARS, title="a"))
    names = [bar.label for bar in BARS]
    assert [word for word in shown if word in names] == ["Hố xí, nhà tiêu hợp vệ sinh", "Nhà ở", "Nguồn nước"]
    assert "62,00% · 1.234 hộ" in shown


def test_two_villages_of_one_name_keep_a_bar_each() -> None:
    svg = groups([Bar("Nậm Sẻ", 0.5), Bar("Nậm Sẻ", 0.1)], title="a")
    assert words(svg) == ["Nậm Sẻ", "Nậm Sẻ", *["50,00%", "10,00%"] * 2]  # each number twice, for its halo


def test_groups_keep_their_order_and_show_the_share_of_all() -> None:
    svg = groups(BARS, title="a", overall=0.2)
    names = [bar.label for bar in BARS]
    assert [word for word in words(svg) if word in names] == names
    assert "Chung 20,00%" in words(svg)


def test_less_than_before_stands_left_of_nought_and_every_number_right_of_it() -> None:
    bars = [Bar("thêm", 30.0, shown="+30 đồng"), Bar("như cũ", 0.0, shown="0 đồng"), Bar("bớt", -60.0, shown="-60 đồng")]  # fmt: skip
    svg = ElementTree.fromstring(groups(bars, title="a"))
    drawn = [path.get("d") or "" for path in svg.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    more, _same, less = (
        [float(number) for number in re.findall(r"^M([\d.]+),[\d.]+h([\d.]+)", d)[0]] for d in drawn
    )
    assert less[0] + less[1] == more[0] and less[1] == pytest.approx(2 * more[1], rel=0.01)
    texts = {text.text: text.get("transform") or "" for text in svg.iter(f"{SVG}text")}
    for shown in ("0 đồng", "-60 đồng"):
        assert float(re.findall(r"translate\(([\d.]+)", texts[shown])[0]) > more[0]


def test_the_description_tells_the_extremes() -> None:
    desc = ElementTree.fromstring(choropleth(MAP, title="a"))[1].text
    assert desc == "Cao nhất: Xã 3, 40,00%; thấp nhất: Xã 0, 5,00%; 4 đơn vị, 1 không có số liệu."


def test_words_of_a_name_cannot_become_markup() -> None:
    svg = choropleth([Place(square(103, 22), "<script>x</script>", 0.2, "/a/")], title='"><script>')
    assert "<script" not in svg
    assert links(svg)[0].get("aria-label") == "<script>x</script>: 20,00%"


def test_the_same_data_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    real = vl_convert.vegalite_to_svg

    def counted(*args: Any, **kwargs: Any) -> str:
        times.append(1)
        return str(real(*args, **kwargs))

    monkeypatch.setattr(drawing.vl_convert, "vegalite_to_svg", counted)
    first = deprivation_profile(BARS, title="a")
    assert deprivation_profile(list(BARS), title="a") == first
    assert len(times) == 1
    deprivation_profile([*BARS, Bar("Khác", 0.1)], title="a")
    assert len(times) == 2


def test_numbers_are_of_the_language_of_the_page() -> None:
    with override("en"):
        assert "62.00% · 1.234 hộ" in words(deprivation_profile(BARS, title="a"))


@pytest.mark.parametrize("note", ["12 hộ", "10.328 hộ", "tính trên 1.010.328 hộ"])
def test_the_number_beside_a_bar_ends_within_the_picture(note: str) -> None:
    root = ElementTree.fromstring(
        groups([Bar("Huyện Nậm Nhùn", 0.9, note), Bar("Sìn Hồ", 0.2, note)], title="a")
    )
    width = float(root.attrib["viewBox"].split()[2])
    ends = []

    def walk(element: ElementTree.Element, left: float) -> None:
        moved = re.search(r"translate\(([-\d.]+)", element.get("transform", ""))
        left += float(moved[1]) if moved else 0.0
        if note in (element.text or "") and element.tag.endswith("}text"):
            ends.append(left + 6.5 * len(element.text or ""))
        for child in element:
            walk(child, left)

    walk(root, 0.0)
    assert ends and max(ends) <= width


def test_a_picture_is_one_after_a_survey_form_was_read() -> None:
    """The library of forms takes the bare prefix of XML for itself."""
    read_form(law_dir() / "forms" / "phieu-b" / "2021-09-01.md")
    assert groups([Bar("Sau khi đọc phiếu", 0.9)], title="a").startswith("<svg ")
