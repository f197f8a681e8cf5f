"""Django's name for this room."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The messaging room."""

    name = "abonent.domain.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
