"""Django's name for this room."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments room."""

    name = "abonent.domain.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
