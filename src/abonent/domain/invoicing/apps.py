"""Django's name for this room."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """The room of papers for organisations."""

    name = "abonent.domain.invoicing"
    label = "invoicing"
    default_auto_field = "django.db.models.BigAutoField"
