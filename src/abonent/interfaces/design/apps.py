"""The Django application that carries the components."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, template tags and static files under the label ``design``."""

    name = "abonent.interfaces.design"
    label = "design"
