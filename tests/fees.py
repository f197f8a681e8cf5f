"""Fees of one account that something is taken off, and what is taken off them."""

from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import explain
from billing_frames import agreement, calculate, followed, house, line_views, norm, problems, rate
from home_frames import event

NOVEMBER = Period(2026, 11)
COLD = [rate("cold_water", "48.31")]
COLD_NORM = [norm("cold_water", "4.745", multiplier=3)]
POOR = [agreement("cold_water", possible=False)]
HEAT = {
    "rates": [rate("heat", "2350.12")],
    "norms": [norm("heat", "0.0235", per="m2")],
    "accounts": [{"area": "54.3", "house_id": 1}],
    "houses": [house("6812.5", has_meter=False)],
    "agreements": [agreement("heat")],
    "period": NOVEMBER,
}
# One cubic metre of hot water for 612 roubles: the fee of example 36.
HOT = {
    "rates": [rate("hot_water", "612"), rate("cold_water", "40")],
    "norms": [norm("hot_water", "1")],
    "accounts": [{"residents": 1, "house_id": 1}],
    "agreements": [agreement("hot_water", possible=False)],
    "period": NOVEMBER,
}


def found(**given):
    """Return (rule, kopecks) of the lines; every sum can be followed by its steps."""
    lines = calculate(**given)
    assert problems(lines) == []
    for view in line_views(lines):
        why = explain(view)
        assert why.amount == view.amount
        assert followed(why) * 100 == view.amount
    return list(zip(lines.lines["rule"], lines.lines["amount"], strict=True))


def water(events, accounts=({"residents": 3, "owners": 1},), agreements=POOR, **more):
    given = {"rates": COLD, "norms": COLD_NORM, "period": NOVEMBER} | more
    return found(**given, accounts=list(accounts), agreements=agreements, events=events)


def taken(lines):
    return [amount for rule, amount in lines if rule not in {"norm", "meter", "heat_h1"}]


def away(since, until, value=None, claimed=None, **more):
    return event("absence", since, until, "cold_water", value, claimed=claimed, **more)


def outage(since, until, service="cold_water", value=None):
    return event("quality_break", since, until, service, value)
