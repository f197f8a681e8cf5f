"""Histories drawn from a seed: payers, the bank, workers, the janitor, the clock, and deaths.

One process, one seed, a clock of its own: a failing seed replays its history to the step
(TRUST A5.4, tests 49 and 50). ``ABONENT_HISTORIES=2000`` lives through more of them.
"""

import os
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Event

import pytest

from abonent.common import crash
from abonent.common.refusals import Refusal
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations
from abonent.domain.payments.models import Notice, Payment
from abonent.domain.payments.rules import CancelAsked, PayAsked, PaymentState, Purpose, Verdict
from agents import RAW, TERMS
from bank_simulator.faults import Fault, Faults
from paying import CODE, NOW, bank, charge, posted_for, world

__all__ = ["bank", "world"]
pytestmark = pytest.mark.django_db
SEEDS = range(1, 1 + int(os.environ.get("ABONENT_HISTORIES", "6")))
STEPS = 45
POINTS = [
    "pay.before_insert", "pay.inserted", "pay.committed", "pay.sending",
    "pay.after_provider_answer", "pay.stored", "webhook.body_read", "webhook.inserted",
    "webhook.committed", "worker.job_taken", "worker.state_read", "worker.row_updated",
    "worker.crediting", "worker.posted", "worker.committed", "terminal.inserted",
    "terminal.posted", "terminal.committed", "terminal.cancel_inserted", "terminal.cancel_posted",
]  # fmt: skip
FAULTS = ["reset", "500", "502html", "truncate", "garbage", "badgzip", "wrong_type"]
AFTERWARDS = (0, 1, 3, 10, 30, 62, 75, 125, 240, 600, 1_000, 1_530)
CANCELLING = replace(TERMS, cancel_days=30)
NUMBERS = {"0010012345": "flat", "0010012346": "dacha"}


@dataclass
class History:
    """What happens, and the little that must be known of it: debts, and cash in terminals."""

    dice: random.Random
    world: object
    bank: object
    now: object = NOW
    charged: int = 0
    deals: dict = field(default_factory=dict)
    cancelling: set = field(default_factory=set)
    told: list = field(default_factory=list)

    def live(self):
        for place in range(STEPS):
            act = self.dice.choice(ACTS)
            self.told.append(act.__name__)
            self.attempt(lambda act=act, place=place: act(self, place))

    def attempt(self, act):
        """Do it as a process would that may die on the way; a refusal is an answer like others."""
        try:
            act()
        except (crash.Crash, Refusal):
            pass
        finally:
            os.environ.pop("ABONENT_CRASH_AT", None)

    def may_die(self):
        if self.dice.random() < 0.3:
            crash._passed.clear()
            point, nth = self.dice.choice(POINTS), self.dice.choice((1, 1, 2))
            os.environ["ABONENT_CRASH_AT"] = f"{point}:{nth} raise"

    def begin(self, place):
        flat, dacha = self.world.flat.pk, self.world.dacha.pk
        sums = [Purpose(flat, 10_000 + place), Purpose(dacha, 20_000 + place)]
        chosen = self.dice.choice((sums[:1], sums[1:], sums))
        self.may_die()
        for _ in range(self.dice.choice((1, 1, 2))):
            self.world.pay(
                purposes=chosen, key=f"form {place}", now=self.now,
                start=operations.start_another_payment,
            )  # fmt: skip

    def go_to_the_bank(self, _place):
        waiting = [one for one in self.truth() if one["state"] == "pending"]
        if waiting:
            act = self.dice.choice(("pay", "pay", "pay", "decline", "pay_late"))
            how = {"reason": "general_decline"} if act == "decline" else {}
            self.bank.simulator.payer(self.dice.choice(waiting)["id"], act=act, **how)

    def tell(self, _place):
        known = self.truth()
        if known:
            view = FakeView(self.dice.choice(known)["id"])
            lies = self.dice.choice(
                ({}, {}, {}, {"amount": {"value": "1.00", "currency": "RUB"}},
                 {"status": "succeeded", "paid": True}, {"status": "canceled"})
            )  # fmt: skip
            body = self.written(view, lies)
            self.may_die()
            for _ in range(self.dice.choice((1, 1, 3))):
                operations.receive_notice(
                    channel="yookassa", supplier_id=self.world.supplier.pk, body=body, address="",
                    now=self.now,
                )  # fmt: skip

    def written(self, view, lies):
        """Write a notice; the fault that waits is meant for the house's own questions."""
        waiting, self.bank.simulator._faults = self.bank.simulator._faults, Faults(Event())
        try:
            return self.bank.notice(view, **lies)
        finally:
            self.bank.simulator._faults = waiting

    def weigh(self, _place):
        numbers = list(Notice.objects.order_by("pk").values_list("pk", flat=True))
        if numbers:
            self.may_die()
            operations.handle_notice(notice_id=self.dice.choice(numbers), now=self.now)

    def look_after(self, _place):
        self.may_die()
        operations.settle_awaiting(now=self.now)

    def look_at_the_page(self, _place):
        self.on_page(operations.check_payment)

    def give_up(self, _place):
        self.on_page(operations.cancel_payment)

    def on_page(self, verb):
        uuids = list(
            Payment.objects.exclude(asked=None).order_by("pk").values_list("uuid", flat=True)
        )
        if uuids:
            self.may_die()
            verb(
                user_id=self.world.anna.pk, supplier_id=self.world.supplier.pk,
                payment_uuid=self.dice.choice(uuids), now=self.now,
            )  # fmt: skip

    def put_in(self, place):
        number = self.dice.choice([str(place), *self.deals])
        asked = self.deals.get(number) or PayAsked(
            number, self.dice.choice(list(NUMBERS)), 5_000 + place, date(2026, 11, 24)
        )
        self.deals.setdefault(number, asked)
        self.may_die()
        self.answer(asked)

    def take_back(self, _place):
        if self.deals:
            number = self.dice.choice(list(self.deals))
            self.cancelling.add(number)
            self.may_die()
            self.answer(CancelAsked(number))

    def contradict(self, _place):
        if self.deals:
            asked = self.deals[self.dice.choice(list(self.deals))]
            assert self.answer(asked).verdict in {Verdict.ACCEPTED, Verdict.VOID}
            assert self.answer(replace(asked, amount=asked.amount + 1)).verdict != Verdict.ACCEPTED

    def answer(self, asked):
        return operations.answer_agent(
            supplier_code=CODE, terms=CANCELLING, asked=asked, raw=RAW, now=self.now
        )

    def fail(self, _place):
        kind, where = self.dice.choice(FAULTS), self.dice.choice(("before", "after"))
        self.bank.simulator.fault(Fault(where, kind))

    def owe(self, place):
        amount = 30_000 + place
        charge(self.world, amount, month=date(2020 + place // 12, 1 + place % 12, 1))
        self.charged += amount

    def wait(self, _place):
        self.now += timedelta(minutes=self.dice.choice((1, 5, 20, 61)))
        self.bank.at(self.now)

    def truth(self):
        return self.bank.simulator.truth()["payments"]

    def end(self):
        """Nobody dies any more, everybody repeats what he does not know the end of."""
        self.bank.simulator._faults.clear()
        for asked in self.deals.values():
            self.answer(asked)
        for number in sorted(self.cancelling):
            assert self.answer(CancelAsked(number)).verdict == Verdict.CANCELLED
        begun = self.now
        for minutes in AFTERWARDS:
            moment = self.bank.at(begun + timedelta(minutes=minutes))
            while operations.settle_awaiting(now=moment):
                pass


@dataclass
class FakeView:
    external_id: str


H = History
ACTS = [
    H.begin, H.begin, H.begin, H.go_to_the_bank, H.go_to_the_bank, H.go_to_the_bank, H.tell, H.tell,
    H.weigh, H.weigh, H.look_after, H.look_at_the_page, H.give_up, H.put_in, H.put_in, H.take_back,
    H.contradict, H.fail, H.fail, H.owe, H.wait, H.wait,
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_the_money_is_on_the_accounts_once(world, bank, seed):
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    history = History(random.Random(seed), world, bank)
    history.live()
    history.end()
    captured = bank.captured()
    rows = Payment.objects.exclude(asked=None)
    assert {str(row.uuid) for row in rows.filter(state=PaymentState.CAPTURED)} == set(captured)
    assert not rows.exclude(state__in=["captured", "declined", "expired", "cancelled"]).exists()
    for uuid, amount in captured.items():
        row = rows.get(uuid=uuid)
        assert posted_for(row) == [amount], history.told
        assert Message.objects.filter(key=f"payment:{row.pk}:settled").count() == 1
    kept = [one.amount for number, one in history.deals.items() if number not in history.cancelling]
    owed = history.charged - sum(captured.values()) - sum(kept)
    assert world.owes() + world.owes(world.dacha) == owed, history.told
    assert world.broken() == {}, history.told
