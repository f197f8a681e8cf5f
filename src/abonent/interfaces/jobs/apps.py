"""Django's name for this door."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The door of the clock and the queue: schedule, handlers, commands."""

    name = "abonent.interfaces.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the handlers with the queue, whose application is ready by now."""
        from abonent.interfaces.jobs import handlers, schedule  # noqa: F401  (importing registers them)
