"""Accounts: who may sign in, in which role, for which unit; kept by the administrator, read by the auditor."""

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from giamngheo.access import actions
from giamngheo.access.errors import AccessError
from giamngheo.access.models import Role
from giamngheo.access.queries import accounts, today
from giamngheo.areas.errors import AreaError
from giamngheo.areas.models import Unit
from giamngheo.areas.queries import unit_on
from giamngheo.web.requests import Request


class GrantForm(forms.Form):
    """The role of a person and the code of the unit they answer for."""

    role = forms.ChoiceField(label=gettext_lazy("Vai trò"), choices=Role.choices)
    unit_code = forms.CharField(
        label=gettext_lazy("Mã đơn vị"),
        max_length=20,
        help_text=gettext_lazy("Mã tỉnh, huyện, xã hoặc thôn mà người này phụ trách, ví dụ 03541."),
    )

    def clean_unit_code(self) -> Unit:
        try:
            return unit_on(self.cleaned_data["unit_code"].strip(), today())
        except AreaError as error:
            raise ValidationError(str(error)) from error


class AccountForm(GrantForm):
    """A new account: the person, the role, the unit, a first password."""

    username = forms.CharField(label=gettext_lazy("Tên đăng nhập"), max_length=60)
    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    password = forms.CharField(label=gettext_lazy("Mật khẩu ban đầu"), widget=forms.PasswordInput)
    field_order = ("full_name", "username", "role", "unit_code", "password")


class PasswordForm(forms.Form):
    password = forms.CharField(label=gettext_lazy("Mật khẩu mới"), widget=forms.PasswordInput)


def _keeper_or_404(request: Request) -> None:
    if request.user.role != Role.ADMINISTRATOR:
        raise Http404


def index(request: Request) -> HttpResponse:
    if request.user.role not in {Role.ADMINISTRATOR, Role.AUDITOR}:
        raise Http404
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        _keeper_or_404(request)
        if form.is_valid() and _open(request, form):
            return redirect("accounts")
    listed = accounts(seen_by=request.user)
    return render(
        request,
        "accounts/index.html",
        {"accounts": listed, "form": form, "password_help": password_validators_help_texts()},
    )


def _open(request: Request, form: AccountForm) -> bool:
    data = form.cleaned_data
    try:
        user = actions.open_account(
            username=data["username"],
            full_name=data["full_name"],
            role=data["role"],
            unit=data["unit_code"],
            password=data["password"],
            by=request.user,
        )
    except ValidationError as error:
        form.add_error("password", error)
        return False
    except AccessError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Đã mở tài khoản cho %(name)s.") % {"name": user.full_name})
    return True


def account(request: Request, pk: int) -> HttpResponse:
    """One account: role and unit from today on, lock or unlock, a new first password."""
    _keeper_or_404(request)
    user = get_object_or_404(accounts(seen_by=request.user), pk=pk)
    form = GrantForm(request.POST or None, initial={"role": user.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_grant(
                user=user,
                unit=form.cleaned_data["unit_code"],
                role=form.cleaned_data["role"],
                by=request.user,
            )
        except AccessError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Đã giao lại địa bàn và vai trò cho %(name)s.") % {"name": user.full_name}
            )
            return redirect("account", pk=pk)
    context = {"account": user, "form": form, "password_form": PasswordForm()}
    return render(request, "accounts/account.html", context)


@require_POST
def lock(request: Request, pk: int) -> HttpResponse:
    """Lock an active account, unlock a locked one."""
    _keeper_or_404(request)
    user = get_object_or_404(accounts(seen_by=request.user), pk=pk)
    try:
        actions.set_active(user=user, active=not user.is_active, by=request.user)
    except AccessError as error:
        messages.error(request, str(error))
    return redirect("account", pk=pk)


@require_POST
def password(request: Request, pk: int) -> HttpResponse:
    """A new first password for a person who lost theirs."""
    _keeper_or_404(request)
    user = get_object_or_404(accounts(seen_by=request.user), pk=pk)
    try:
        actions.reset_password(user=user, password=request.POST.get("password", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Đã đặt mật khẩu mới; người dùng phải đổi khi đăng nhập."))
    return redirect("account", pk=pk)


urlpatterns = [
    path("tai-khoan-noi-bo/", index, name="accounts"),
    path("tai-khoan-noi-bo/<int:pk>/", account, name="account"),
    path("tai-khoan-noi-bo/<int:pk>/khoa", lock, name="account-lock"),
    path("tai-khoan-noi-bo/<int:pk>/mat-khau", password, name="account-password"),
]
