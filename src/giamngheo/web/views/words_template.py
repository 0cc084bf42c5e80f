"""The Word template of reports in words: what it may name, taken away, changed by the province and brought back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giamngheo.access.models import Role
from giamngheo.reports.errors import TemplateError
from giamngheo.reports.words import actions, queries
from giamngheo.reports.words.check import BYTES
from giamngheo.reports.words.fields import MEANINGS
from giamngheo.reports.words.template import own_template
from giamngheo.web.requests import Request
from giamngheo.web.views.words import DOCX, check_reader


class TemplateForm(forms.Form):
    """A template from Word."""

    template = forms.FileField(
        label=gettext_lazy("Tệp mẫu (.docx)"), widget=forms.ClearableFileInput(attrs={"accept": ".docx"})
    )


def template(request: Request) -> HttpResponse:
    """The template in force, its fields, and the form by which the province brings another."""
    check_reader(request)
    may = request.user.role == Role.PROVINCIAL_OFFICER
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not may:
            raise Http404
        if form.is_valid():
            upload = form.cleaned_data["template"]
            try:
                actions.bring_template(content=upload.read(BYTES + 1), file_name=upload.name, by=request.user)
                messages.success(request, _("Mẫu đã được điền thử và dùng từ nay."))
                return redirect("words-template")
            except TemplateError as error:
                form.add_error("template", str(error))
    language = get_language() or "vi"
    context: dict[str, Any] = {
        "brought": queries.brought_template(seen_by=request.user),
        "form": form if may else None,
        "meanings": [(name, words(language)) for name, words in MEANINGS.items()],
    }
    return render(request, "words/template.html", context)


@require_POST
def own(request: Request) -> HttpResponse:
    """Back to the template that comes with the system."""
    try:
        actions.use_own_template(by=request.user)
    except TemplateError as error:
        raise Http404(str(error)) from error
    return redirect("words-template")


def file(request: Request, which: str) -> HttpResponse:
    """The template in force, or the system's own."""
    check_reader(request)
    if which not in ("dang-dung", "co-san"):
        raise Http404
    content = own_template() if which == "co-san" else queries.template_in_force(seen_by=request.user)
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = 'attachment; filename="mau-bao-cao-bang-loi.docx"'
    return response


urlpatterns = [
    path("bao-cao-bang-loi/mau/", template, name="words-template"),
    path("bao-cao-bang-loi/mau/co-san", own, name="words-template-own"),
    path("bao-cao-bang-loi/mau/<str:which>.docx", file, name="words-template-file"),
]
