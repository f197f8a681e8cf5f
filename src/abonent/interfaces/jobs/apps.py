"""Django's name for this door."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The door of the clock and the queue: schedule, handlers, commands."""

    name = "abonent.interfaces.jobs"
    label = "jobs"
