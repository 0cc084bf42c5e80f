"""Outlines: arcs shared by neighbours become the geometries of units, whole and without gaps."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape
from shapely.ops import unary_union

from giamngheo.areas.outlines import OutlineError, geometries, read_topology

FILE = Path(__file__).resolve().parents[2] / "law" / "areas" / "lai-chau" / "outlines.json"

#: Two unit squares side by side; arc 0 is the border they share, walked up by the left one and down by the right one.
SQUARES: dict[str, Any] = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [100, 20]},
    "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]],
    "objects": {
        "two": {
            "geometries": [
                {"type": "Polygon", "id": "left", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "right", "arcs": [[[2, -1]]]},
            ]
        }
    },
}


def test_arcs_join_into_rings_forwards_and_backwards() -> None:
    left, right = geometries(SQUARES, "two").values()
    assert left["coordinates"] == [[(101, 20), (101, 21), (100, 21), (100, 20), (101, 20)]]
    assert right["coordinates"] == [[[(101, 20), (102, 20), (102, 21), (101, 21), (101, 20)]]]


def test_what_is_no_outline_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(OutlineError, match="không có lớp “three”"):
        geometries(SQUARES, "three")
    (tmp_path / "a.json").write_text('{"type": "FeatureCollection"}', "utf-8")
    with pytest.raises(OutlineError, match=r"a\.json không phải TopoJSON"):
        read_topology(tmp_path / "a.json")
    (tmp_path / "b.json").write_text("{", "utf-8")
    with pytest.raises(OutlineError, match=r"không đọc được tệp ranh giới b\.json"):
        read_topology(tmp_path / "b.json")


@pytest.fixture(scope="module")
def layers() -> dict[str, dict[str, Any]]:
    topology = json.loads(FILE.read_text("utf-8"))
    return {
        layer: {code: shape(geometry) for code, geometry in geometries(topology, layer).items()}
        for layer in topology["objects"]
    }


def test_lai_chaus_outlines_are_whole_and_small(layers: dict[str, dict[str, Any]]) -> None:
    assert {layer: len(shapes) for layer, shapes in layers.items()} == {
        "province": 1,
        "districts_2016": 8,
        "districts_2020": 8,
        "communes_2016": 108,
        "communes_2020": 106,
        "communes_2025": 38,
    }
    assert all(one.is_valid for shapes in layers.values() for one in shapes.values())
    assert FILE.stat().st_size < 120 * 1024


@pytest.mark.parametrize("layer", ["districts_2016", "districts_2020", "communes_2016", "communes_2020"])
def test_units_fill_the_province_without_gap_or_overlap(
    layers: dict[str, dict[str, Any]], layer: str
) -> None:
    whole = layers["province"]["12"]
    assert sum(one.area for one in layers[layer].values()) == pytest.approx(whole.area, rel=1e-6)
    assert unary_union(list(layers[layer].values())).area == pytest.approx(whole.area, rel=1e-6)


def test_a_merged_commune_is_the_two_it_was_made_of(layers: dict[str, dict[str, Any]]) -> None:
    old, new = layers["communes_2016"], layers["communes_2020"]
    together = unary_union([old["03397"], old["03403"]])
    assert new["03403"].symmetric_difference(together).area == pytest.approx(0, abs=1e-9)
