"""The engine of arrears interest called on invented debts and payments, without a database."""

from datetime import date

import polars as pl

from abonent.domain.billing.rules.penalties import Calendar, as_one_line, counted, spans
from abonent.domain.billing.rules.settlement import no_limits, settled

CAPS = ((date(2022, 3, 28), date(2026, 12, 31), 950),)
POSTING = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "month": pl.Date,
    "part": pl.Int16,
    "amount": pl.Int64,
    "on": pl.Date,
}
MONEY = {
    "account_id": pl.Int64,
    "for_service": pl.Int64,
    "for_month": pl.Date,
    "for_part": pl.Int16,
    "amount": pl.Int64,
    "on": pl.Date,
}


def first_of(month):
    return date.fromisoformat(f"{month}-01") if month else None


def pieces(debts, payments, scale="household", *, parts=(), services=None, as_of=date.max):
    """Settle debts (month, service, kopecks, posted, due, counted_to) by payments."""
    numbers = {} if services is None else services
    numbers.update({code: n for n, code in enumerate(sorted({one[1] for one in debts}), start=1)})

    def number(code):
        return numbers.setdefault(code, len(numbers) + 1) if code else 0

    postings = pl.DataFrame(
        [
            (1, number(service), first_of(month), 1, amount, posted)
            for month, service, amount, posted, _, _ in debts
        ]
        + [
            (1, number(service), first_of(month), 2, amount, posted)
            for month, service, amount, posted in parts
        ],
        schema=POSTING,
        orient="row",
    )
    money = pl.DataFrame(
        [
            (1, number(service), first_of(month), part, amount, on)
            for on, amount, month, service, part in payments
        ],
        schema=MONEY,
        orient="row",
    )
    postings = postings.filter(pl.col("on") <= as_of)
    money = money.filter(pl.col("on") <= as_of)
    days = pl.DataFrame(
        [
            (number(service), first_of(month), scale, due, counted_to)
            for month, service, _, _, due, counted_to in debts
        ],
        schema={
            "service_id": pl.Int64,
            "month": pl.Date,
            "scale": pl.String,
            "due_on": pl.Date,
            "counted_to": pl.Date,
        },
        orient="row",
    )
    whole = settled(postings, money, no_limits())
    return whole.filter(pl.col("part") == 1).join(days, on=["service_id", "month"]), whole


def penalties(
    debts, payments, as_of, scale="household", *, key_rates=None, suspended=(), caps=CAPS
):
    """Return kopecks by (service, month), and the spans."""
    numbers = {}
    own, _ = pieces(debts, payments, scale, services=numbers, as_of=as_of)
    rates = key_rates or {}
    days = {min(day or as_of, as_of) for day in own["settled_on"]}
    calendar = Calendar(
        caps=caps,
        key_rates={
            day: next(
                (int(rates[first] * 100) for first in sorted(rates, reverse=True) if first <= day),
                None,
            )
            for day in days
        },
        suspended={0: tuple(suspended)} if suspended else {},
    )
    found = spans(own, calendar, as_of)
    names = {value: code for code, value in numbers.items()}
    sums = {
        (names[service], f"{month:%Y-%m}"): amount
        for _, service, month, amount in counted(as_one_line(found)).iter_rows()
        if amount
    }
    assert counted(found).equals(counted(as_one_line(found)))
    return sums, as_one_line(found)
