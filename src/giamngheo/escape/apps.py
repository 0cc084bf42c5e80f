"""The Django application of the room."""

from django.apps import AppConfig


class EscapeConfig(AppConfig):
    name = "giamngheo.escape"
    default_auto_field = "django.db.models.BigAutoField"
