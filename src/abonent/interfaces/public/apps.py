"""Django's name for this door."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The public door."""

    name = "abonent.interfaces.public"
    label = "public"
