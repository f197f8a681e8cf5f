"""Arrears interest day by day in Decimal, as RULES 3 reads: written without the engine's code."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CAP_FROM, CAP_TO, CAP = date(2022, 3, 28), date(2026, 12, 31), Fraction(95, 1000)
FREE = (date(2020, 4, 6), date(2020, 12, 31))


def share(scale, k):
    """Return the daily share of the rate on the k-th day of delay."""
    if k < 1:
        return Fraction(0)
    if scale == "general":
        return Fraction(1, 130)
    if scale == "manager":
        return Fraction(1, 300 if k <= 60 else 170 if k <= 90 else 130)
    if k <= 30:
        return Fraction(0)
    return Fraction(1, 300 if k <= 90 else 130)


@dataclass
class Debt:
    month: str
    service: str
    amount: int
    due: date
    posted: date
    counted_to: date = date.min


@dataclass
class Payment:
    on: date
    amount: int
    month: str = ""
    service: str = ""


@dataclass
class Life:
    """One account: its principal debts and payments, its class and suspensions."""

    scale: str
    debts: list
    payments: list
    key_rates: dict = field(default_factory=dict)  # first day: percent
    suspended: list = field(default_factory=list)

    def key_rate(self, day):
        known = [first for first in self.key_rates if first <= day]
        return Fraction(self.key_rates[max(known)]) / 100 if known else None

    def rate(self, day, paid_on):
        key = self.key_rate(paid_on)
        if CAP_FROM <= day <= CAP_TO or CAP_FROM <= paid_on <= CAP_TO:
            return CAP if key is None else min(CAP, key)
        return key

    def parts(self, as_of):
        """Return (debt, kopecks, last day owed) by living through every day."""
        left = {id(debt): debt.amount for debt in self.debts}
        found, purse = [], {}
        day = min([d.posted for d in self.debts] + [p.on for p in self.payments])
        while day <= as_of:
            for payment in self.payments:
                if payment.on == day:
                    purpose = (payment.month, payment.service)
                    purse[purpose] = purse.get(purpose, 0) + payment.amount
            live = [d for d in self.debts if d.posted <= day and left[id(d)]]
            order = sorted(purse, key=lambda one: (one == ("", ""), one[0] or "~", one[1]))
            for purpose in order:
                for wanted in (True, False):
                    self._spend(purse, purpose, live, left, found, day, wanted)
            day += timedelta(days=1)
        found += [(d, left[id(d)], None) for d in self.debts if left[id(d)]]
        return found

    def _spend(self, purse, purpose, live, left, found, day, wanted):
        month_named, service_named = purpose
        named = bool(month_named or service_named)

        def is_named(debt):
            return named and month_named in ("", debt.month) and service_named in ("", debt.service)

        mine = [d for d in live if is_named(d) == wanted]
        for month in sorted({d.month for d in mine}):
            group = sorted(
                (d for d in mine if d.month == month and left[id(d)]), key=lambda d: d.service
            )
            whole = sum(left[id(d)] for d in group)
            give = min(purse[purpose], whole)
            if not give:
                continue
            exact = [Fraction(give * left[id(d)], whole) for d in group]
            sums = [int(x) for x in exact]
            rest = sorted(range(len(group)), key=lambda i: (sums[i] - exact[i], group[i].service))
            for place in rest[: give - sum(sums)]:
                sums[place] += 1
            for debt, paid in zip(group, sums, strict=True):
                if paid:
                    left[id(debt)] -= paid
                    found.append((debt, paid, day))
            purse[purpose] -= give

    def penalties(self, as_of):
        """Return kopecks by (service, month), each rounded once."""
        exact = {}
        for debt, amount, last in self.parts(as_of):
            paid_on = last or as_of
            day = debt.due + timedelta(days=1)
            while day <= paid_on:
                k = (day - debt.due).days
                off = [*self.suspended, *([FREE] if self.scale == "household" else [])]
                if day > debt.counted_to and not any(a <= day <= b for a, b in off):
                    part = share(self.scale, k)
                    if part:
                        key = (debt.service, debt.month)
                        exact[key] = exact.get(key, 0) + amount * part * self.rate(day, paid_on)
                day += timedelta(days=1)
        return {key: rounded(value) for key, value in exact.items() if rounded(value)}


def rounded(value):
    """Round half up to a whole kopeck."""
    return int(
        (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
            Decimal(1), rounding=ROUND_HALF_UP
        )
    )
