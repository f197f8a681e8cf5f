"""Django's name for this door."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The door of machines: callbacks of acquirers, health."""

    name = "abonent.interfaces.api"
    label = "api"
