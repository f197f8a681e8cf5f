"""The rounds of a run, and its figures."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from abonent.interfaces.jobs.soak import verdict
from abonent.interfaces.jobs.soak.house import ACQUIRERS, House
from abonent.interfaces.jobs.soak.network import Network
from abonent.interfaces.jobs.soak.plan import POINTS, Step, draw_round
from abonent.interfaces.jobs.soak.storm import Storm
from abonent.interfaces.jobs.soak.town import found, next_code, refuse_real_disk

Tell = Callable[[str], None]
Steps = tuple[Step, ...]


def soak(
    *, seed: int, minutes: float, bank: str, disk: Callable[[Steps], Steps] | None, tell: Tell
) -> dict[str, Any]:
    """Run rounds until the time is over, at least one; return the figures with the violations.

    ``disk`` puts what happens to the disk into each round; the data must lie on a small
    volume of their own then. Stops after the first round in which something does not hold: what
    follows would hide it.
    """
    code = next_code()
    folder = Path(settings.DATA) / "soak" / code
    if disk is not None:
        refuse_real_disk(Path(settings.DATA))
        # The bank, its logs and our orders are not what is filled.
        folder = Path(tempfile.mkdtemp(prefix="abonent-soak-")) / code
    # Left by a run that did not even get to its supplier.
    shutil.rmtree(folder, ignore_errors=True)
    town = found(code, folder)
    connection.close()
    house = House(folder, code, seed, ACQUIRERS[bank])
    storm = Storm(house, town, Network(house.terminals))
    ends = time.monotonic() + minutes * 60
    wrong: list[str] = []
    rounds = 0
    try:
        for name in ("bank", "web", "worker", "terminals"):
            house.start(name)
        for place in count():
            steps = draw_round(seed, place)
            storm.rage(disk(steps) if disk else steps)
            storm.settle()
            truth = storm.truth()
            wrong = verdict.violations(house, town.supplier_id, truth, storm.terminals.deals)
            rounds = place + 1
            tell(_line(rounds, storm, wrong))
            if wrong or time.monotonic() > ends:
                return _figures(seed, rounds, storm, truth, wrong)
    finally:
        house.stop()
    raise AssertionError


def _line(rounds: int, storm: Storm, wrong: list[str]) -> str:
    killed = sum(storm.house.killed.values()) + sum(storm.struck.values())
    paid = storm.done["payments"] + storm.done["deals"]
    return f"Круг {rounds}: платежей {paid}, убийств {killed}, нарушений {len(wrong)}"


def _figures(
    seed: int, rounds: int, storm: Storm, truth: dict[str, Any], wrong: list[str]
) -> dict[str, Any]:
    notices = truth["notifications"]
    stops = {name: times for name, times in storm.struck.items() if name.endswith("stop")}
    struck = storm.struck - Counter(stops)
    states = Counter(one["state"] for one in truth["payments"])
    return {
        "seed": seed,
        "bank": storm.house.acquirer.channel,
        "rounds": rounds,
        "payments": storm.done["payments"],
        "captured": states["captured"],
        "not_paid": len(truth["payments"]) - states["captured"],
        "refunds": sum(one["state"] == "succeeded" for one in truth["refunds"]),
        "terminal_payments": storm.done["deals"],
        "on_one_account": storm.done["on_one_account"],
        "pressed_again": storm.done["pressed_again"],
        "kills": sum(storm.house.killed.values()) + sum(struck.values()),
        "killed_anywhere": dict(storm.house.killed),
        "killed_at_points": dict(sorted(struck.items())),
        "points": f"{len(struck)}/{len(POINTS)}",
        "stopped_and_resumed": sum(stops.values()),
        "full_disks": storm.done["disk"],
        "bank_faults": storm.done["fault"],
        "deliveries": sum(len(one["deliveries"]) for one in notices),
        "forged": sum(bool(one["forged"]) for one in notices),
        "lost": sum(one["state"] == "dropped" for one in notices),
        "violations": wrong,
    }
