"""Django's name for this door."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The office door."""

    name = "abonent.interfaces.office"
    label = "office"
