"""Django's name for this room."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    """The metering room."""

    name = "abonent.domain.metering"
    label = "metering"
    default_auto_field = "django.db.models.BigAutoField"
