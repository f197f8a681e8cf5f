"""What the browser tests share: a house that listens, a bank, two suppliers with their flats."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from browser_bundles import contract_mail, flat_number, write_bundle
from django.conf import settings
from django.db import connection
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.live_server_helper import LiveServer

from abonent.common import clock
from abonent.domain.payments.operations import settle_awaiting
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator
from commands import run

# 23 November, 19:42 in Yekaterinburg: two days of the window are left.
EVENING = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
WHOLE, LIGHT = "sesb", "nesk"
SHOPS = {WHOLE: ("100500", "test_whole"), LIGHT: ("100501", "test_light")}
FLATS = 24
# Suppliers where people only sign up, sign in and join an account: nothing is billed there.
ENTRANCES = {
    "teplo-nn": ("heat", "hot_water"),
    "tmesbyt": ("electricity",),
    "tns-voronezh": ("electricity",),
}


@dataclass(frozen=True)
class Flat:
    """A flat that no other test uses."""

    supplier: str
    number: str
    place: int
    contract_mail: str


@dataclass
class House:
    """The whole world of a browser test; time stands still until it is moved."""

    url: str
    bank: Simulator
    traveller: time_machine.Traveller
    taken: dict[str, int] = field(default_factory=dict)
    # Pages whose barriers were judged already: heading, title, width of the window.
    judged: set[tuple[str, str, int]] = field(default_factory=set)

    @property
    def named_url(self) -> str:
        """Return the address by name: a passkey belongs to a name, never to a number."""
        return self.url.replace("127.0.0.1", "localhost")

    def flat(self, supplier: str = WHOLE) -> Flat:
        """Give a flat with its bill of October to a test."""
        place = self.taken[supplier] = self.taken.get(supplier, 0) + 1
        assert place <= FLATS, "the bundles need more flats"
        return Flat(supplier, flat_number(place), place, contract_mail(place))

    def pass_time(self, seconds: int) -> None:
        """Let time pass, here and at the bank."""
        self.traveller.shift(seconds)
        self.bank.advance(seconds)

    def mend_bank(self) -> None:
        """Let the bank answer well again."""
        self.bank._faults.clear()

    def settle(self) -> None:
        """Let the janitor make his round."""
        settle_awaiting(now=clock.now())

    def deliver(self) -> int:
        """Let the bank's notices arrive and the queue weigh them; returns how many came."""
        from abonent.interfaces.jobs.handlers import handle_notice

        came = len(self.bank.deliver_due())
        for job in ProcrastinateJob.objects.filter(task_name="handle_notice", status="todo"):
            handle_notice(notice_id=job.args["notice_id"])
        return came


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Open the house on the test database, with a bank that sends its notices when told."""
    server = LiveServer("127.0.0.1")
    hooks = {code: f"{server.url}/api/callbacks/yookassa/{code}/" for code in SHOPS}
    shops = [Shop(*SHOPS[code], hook) for code, hook in hooks.items()]
    with (
        time_machine.travel(EVENING, tick=False) as traveller,
        Simulator(seed=5, shops=shops, starts_at=EVENING) as bank,
        override_settings(
            YOOKASSA_URL=f"{bank.url}/v3",
            YOOKASSA_SHOPS=json.dumps({code: ":".join(pair) for code, pair in SHOPS.items()}),
            PUBLIC_URL=server.url,
            CONTENT_SECURITY_POLICY=_policy(bank.url),
        ),
    ):
        _empty_queue()
        _settle_people(folder)
        yield House(server.url, bank, traveller)
    server.stop()
    _end_other_sessions()


def _empty_queue() -> None:
    """Drop the jobs of tests before: their notices are gone with their tables' rows."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _end_other_sessions() -> None:
    """Let go of the database what a page asked for last, when its window was closing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _policy(bank_url: str) -> dict[str, object]:
    """Let a payment form lead to the bank of the test, as a demonstration does."""
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return {"DIRECTIVES": rules | {"form-action": [*rules["form-action"], bank_url]}}


def _settle_people(folder: Path) -> None:
    everything = ("electricity", "heat", "hot_water", "cold_water")
    for code, services, branch in (
        (WHOLE, everything, "ekb"),
        (LIGHT, ("electricity",), "krasnodar"),
    ):
        bundle = write_bundle(
            folder / code, code=code, preset=code, flats=FLATS, services=services, branch=branch
        )
        for command in (
            ("import", str(bundle)),
            ("bill", "--supplier", code, "--period", "2026-10", "--publish"),
        ):
            left, _, err = run(*command)
            assert left == 0, err
    for code, services in ENTRANCES.items():
        bundle = write_bundle(folder / code, code=code, preset=code, flats=FLATS, services=services)
        left, _, err = run("import", str(bundle))
        assert left == 0, err
