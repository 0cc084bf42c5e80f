from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "giamngheo.warehouse"
    label = "warehouse"
    verbose_name = "Kho số liệu"
    default_auto_field = "django.db.models.BigAutoField"
