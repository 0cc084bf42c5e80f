"""A request as our pages get it: of a signed-in person, on the working day (see middleware.scope)."""

import datetime as dt

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from giamngheo.access.models import Installation, User


class Request(HttpRequest):
    user: User
    today: dt.date
    installation: Installation
    htmx: HtmxDetails
