"""Django's name for this room."""

from django.apps import AppConfig


class TariffsConfig(AppConfig):
    """The tariffs room."""

    name = "abonent.domain.tariffs"
    label = "tariffs"
    default_auto_field = "django.db.models.BigAutoField"
