"""A virtual day and more pass: the bank's clock is moved, and the janitor works at each hour.

A process of its own, ``python -m …settling BANK_URL``, because it may be told to die at a point.
"""

import os
import sys
from datetime import timedelta

import django
import httpx

# After each of these the janitor looks; between them lie all its own steps (TRUST R11).
MINUTES = (0, 1, 3, 10, 30, 62, 75, 125, 240, 600, 1_000, 1_530, 2_950)
MOST_ROUNDS = 8


def main() -> int:
    """Let the time pass until nothing is due any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abonent.config.settings")
    django.setup()
    from abonent.common import clock
    from abonent.domain.payments import operations as payments

    bank = httpx.Client(base_url=sys.argv[1], trust_env=False, timeout=60)
    begun, before = clock.now(), 0
    for minutes in MINUTES:
        moved = bank.post("/_sim/clock", json={"advance": (minutes - before) * 60})
        moved.raise_for_status()
        passed, before = timedelta(minutes=minutes), minutes
        for _ in range(MOST_ROUNDS):
            if not payments.settle_awaiting(now=begun + passed):
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
