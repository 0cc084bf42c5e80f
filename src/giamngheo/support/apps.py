from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "giamngheo.support"
    label = "support"
    verbose_name = "Hỗ trợ"
    default_auto_field = "django.db.models.BigAutoField"
