from django.apps import AppConfig


class ResolutionConfig(AppConfig):
    name = "giamngheo.resolution"
    label = "resolution"
    verbose_name = "Nghị quyết"
    default_auto_field = "django.db.models.BigAutoField"
