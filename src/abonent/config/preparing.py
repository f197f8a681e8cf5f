"""What ``abonent run`` does before its children start, in a process of its own.

The supervisor itself stays small: it never loads Django.
"""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.urls import reverse

from abonent.common.refusals import Refusal
from abonent.config.postgres.messages import tell_operator

DEMO_LOADED = "demo-loaded"
FIRST_SHOP = 500_001
# How an acquirer calls its shops where a bare number is not the way.
NUMBERS = {"tbank": "{}DEMO", "rbs": "{}-api"}

# Acquirers that report to an agent's door and want a final answer there.
REPORTING = ("moneta",)
# Channel, protocol, name.
DEMO_CHANNELS = (("telepay", "telepay", "Терминалы TelePay"), ("sber", "eps", "Сбербанк"))


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
                _open_shops(settings.DEMO_SHOPS)
                _open_channels(settings.DEMO_AGENTS)
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


def _open_shops(path: Path) -> None:
    """Give each supplier without one a shop at the bank simulator: NUMBER:SECRET:HOOK a line.

    The shop is opened at the acquirer of the supplier's policy, so that a walk through the
    demo meets each of them.
    """
    from abonent.domain.suppliers import queries as suppliers

    lines = path.read_text().splitlines() if path.exists() else []
    known = {part for line in lines for part in line.rstrip("/").split("/")[-2:]}
    for supplier in suppliers.all_suppliers():
        if supplier.code not in known:
            rules = suppliers.rulebook(supplier_id=supplier.id)
            channel = rules.value("acquirer") or next(iter(settings.ACQUIRERS))
            number = NUMBERS.get(channel, "{}").format(FIRST_SHOP + len(lines))
            hook = (
                reverse("api:agent", args=[supplier.code, channel])
                if channel in REPORTING
                else reverse(f"api:{channel}_callback", args=[supplier.code])
            )
            lines.append(f"{number}:test_{token_urlsafe(24)}:{hook}")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("".join(f"{line}\n" for line in lines))


def _open_channels(path: Path) -> None:
    """Give each supplier terminals and a bank that take money for it, from this machine only."""
    from abonent.domain.suppliers import queries as suppliers

    written = [
        f'[{supplier.code}.{channel}]\nprotocol = "{protocol}"\nname = "{name}"\n'
        'addresses = ["127.0.0.0/8", "::1"]\ncancel_days = 0\n'
        for supplier in suppliers.all_suppliers()
        for channel, protocol, name in DEMO_CHANNELS
    ]
    for line in settings.DEMO_SHOPS.read_text().splitlines():
        number, secret, hook = line.split(":", 2)
        code, channel = hook.rstrip("/").split("/")[-2:]
        if channel in REPORTING:
            kept = path.with_name(f"demo-{channel}-{code}.txt")
            kept.write_text(secret)
            kept.chmod(0o600)
            written.append(
                f'[{code}.{channel}]\nprotocol = "{channel}"\nshop = "{number}"\n'
                f'secret_file = "{kept.name}"\naddresses = ["127.0.0.0/8", "::1"]\n'
            )
    path.write_text("".join(written), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
