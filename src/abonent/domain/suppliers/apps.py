"""Django's name for this room."""

from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    """The suppliers room."""

    name = "abonent.domain.suppliers"
    label = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"
