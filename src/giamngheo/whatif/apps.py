from django.apps import AppConfig


class WhatIfConfig(AppConfig):
    name = "giamngheo.whatif"
    label = "whatif"
    default_auto_field = "django.db.models.BigAutoField"
