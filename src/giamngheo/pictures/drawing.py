"""From a Vega-Lite specification to an SVG that may stand in a page: drawn once, cleaned, kept under its content's hash.

Our pages allow no style attribute and no script, scale their pictures and are read aloud; what the drawing library
writes is brought into that shape here.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from giamngheo.pictures.looks import FONTS, language

#: Raise when the cleaning below changes, so that pictures kept from before are not shown again.
VERSION = 2
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
#: The drawing library puts this before every address it is given.
BASE = "https://vega.github.io/vega-datasets/"
LOCALES = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " đồng"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " đồng"]},
}
#: Attributes that only style, that say the usual, or that name roles readers do not know: the picture has one name and
#: its links theirs.
_DROPPED = {
    "style",
    "class",
    "role",
    "aria-roledescription",
    "pointer-events",
    "cursor",
    "font-family",
}
_USUAL = {("opacity", "1"), ("transform", "translate(0,0)"), ("text-anchor", "start")}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")

#: A layer of this name in a specification becomes a group of class `map`, which the stylesheet knows.
MAP = "map"


def draw(spec: Mapping[str, Any], *, title: str, description: str) -> SafeString:
    """The SVG of `spec`, with its name and what it shows in words. The same data gives the same picture, drawn once."""
    spoken = language()
    content = json.dumps([VERSION, spoken, title, description, spec], sort_keys=True, ensure_ascii=False)
    key = f"figure-{hashlib.sha256(content.encode()).hexdigest()}"
    kept: str | None = cache.get(key)
    if kept is None:
        raw = vl_convert.vegalite_to_svg(dict(spec), format_locale=LOCALES[spoken])
        kept = clean(raw, title=title, description=description)
        cache.set(key, kept, timeout=None)
    return mark_safe(kept)  # noqa: S308  (built by ElementTree, which escapes every text and attribute)


def clean(raw: str, *, title: str, description: str) -> str:
    """The SVG without what the content policy refuses, as wide as its place, with names for those who listen."""
    root = ElementTree.fromstring(raw)  # noqa: S314  (our own drawing library's output)
    _walk(root)
    has_links = root.find(f".//{SVG}a") is not None
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    # A picture with links in it must not be one image to a screen reader: the links would be hidden.
    root.attrib.update({"width": "100%", "role": "group" if has_links else "img", "aria-label": title})
    root.attrib.update({"font-family": FONTS})
    for place, (tag, words) in enumerate((("title", title), ("desc", description))):
        child = ElementTree.Element(f"{SVG}{tag}")
        child.text = words
        root.insert(place, child)
    # Each time, for the bare prefix is one for the whole process, and the library of survey forms takes it too.
    ElementTree.register_namespace("", SVG.strip("{}"))
    return ElementTree.tostring(root, encoding="unicode")


def _walk(element: ElementTree.Element) -> None:
    """Clean the children of an element, deepest first; empty groups and invisible shapes go."""
    for child in list(element):
        _walk(child)
        classes = child.get("class", "").split()
        words = child.attrib.pop("aria-label", "")
        child.attrib = {
            name: value
            for name, value in child.attrib.items()
            if name not in _DROPPED and (name, value) not in _USUAL
        }
        if f"{MAP}_marks" in classes:
            child.set("class", "map")
        if "d" in child.attrib:
            child.set("d", _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", child.attrib["d"]))
        if child.tag == f"{SVG}a":
            _name_link(child)
        elif child.tag == f"{SVG}path" and words and "container" not in words:
            _tooltip(child, words)
        if _is_nothing(child):
            element.remove(child)


def _name_link(link: ElementTree.Element) -> None:
    """A link gets the plain address and the words of the shape in it as its name."""
    address = link.attrib.pop(LINK, "")
    link.set("href", address.removeprefix(BASE))
    title = link.find(f".//{SVG}title")
    if title is not None and title.text:
        link.set("aria-label", title.text)


def _tooltip(shape: ElementTree.Element, words: str) -> None:
    title = ElementTree.SubElement(shape, f"{SVG}title")
    title.text = words


def _is_nothing(element: ElementTree.Element) -> bool:
    if element.tag == f"{SVG}g":
        return len(element) == 0
    if element.tag == f"{SVG}rect":
        return element.get("fill") == "transparent"
    if element.tag == f"{SVG}path":
        painted = element.get("fill") or element.get("stroke")
        return not painted or not element.get("d") or element.get("display") == "none"
    return False
