from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "giamngheo.access"
    label = "access"
    verbose_name = "Truy cập"
    default_auto_field = "django.db.models.BigAutoField"
