"""Django's name for this room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The identity room."""

    name = "abonent.domain.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
