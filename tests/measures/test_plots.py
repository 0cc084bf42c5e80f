"""Pictures of results: what is drawn is what was measured, and it can be kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from giamngheo.measures import plots, results
from giamngheo.measures.errors import EmptyGroupError, ParameterError


def made(*lines: tuple[str, str, float | None, float | None]) -> Any:
    return results.table(
        [
            results.row(m, v, n=1, k=k, ci_low=v and v * 0.9, ci_high=v and v * 1.1) | {"subgroup": g}
            for m, g, k, v in lines
        ]
    )


DRAWN = {
    "bars": plots.bars(made(("H", "all", 0.3, 0.2), ("H", "Xã A", 0.3, 0.25), ("H", "Xã B", 0.3, 0.125)), "H", k=0.3),
    "contributions": plots.contributions(made(("contribution:y tế", "all", 0.3, 0.25), ("contribution:nhà", "all", 0.3, 0.1))),
    "curve": plots.curve(made(("M0", "a", 0.2, 0.3), ("M0", "a", 0.4, 0.25), ("M0", "b", 0.2, 0.2), ("M0", "b", 0.4, 0.1)), "M0"),
    "growth": plots.curve(made(("growth", "all", 0.1, -0.25), ("growth", "all", 0.5, 0.1)), "growth"),
    "lorenz": plots.lorenz(made(("lorenz", "all", 0.5, 0.25), ("lorenz", "all", 1.0, 1.0))),
    "roc": plots.roc(made(("true_positive", "all", 3.0, 0.75), ("false_positive", "all", 3.0, 0.25))),
    "survival": plots.survival(made(("survival", "all", 1.0, 0.75), ("survival", "all", 2.0, 0.25))),
    "transitions": plots.transitions(made(("transition:nghèo>thoát", "all", None, 0.25), ("transition:nghèo>nghèo", "all", None, 0.75))),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_drawn_and_says_its_numbers(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.svg"
    plots.write(DRAWN[name], path)
    drawn = path.read_text("utf-8")
    assert drawn.startswith("<svg") and "0.25" in drawn.replace("\u2212", "-")
    assert "NaN" not in drawn and "undefined" not in drawn


def test_a_picture_is_kept_as_png_and_json(tmp_path: Path) -> None:
    for kind in ("png", "json"):
        plots.write(DRAWN["bars"], tmp_path / f"a.{kind}")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    layers = json.loads((tmp_path / "a.json").read_text("utf-8"))["layer"]
    assert [row["subgroup"] for row in layers[0]["data"]["values"]] == ["Xã A", "Xã B"]
    with pytest.raises(ParameterError, match="path"):
        plots.write(DRAWN["bars"], tmp_path / "a.bmp")


def test_nothing_to_draw_is_said() -> None:
    empty = made(("H", "all", 0.3, None))
    for draw in (
        lambda: plots.bars(empty, "H"),
        lambda: plots.curve(made(("H", "all", None, 0.5)), "H"),
        lambda: plots.contributions(empty),
        lambda: plots.transitions(empty),
    ):
        with pytest.raises(EmptyGroupError):
            draw()


def test_bars_of_several_cutoffs_ask_for_one() -> None:
    with pytest.raises(ParameterError, match=r"0\.2 \| 0\.4"):
        plots.bars(made(("H", "all", 0.2, 0.3), ("H", "all", 0.4, 0.2)), "H")
