"""The pictures of a report, drawn from its frozen figures: SVG for PDF and pages, PNG for Word."""

import vl_convert
from django.utils.translation import override

from giamngheo.areas.models import Unit
from giamngheo.areas.queries import outlines_of
from giamngheo.pictures import figures as drawn
from giamngheo.reports.words.document import Document, Picture

#: Dots per inch of pictures in Word: sharp on paper, and a report of a province stays under a megabyte.
DOTS = 200


def svg(document: Document, picture: Picture) -> str:
    """The picture, or '' for a map of units without known outlines."""
    values = [(label, place, document.figures[key].value) for label, place, key in picture.marks]
    with override("vi"):
        if picture.kind == "lines":
            points = [drawn.Point(year, label, "", value) for label, year, value in values]
            return str(drawn.series_by_group(points, title=picture.title))
        outlines = outlines_of(list(Unit.objects.filter(pk__in=[pk for _label, pk, _value in values])))
        places = [drawn.Place(outlines[pk], label, value) for label, pk, value in values if pk in outlines]
        return str(drawn.choropleth(places, title=picture.title)) if places else ""


def png(document: Document, picture: Picture) -> bytes:
    """The same for Word; b'' where there is none."""
    found = svg(document, picture)
    return vl_convert.svg_to_png(found, ppi=DOTS) if found else b""


def told(document: Document, picture: Picture) -> str:
    """What the picture shows, for those who don't see it."""
    return "; ".join(
        f"{label} {place if picture.kind == 'lines' else ''}".strip() + f": {document.figures[key].shown}"
        for label, place, key in picture.marks
    )
