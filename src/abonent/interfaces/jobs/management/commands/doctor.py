"""``abonent doctor``: what is missing or wrong in the installation, with the remedy."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from abonent.interfaces.jobs.checkup import CHECKS, ONLY_BY_NAME, look


class Command(BaseCommand):
    """Prints a line per check; ends with 1 when something is wrong."""

    help = "Проверить установку: чего не хватает и что сделать"
    # The doctor must come to a sick installation too.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names of checks; without them all are done."""
        parser.add_argument(
            "checks",
            nargs="*",
            type=_known,
            metavar="ПРОВЕРКА",
            help=f"только эти проверки: {', '.join([*CHECKS, *ONLY_BY_NAME])}",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the checks."""
        sick = False
        for name in options["checks"] or CHECKS:
            title, finding = look(name)
            sick = sick or bool(finding.remedy)
            mark = "✗" if finding.remedy else "✓"
            advice = f". {finding.remedy}" if finding.remedy else ""
            self.stdout.write(f"{mark} {title}: {finding.found}{advice}")
        if sick:
            raise SystemExit(1)


def _known(name: str) -> str:
    if name not in CHECKS | ONLY_BY_NAME:
        message = f"нет проверки «{name}», есть: {', '.join([*CHECKS, *ONLY_BY_NAME])}"
        raise ArgumentTypeError(message)
    return name
