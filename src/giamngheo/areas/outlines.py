"""Reading TopoJSON: borders stored once as arcs on a grid become the GeoJSON geometries of units."""

import json
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Geometry = dict[str, Any]


class OutlineError(Exception):
    """A file of outlines that cannot be read; says why."""


def read_topology(path: Path) -> dict[str, Any]:
    """The TopoJSON of one file. Raises OutlineError when it is none."""
    try:
        topology = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise OutlineError(f"không đọc được tệp ranh giới {path.name}: {error}") from error
    if not isinstance(topology, dict) or topology.get("type") != "Topology" or "transform" not in topology:
        raise OutlineError(f"tệp ranh giới {path.name} không phải TopoJSON có lưới toạ độ")
    return topology


def geometries(topology: dict[str, Any], layer: str) -> dict[str, Geometry]:
    """The shapes of one layer by their id, in WGS84 degrees rounded to 5 decimals (about 1 m).

    Raises OutlineError when the layer is missing or holds something else than polygons.
    """
    if layer not in topology["objects"]:
        raise OutlineError(f"tệp ranh giới không có lớp “{layer}”")
    arcs = [_arc(steps, topology["transform"]) for steps in topology["arcs"]]
    shapes: dict[str, Geometry] = {}
    for item in topology["objects"][layer]["geometries"]:
        if item["type"] not in {"Polygon", "MultiPolygon"}:
            raise OutlineError(f"lớp “{layer}” có hình {item['type']}; chỉ đọc được vùng")
        polygon = item["type"] == "Polygon"
        parts = [
            [_ring(ring, arcs) for ring in part] for part in ([item["arcs"]] if polygon else item["arcs"])
        ]
        shapes[str(item["id"])] = {"type": item["type"], "coordinates": parts[0] if polygon else parts}
    return shapes


def _arc(steps: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """An arc is stored as steps on the grid; each point is the sum of the steps so far."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in steps:
        x, y = x + dx, y + dy
        points.append((round(x * scale_x + left, 5), round(y * scale_y + bottom, 5)))
    return points


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Arcs joined end to end; a negative number means the arc `~number` walked backwards."""
    ring: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring
