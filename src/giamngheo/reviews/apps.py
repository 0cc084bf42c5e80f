from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "giamngheo.reviews"
    label = "reviews"
    verbose_name = "Bình xét"
    default_auto_field = "django.db.models.BigAutoField"
