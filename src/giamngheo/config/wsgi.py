"""What a WSGI server starts."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giamngheo.config.settings")
application = get_wsgi_application()
# The pages are loaded before anyone asks for one: the first visitor does not wait for it.
_pages = get_resolver().url_patterns
