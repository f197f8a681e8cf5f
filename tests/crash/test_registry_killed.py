"""kill -9 while a registry is loaded: the same file goes on, every row is met once."""

import pytest
from killable import kill_at

from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.models import Registry
from abonent.domain.exchange.operations import registries
from abonent.domain.payments.models import Payment
from paying import NOW

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = registries._AT_ONCE + 5
LINE = "{};0010012345;24.11.2026 08:00:00;1.00\n"
BODY = ("".join(LINE.format(number) for number in range(ROWS)) + f"={ROWS};{ROWS}.00\n").encode()


@pytest.mark.parametrize(
    ("point", "met"),
    [("registry.written", 0), ("registry.met", registries._AT_ONCE)],
)
def test_killed_while_a_registry_is_loaded(world, bank, point, met):
    told = {
        "supplier_id": world.supplier.pk, "channel": "telepay", "layout": "terminals",
        "name": "day.txt", "body": BODY,
    }  # fmt: skip
    kill_at(point, bank, "load_registry", room="exchange", now=NOW, **told)
    assert Payment.objects.count() == met
    report = exchange.load_registry(**told, now=NOW)
    assert {outcome.value: count for outcome, count in report.counts.items()} == {"added": ROWS}
    assert world.owes() == -100 * ROWS
    assert Registry.objects.get().state == "loaded"
    assert world.broken() == {}
