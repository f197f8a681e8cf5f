"""Django's name for this room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange room."""

    name = "abonent.domain.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
