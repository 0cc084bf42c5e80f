"""A page and its parts are one template."""

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Context, Template, TemplateDoesNotExist
from django.test import RequestFactory, override_settings
from django_htmx.middleware import HtmxDetails

from giamngheo.web.render import page, render_block

PARENT = "<h1>{% block question %}{% endblock %}</h1>{% block content %}{% endblock %}"
CHILD = (
    '{% extends "parent.html" %}{% block question %}Hộ nào?{% endblock %}'
    "{% block content %}<form></form><div>{% block rows %}{% for r in rows %}<p>{{ r }}</p>{% endfor %}{% endblock %}</div>{% endblock %}"
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.locmem.Loader", {"parent.html": PARENT, "child.html": CHILD})
            ],
            "context_processors": ["django.template.context_processors.request"],
        },
    }
]


def _request(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/ho/", headers=headers)
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.user = AnonymousUser()
    return request


@override_settings(TEMPLATES=TEMPLATES)
def test_a_browser_gets_the_page_and_htmx_its_part() -> None:
    context = {"rows": ["Giàng <A>"]}
    whole = page(_request(), "child.html", context, fragment="rows")
    part = page(_request(**{"HX-Request": "true"}), "child.html", context, fragment="rows")
    assert whole.content.decode() == "<h1>Hộ nào?</h1><form></form><div><p>Giàng &lt;A&gt;</p></div>"
    assert part.content.decode() == "<p>Giàng &lt;A&gt;</p>"
    assert "HX-Request" in whole["Vary"] and "HX-Request" in part["Vary"]


@override_settings(TEMPLATES=TEMPLATES)
@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_the_whole_page_when_it_replaces_the_page(header: str) -> None:
    answer = page(
        _request(**{"HX-Request": "true", header: "true"}), "child.html", {"rows": []}, fragment="rows"
    )
    assert answer.content.decode().startswith("<h1>")


@override_settings(TEMPLATES=TEMPLATES)
def test_a_part_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-such"):
        render_block(_request(), "child.html", "no-such", {})
    with pytest.raises(TemplateDoesNotExist):
        render_block(_request(), "none.html", "rows", {})


def test_a_figure_lays_out_its_parts_and_leaves_out_what_is_not_given() -> None:
    full = Template(
        '{% load pieces %}{% figure title="Tỷ lệ" download="/tai" %}<svg></svg>'
        "{% figuretable %}<table></table>{% figurehow %}Số hộ nghèo chia tổng số hộ{% endfigure %}"
    ).render(Context())
    bare = Template('{% load pieces %}{% figure title="Tỷ lệ" %}<svg></svg>{% endfigure %}').render(Context())
    assert full.index("<svg></svg>") < full.index("<table></table>") < full.index("Số hộ nghèo chia")
    assert 'href="/tai"' in full
    assert "<details" not in bare and "download" not in bare


@pytest.mark.parametrize(
    ("klass", "shape", "word"),
    [
        ("poor_income", "mark-full", "Hộ nghèo (N1: thu nhập)"),
        ("near_poor", "mark-half", "Hộ cận nghèo"),
        ("undetermined", "mark-unknown", "Chưa xác định được"),
        (None, "mark-unknown", "Chưa xác định được"),
    ],
)
def test_a_standing_is_a_shape_and_a_word(klass: str | None, shape: str, word: str) -> None:
    text = Template("{% load pieces %}{% standing k %}").render(Context({"k": klass}))
    assert f"#{shape}" in text and word in text


def test_every_template_of_ours_compiles() -> None:
    from django.template.loader import get_template

    root = Path(__file__).resolve().parents[2] / "src" / "giamngheo" / "web" / "templates"
    for path in root.rglob("*.*"):
        get_template(path.relative_to(root).as_posix())


@pytest.mark.parametrize(
    ("path", "method", "laid_out"),
    [("/ho/12/?x=1", "get", True), ("/ho/12/", "get", False), ("/ho/12/?x=1", "post", False)],
)
def test_a_form_kept_by_the_server_is_laid_out_once_on_its_own_page(
    path: str, method: str, laid_out: bool
) -> None:
    request = getattr(RequestFactory(), method)(path)
    request.session = {
        "kept_form": {"path": "/ho/12/?x=1", "typed": {"note": ["<b>nhà dột</b>"]}, "sent_to": "/ho/12/"}
    }
    tag = Template("{% load pieces %}{% kept_form %}")
    first = tag.render(Context({"request": request}))
    assert ('id="kept-form"' in first) is laid_out
    assert "<b>" not in first
    assert ("kept_form" in request.session) is not laid_out
    if laid_out:
        assert tag.render(Context({"request": request})).strip() == ""


def test_error_pages_come_up_without_request_or_database() -> None:
    from django.template.loader import get_template

    for name in ("400.html", "403_csrf.html", "429.html", "500.html", "503.html"):
        text = get_template(name).render({})
        assert "data-hold" in text and "<h1>" in text, name
