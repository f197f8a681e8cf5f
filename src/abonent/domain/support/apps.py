"""Django's name for this room."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """The support room."""

    name = "abonent.domain.support"
    label = "support"
    default_auto_field = "django.db.models.BigAutoField"
