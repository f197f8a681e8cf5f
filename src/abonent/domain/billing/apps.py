"""Django's name for this room."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The billing room."""

    name = "abonent.domain.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
