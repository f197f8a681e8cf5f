"""What ``abonent run`` does before its children start, in a process of its own.

The supervisor itself stays small: it never loads Django.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands

from abonent.common.refusals import Refusal
from abonent.config.postgres.messages import tell_operator

DEMO_LOADED = "demo-loaded"


def main() -> int:
    """Bring tables, static files and, in demo mode, the demo data up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abonent.config.settings")
    django.setup()
    from abonent.config.cli import database
    from abonent.config.static import collect_static

    try:
        with database(migrated=True):
            collect_static(tell_operator)
            if os.environ.get("ABONENT_DEMO") == "1":
                _load_demo(Path(settings.DATA))
    except Refusal as refusal:
        tell_operator(refusal.text)
        return 1
    return 0


def _load_demo(data: Path) -> None:
    """Load the demo town once; the command itself leaves alone what is not empty."""
    loaded = data / DEMO_LOADED
    if loaded.exists() or "demo" not in get_commands():
        return
    tell_operator("Заселяем демонстрационный город…")
    call_command("demo", stdout=sys.stderr)
    loaded.touch()


if __name__ == "__main__":
    sys.exit(main())
