from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "giamngheo.areas"
    label = "areas"
    verbose_name = "Địa bàn"
    default_auto_field = "django.db.models.BigAutoField"
