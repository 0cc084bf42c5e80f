"""Makes a province's outlines.json: several dates of one province as one small TopoJSON with shared borders.

    python tools/derive_outlines.py COMMUNES_2016 COMMUNES_2025 --out law/areas/lai-chau/outlines.json

The layers of 2020, the districts and the province are the communes of 2016 put together, so that the same border is
drawn by the same points at every level and date. Run by hand when the source changes; nothing runs it with the
software. Needs `topojson` and `shapely` (requirements/test.txt).
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import topojson
from shapely.geometry import mapping, shape
from shapely.ops import unary_union

Feature = dict[str, Any]
#: Points of a grid over the province's bounds: one step is about 20 m.
GRID = 10_000
#: Degrees by which a simplified border may leave the true one: about 90 m, less than a pixel of a map on a page.
TOLERANCE = 0.0008


def read(path: Path) -> list[Feature]:
    features: list[Feature] = json.loads(path.read_text("utf-8"))["features"]
    return features


def layer(name: str, features: list[Feature], code: Callable[[dict[str, str]], str]) -> list[Feature]:
    """The shapes of one layer: `features` put together by the code that `code` reads from their properties."""
    parts = defaultdict(list)
    for feature in features:
        parts[code(feature["properties"])].append(shape(feature["geometry"]))
    return [
        {
            "type": "Feature",
            "properties": {"code": key, "layer": name},
            "geometry": mapping(unary_union(shapes)),
        }
        for key, shapes in sorted(parts.items())
    ]


def build(old: list[Feature], new: list[Feature], province: str) -> dict[str, Any]:
    """All layers in one topology: an arc that two shapes of any layer share is stored once."""
    shapes = [
        *layer("province", old, lambda p: province),
        *layer("districts_2016", old, lambda p: p["district_code"]),
        *layer("districts_2020", old, lambda p: p["district_code_2020"]),
        *layer("communes_2016", old, lambda p: p["code"]),
        *layer("communes_2020", old, lambda p: p["code_2020"]),
        *layer("communes_2025", new, lambda p: p["code"]),
    ]
    collection = {"type": "FeatureCollection", "features": shapes}
    built = topojson.Topology(collection, prequantize=GRID, toposimplify=TOLERANCE, winding_order="CCW_CW")
    return by_layer(json.loads(built.to_json()))


def by_layer(topology: dict[str, Any]) -> dict[str, Any]:
    """One object a layer, its shapes named by code alone."""
    objects: dict[str, Any] = {}
    for geometry in topology["objects"]["data"]["geometries"]:
        collection = objects.setdefault(
            geometry["properties"]["layer"], {"type": "GeometryCollection", "geometries": []}
        )
        collection["geometries"].append(
            {"type": geometry["type"], "id": geometry["properties"]["code"], "arcs": geometry["arcs"]}
        )
    return {
        "type": "Topology",
        "transform": topology["transform"],
        "objects": objects,
        "arcs": topology["arcs"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("communes_2016", type=Path, help="GeoJSON with code, code_2020, district_code(_2020)")
    parser.add_argument("communes_2025", type=Path, help="GeoJSON with code")
    parser.add_argument("--province", default="12")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    topology = build(read(asked.communes_2016), read(asked.communes_2025), asked.province)
    asked.out.write_text(json.dumps(topology, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    points = sum(len(arc) for arc in topology["arcs"])
    print(
        f"{asked.out}: {asked.out.stat().st_size / 1024:.0f} KB, {len(topology['arcs'])} borders, {points} points"
    )


if __name__ == "__main__":
    main()
