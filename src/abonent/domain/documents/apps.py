"""Django's name for this room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room."""

    name = "abonent.domain.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
