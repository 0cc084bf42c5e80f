from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "giamngheo.surveys"
    label = "surveys"
    verbose_name = "Rà soát"
    default_auto_field = "django.db.models.BigAutoField"
