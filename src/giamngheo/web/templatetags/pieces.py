"""The recurring pieces of our pages as template tags; how to use them: docs/reference/pieces.md."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from giamngheo.web.kept import take
from giamngheo.web.templatetags.formats import unit_label

register = template.Library()

#: Class code → (shape, look, word). Dark means poor; the shape says the same without colour.
STANDINGS = {
    "poor": ("mark-full", "poor", gettext_lazy("Hộ nghèo")),
    "poor_income": ("mark-full", "poor", gettext_lazy("Hộ nghèo (N1: thu nhập)")),
    "poor_deprivation": ("mark-full", "poor", gettext_lazy("Hộ nghèo (N2: thiếu hụt)")),
    "near_poor": ("mark-half", "near", gettext_lazy("Hộ cận nghèo")),
    "average": ("mark-low", "average", gettext_lazy("Hộ có mức sống trung bình")),
    "none": ("mark-open", "none", gettext_lazy("Không thuộc diện")),
    "undetermined": ("mark-unknown", "unknown", gettext_lazy("Chưa xác định được")),
}
#: An indicator's answer: deprived, not, not known.
DEPRIVED = {
    "1": ("mark-yes", "yes", gettext_lazy("Thiếu hụt")),
    "0": ("mark-no", "no", gettext_lazy("Không thiếu hụt")),
    "?": ("mark-unknown", "unknown", gettext_lazy("Chưa biết")),
}
#: Confidence of a legal number: how sure we are of it before anyone has read the gazette.
CONFIDENCE = {
    "high": ("bars-high", gettext_lazy("tin cậy cao")),
    "medium": ("bars-medium", gettext_lazy("tin cậy trung bình")),
    "low": ("bars-low", gettext_lazy("tin cậy thấp")),
}


def _symbol(name: str, look: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        *(look, static("dist/icons.svg"), name),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "download" %}`: an icon beside a word, never instead of one. Names: frontend/src/icons.json."""
    return _symbol(name, "icon")


@register.simple_tag
def mark(name: str) -> SafeString:
    """`{% mark "mark-half" %}`: a shape of frontend/src/marks.svg."""
    return _symbol(name, "mark")


@register.simple_tag
def standing(klass: str | None, size: str = "") -> SafeString:
    """`{% standing row.klass %}`: the class of a household as shape and word; `"big"` for the head of a page."""
    shape, look, word = STANDINGS.get(klass or "undetermined", STANDINGS["undetermined"])
    return format_html('<span class="standing {} {}">{}{}</span>', look, size, mark(shape), word)


@register.simple_tag
def deprived(answer: str | bool | None) -> SafeString:
    """`{% deprived "1" %}`: one indicator's answer, from a character of the pattern or from True, False, None."""
    code = {True: "1", False: "0", None: "?"}.get(answer, answer) if not isinstance(answer, str) else answer
    shape, look, word = DEPRIVED.get(str(code), DEPRIVED["?"])
    return format_html('<span class="standing {}">{}{}</span>', look, mark(shape), word)


@register.simple_tag
def confidence(level: str, verified: bool = False, source: str = "") -> SafeString:
    """`{% confidence rule.confidence rule.verified rule.source %}`: whether a legal number was read in the gazette."""
    shape, word = CONFIDENCE.get(level, CONFIDENCE["low"])
    state = _("đã đọc ở nguồn nêu kèm") if verified else _("chưa đối chiếu công báo")
    look = "" if verified else "unverified"
    said = format_html('<span class="confidence {}">{}{}, {}</span>', look, mark(shape), state, word)
    return format_html('{} <span class="source">{}</span>', said, source) if source else said


@register.inclusion_tag("pieces/trail.html")
def trail(units: Iterable[Any], on: dt.date | None = None, last_is_link: bool = False) -> dict[str, Any]:
    """`{% trail units on=date %}`: province › … › village, from units or (word, address) pairs, the widest first."""
    steps = [_step(unit, on) for unit in units]
    return {"steps": steps, "on": on, "last_is_link": last_is_link}


def _step(unit: Any, on: dt.date | None) -> tuple[str, str]:
    if isinstance(unit, (tuple, list)):
        return str(unit[0]), str(unit[1] or "")
    try:
        address = reverse("unit", args=[unit.code])
    except NoReverseMatch:  # a person whose page has no addresses of units, as in the style page
        return unit_label(unit), ""
    return unit_label(unit), f"{address}?ngay={on.isoformat()}" if on else address


@register.inclusion_tag("pieces/field.html")
def field(bound: Any, look: str = "", help: bool = True) -> dict[str, Any]:
    """`{% field form.name %}`: label, help, error and control, tied to one another; `help=False` leaves the help out."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    several = getattr(widget, "use_fieldset", False)
    repeats_label = widget.attrs.get("placeholder") == bound.label
    return {
        "field": bound,
        "control": bound.as_widget(attrs={"placeholder": ""}) if repeats_label else bound.as_widget(),
        "look": look,
        "help_text": bound.help_text if help else "",
        "several": several,
        "single_choice": kind == "checkbox" and not several,
        "secret": kind == "password",
    }


@register.inclusion_tag("pieces/sort.html", takes_context=True)
def sort_th(
    context: dict[str, Any], label: str, key: str, look: str = "", parameter: str = "xep"
) -> dict[str, Any]:
    """`{% sort_th _("Tên") "name" %}`: a whole <th>; `?xep=name` sorts up, `?xep=-name` down."""
    query = context["request"].GET.copy()
    now = query.get(parameter, "")
    query.pop("trang", None)
    query[parameter] = f"-{key}" if now == key else key
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    return {"label": label, "look": look, "state": state, "address": f"?{query.urlencode()}"}


class FigureNode(Node):
    """A figure: the parts between the tags are laid into pieces/figure.html."""

    def __init__(self, words: dict[str, FilterExpression], parts: dict[str, NodeList]) -> None:
        self.words = words
        self.parts = parts

    def render(self, context: template.Context) -> SafeString:
        values = {name: word.resolve(context) for name, word in self.words.items()}
        drawn = {name: part.render(context) for name, part in self.parts.items()}
        piece = context.template.engine.get_template("pieces/figure.html")  # type: ignore[union-attr]
        with context.push(figure={**values, **drawn}):
            return piece.render(context)


@register.tag
def figure(parser: Parser, token: Token) -> FigureNode:
    """`{% figure title=… note=… download=… %}picture{% figuretable %}table{% figurehow %}words{% endfigure %}`."""
    words = token_kwargs(token.split_contents()[1:], parser)
    parts: dict[str, NodeList] = {}
    name = "picture"
    while name != "end":
        parts[name] = parser.parse(("figuretable", "figurehow", "endfigure"))
        closing = parser.next_token().contents.split()[0]
        name = "end" if closing == "endfigure" else closing.removeprefix("figure")
    return FigureNode(words, parts)


@register.inclusion_tag("pieces/kept_form.html", takes_context=True)
def kept_form(context: dict[str, Any]) -> dict[str, Any]:
    """What was typed into this page's form before the session ended, once: laid out by script, or sent again by a button."""
    request = context.get("request")
    if request is None or not hasattr(request, "session"):
        return {}
    return {**take(request), "csrf_token": context.get("csrf_token")}


@register.filter
def page_range(paginator: Any, number: int) -> Iterable[int | str]:
    """The page numbers worth showing around `number`."""
    pages: Iterable[int | str] = paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
    return pages
