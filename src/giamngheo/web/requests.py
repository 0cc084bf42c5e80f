"""A request as our pages get it: of a signed-in person, on the working day (see middleware.scope); years in addresses."""

import datetime as dt

from django.http import HttpRequest
from django.urls import register_converter
from django.urls.converters import IntConverter
from django_htmx.middleware import HtmxDetails

from giamngheo.access.models import Installation, User


class Request(HttpRequest):
    user: User
    today: dt.date
    installation: Installation
    htmx: HtmxDetails


class Year(IntConverter):
    """A year in an address; what no calendar of ours has leads to no page."""

    regex = "[12][0-9]{3}"


register_converter(Year, "year")
