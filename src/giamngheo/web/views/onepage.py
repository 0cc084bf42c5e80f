"""One page of a province, district or commune: on screen, on paper, as PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from giamngheo.access.models import Role
from giamngheo.areas.models import Level, Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.text import fold
from giamngheo.reports.onepage import content, drawn, pdf, words
from giamngheo.reports.onepage.content import OnePage
from giamngheo.resolution.sentences import LOOKS
from giamngheo.surveys.models import Round
from giamngheo.surveys.queries import rounds
from giamngheo.web.requests import Request
from giamngheo.web.views.analysis_asked import unit_asked


def show(request: Request, code: str = "") -> HttpResponse:
    """The page of a unit in a year, by default the last closed round."""
    page = _page(request, code)

    def address(unit: Unit) -> str:
        return reverse("onepage", args=[unit.code]) + f"?nam={page.round.year}"

    lines = words.targets(page)
    context = {
        "page": page,
        "title": words.title(page),
        "sentence": words.sentence(page),
        "rounds": _rounds(request),
        "series": words.series(page),
        "series_figure": drawn.series(page),
        "places": drawn.places(page, address if page.unit.level < Level.COMMUNE else lambda unit: ""),
        "profile": drawn.profile(page),
        "groups": words.groups(page),
        "counted": words.counted(page),
        "targets": [{"line": line, "look": LOOKS[f.standing.state][0], "shape": LOOKS[f.standing.state][1],
                     "url": _target(page, line.id)} for line, f in zip(lines, page.shown, strict=True)],
        "sources": words.sources(page),
        "below": [(row, address(row.unit)) for row in page.rates.rows],
        "query": "?" + urlencode({"don-vi": page.unit.code, "nam": str(page.round.year)}),
    }  # fmt: skip
    return render(request, "onepage/page.html", context)


def file(request: Request, code: str) -> HttpResponse:
    """The same page as one sheet of A4."""
    page = _page(request, code)
    made = pdf.pdf(page, made_on=request.today, synthetic=request.installation.synthetic)
    details = {"round": page.round.name, "unit": page.unit.code, "table": "one page"}
    record(kind=Kind.EXPORT, subject="figures", details=details, by=request.user)
    name = f"mot-trang-{slugify(fold(page.unit.name))}-{page.round.year}.pdf"
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _page(request: Request, code: str) -> OnePage:
    if request.user.role == Role.ADMINISTRATOR:
        raise Http404
    listed = _rounds(request)
    year = request.GET.get("nam", "")
    closed = [round for round in listed if not round.is_open]
    chosen = next((r for r in listed if str(r.year) == year), None) or next(iter([*closed, *listed]), None)
    if chosen is None:
        raise Http404
    return content.one_page(chosen, _unit(request, code, chosen), seen_by=request.user)


def _rounds(request: Request) -> list[Round]:
    return [r for r in rounds(seen_by=request.user) if r.kind == Round.Kind.ANNUAL]


def _unit(request: Request, code: str, round: Round) -> Unit:
    """The unit named, else the reader's own; 404 for a village and for what the reader may not see."""
    unit = unit_asked(request, code, round.reference_date)
    if unit.level == Level.VILLAGE:
        raise Http404
    return unit


def _target(page: OnePage, target: str) -> str:
    question = urlencode({"don-vi": page.unit.code, "nam": str(page.year)})
    return reverse("resolution-target", args=[page.resolution.slug, target]) + "?" + question


urlpatterns = [
    path("mot-trang/", show, name="onepage-own"),
    path("mot-trang/<str:code>/", show, name="onepage"),
    path("mot-trang/<str:code>/pdf", file, name="onepage-pdf"),
]
