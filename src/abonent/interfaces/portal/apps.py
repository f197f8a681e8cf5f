"""Django's name for this door."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal door."""

    name = "abonent.interfaces.portal"
    label = "portal"
