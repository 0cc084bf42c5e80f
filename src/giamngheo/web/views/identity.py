"""Sign-in through the province's identity service: what happens when that service is away."""

from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from requests import RequestException

View = Callable[..., HttpResponse]


def _or_say_it_is_away(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except RequestException:
            return render(request, "socialaccount/authentication_error.html", {"away": True}, status=502)

    return answer


urlpatterns = [  # before allauth's own, which have the names
    path("tai-khoan/oidc/<str:provider_id>/login/", _or_say_it_is_away(views.login)),
    path("tai-khoan/oidc/<str:provider_id>/login/callback/", _or_say_it_is_away(views.callback)),
]
