"""The look holds together: every icon exists, nothing inline, contrasts are enough, nothing is fetched from elsewhere."""

import itertools
import json
import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from giamngheo.access.models import Role, User
from giamngheo.web.context import navigation

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
WEB = ROOT / "src" / "giamngheo" / "web"
DIST = WEB / "static" / "dist"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ICONS = set(json.loads((FRONTEND / "src" / "icons.json").read_text("utf-8")))
MARKS = set(re.findall(r'<symbol id="([^"]+)"', (FRONTEND / "src" / "marks.svg").read_text("utf-8")))


def test_every_icon_and_mark_that_is_named_exists() -> None:
    for path in [*TEMPLATES, *WEB.rglob("*.py")]:
        text = path.read_text("utf-8")
        for name in re.findall(r"{% icon ['\"]([^'\"]+)['\"]", text) + re.findall(
            r"icon_name=['\"]([^'\"]+)", text
        ):
            assert name in ICONS | MARKS, (
                f"{path.name} names the icon {name}; add it to frontend/src/icons.json"
            )
        for name in re.findall(r"{% mark ['\"]([^'\"]+)['\"]", text):
            assert name in MARKS, f"{path.name} names the mark {name}; draw it in frontend/src/marks.svg"


@pytest.mark.parametrize("role", Role.values)
def test_every_icon_of_the_navigation_exists(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("giamngheo.web.context.reverse", lambda name: f"/{name}/")
    request = RequestFactory().get("/")
    request.user = User(role=role)
    assert {entry["icon"] for entry in navigation(request)} <= ICONS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(WEB / "templates")))
def test_nothing_stands_inline_that_the_content_policy_refuses(path: Path) -> None:
    text = path.read_text("utf-8")
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or "application/json" in tag, f"{path.name}: {tag} is an inline script"
    assert "<style" not in text, f"{path.name} has an inline stylesheet"
    assert not re.search(r"<[^>]*\sstyle=", text), f"{path.name} has a style attribute; use a class"
    assert not re.search(r"<[^>]*\son[a-z]+=", text), (
        f"{path.name} has an event attribute; use a module of frontend/src"
    )
    assert not re.search(r"(src|href)=['\"]https?:", text), f"{path.name} fetches from elsewhere"


def test_what_templates_load_was_built() -> None:
    assert DIST.is_dir(), (
        "Chưa dựng giao diện: chạy `make build`. / The assets are not built: run `make build`."
    )
    for path in TEMPLATES:
        for name in re.findall(r"{% static ['\"](dist/[^'\"]+)", path.read_text("utf-8")):
            assert (DIST.parent / name).is_file(), f"{path.name} loads {name}, which the build does not make"


def test_the_built_sprite_has_every_symbol_and_the_stylesheet_fetches_only_our_fonts() -> None:
    sprite = (DIST / "icons.svg").read_text("utf-8")
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == ICONS | MARKS
    style = (DIST / "style.css").read_text("utf-8")
    urls = set(re.findall(r"url\(['\"]?([^'\")]+)", style))
    assert urls and all(url.removeprefix("./").startswith(("fonts/", "#")) for url in urls), urls
    for url in urls - {"#hatch"}:
        assert (DIST / url.removeprefix("./")).is_file(), url


def test_the_lock_names_no_address() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if "integrity" not in package]


TOKENS = dict(
    re.findall(
        r"(--[a-z0-9-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)",
        (FRONTEND / "src" / "tokens.css").read_text(),
    )
)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *(
            (ink, ground, 4.5)
            for ink in ("--ink", "--ink-2", "--ink-3")
            for ground in ("--paper", "--sheet", "--sunk")
        ),
        ("--link", "--paper", 4.5),
        ("--link", "--sheet", 4.5),
        ("--brand", "--brand-wash", 4.5),
        ("--on-brand", "--brand", 4.5),
        ("--wait", "--wait-wash", 4.5),
        ("--wait", "--sheet", 4.5),
        ("--good", "--good-wash", 4.5),
        ("--bad", "--bad-wash", 4.5),
        ("--bad", "--wait-wash", 4.5),
        ("--line-strong", "--sheet", 3.0),
        ("--line-strong", "--paper", 3.0),
        ("--focus", "--paper", 3.0),
        ("--focus", "--sheet", 3.0),
    ],
)
def test_colours_can_be_read(ink: str, ground: str, least: float, look: int) -> None:
    first, second = (TOKENS[name].split(", ")[look] for name in (ink, ground))
    assert _contrast(first, second) >= least, (
        f"{ink} {first} on {ground} {second}: {_contrast(first, second):.2f}"
    )


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
def test_the_scale_of_rates_runs_one_way_and_prints_in_grey(look: int) -> None:
    scale = [_luminance(TOKENS[f"--rate-{step}"].split(", ")[look]) for step in range(7)]
    assert scale == sorted(scale, reverse=look == 0)
    for paler, darker in itertools.pairwise(scale):
        high, low = max(paler, darker), min(paler, darker)
        assert (high + 0.05) / (low + 0.05) > 1.15
