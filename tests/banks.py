"""Every acquirer with its side of the bank simulator: what the suites about all of them share."""

import dataclasses
import json
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import time_machine

from abonent.adapters.acquirers.moneta.acquirer import Moneta
from abonent.adapters.acquirers.rbs.acquirer import Rbs
from abonent.adapters.acquirers.tbank.acquirer import TBank
from abonent.adapters.acquirers.yookassa.acquirer import YooKassa
from abonent.domain.payments.models import Notice
from abonent.domain.payments.ports import Order, Payee, Seen
from bank_simulator.records import Shop
from bank_simulator.simulator import Options, Simulator
from paying import CODE, NOW

SECRET = "test_secret-of-the-shop"
PAYEE = Payee(
    name="Демоэнерго", inn="6671000001", kpp="667101001", bank_name="Банк «Пример»",
    bic="046577001", account_number="40702810900000000001",
    correspondent_account="30101810500000000001",
)  # fmt: skip
ORDER = Order(
    number="3f1c2b1e-6f0e-4d6a-9a53-0d5b7a4f1c11", key="pay-3f1c2b1e", supplier_code=CODE,
    amount=128_493, description="Демоэнерго, л/с 0010012345",
    return_url="https://example.org/payments/1/", account_number="0010012345",
    unified_account="80АА123456", month="2026-11", created_at=NOW.isoformat(), payee=PAYEE,
)  # fmt: skip
QUICK = 5.0


@dataclass(frozen=True)
class Kind:
    """An acquirer: its adapter, its shop and the words in which the suites ask."""

    channel: str
    adapter: type
    shop: str
    base: str
    # A number that the bank's own could be.
    number: str
    # The path of the request that opens a payment.
    opens: str
    # Lies of a notice: those that its signature gives away, and those that it does not.
    given_away: tuple[str, ...] = ()
    well_signed: tuple[str, ...] = ()
    other_shop: str = ""
    # The payer himself brings the order to the bank, which knows nothing of it before.
    form: bool = False
    # Further fields of the shop's entry; {shop} and {secret} are the shop's own.
    entry: dict[str, str] = field(default_factory=dict)


KINDS = {
    "yookassa": Kind(
        "yookassa", YooKassa, "100500", "/v3", "2d1e0000-000f-5000-8000-1a2b3c4d5e6f",
        "/v3/payments", well_signed=("amount", "currency", "unknown_id", "foreign_shop"),
        other_shop="200700",
    ),
    "tbank": Kind(
        "tbank", TBank, "1700500DEMO", "/v2", "7000000001", "/v2/Init",
        given_away=("signature", "foreign_shop"), well_signed=("amount", "unknown_id", "split"),
        other_shop="2700500DEMO",
    ),
    "rbs": Kind(
        "rbs", Rbs, "sesb-api", "/ecomm/gw/partner/api/v1",
        "0e6f0e4d-6a9a-430d-8b7a-4f1c113f1c2b", "/ecomm/gw/partner/api/v1/register.do",
        given_away=("signature",), well_signed=("amount", "unknown_id"), other_shop="other-api",
        entry={"notice_key": "{secret}"},
    ),
    "rbs by forms": Kind(
        "rbs", Rbs, "sesb-api", "/payment/rest", "0e6f0e4d-6a9a-430d-8b7a-4f1c113f1c2b",
        "/payment/rest/register.do", given_away=("signature",),
        well_signed=("amount", "unknown_id"), other_shop="other-api",
        entry={"notice_key": "{secret}"},
    ),
    "moneta": Kind(
        "moneta", Moneta, "54600817", "/services", "312345678", "/services",
        other_shop="54600818", form=True, entry={"user": "{shop}", "password": "{secret}"},
    ),
}  # fmt: skip
# Banks at which we ourselves open the payment, and which tell of it at the callbacks' door.
OPENING = sorted(name for name, kind in KINDS.items() if not kind.form)


@dataclass
class Counter:
    """A bank at which our supplier has a shop."""

    kind: Kind
    simulator: Simulator

    @property
    def channel(self):
        return self.kind.channel

    def at(self, moment):
        """Let the bank live until the moment; returns it."""
        self.simulator.move_to(moment)
        return moment

    def operations(self, *states):
        return [one for one in self.simulator.truth()["payments"] if one["state"] in states]

    def notice(self):
        """Return the last notification as the bank sends it."""
        with self.simulator.bank.work():
            query = "SELECT body FROM notifications ORDER BY seq DESC LIMIT 1"
            return self.simulator.store.row(query)["body"].encode()

    def visit(self, opened):
        """Let the payer open his page; returns the bank's number of the payment."""
        page = opened.confirmation_url
        if self.kind.form:
            page = httpx.get(page, trust_env=False).headers["Location"]
        return page.rpartition("/")[2]

    def entry(self, number="", secret=SECRET):
        """Return an entry of the supplier's shop, ours unless another is named."""
        number = number or self.kind.shop
        more = {
            name: text.format(shop=number, secret=secret) for name, text in self.kind.entry.items()
        }
        return {"number": number, "secret": secret, **more}

    def lies(self, provider_id, lie):
        """Return a forged notification of the payment."""
        self.simulator.forge(provider_id, lie=lie)
        return self.notice()


def again(**changes):
    return dataclasses.replace(ORDER, **changes)


def other(place):
    return again(number=f"{place:08x}-6f0e-4d6a-9a53-0d5b7a4f1c11", key=f"key-{place}")


def open_with(acquirer):
    """Open the payment of the suites; an answer of another kind is shown as it came."""
    opened = acquirer.create(ORDER, seconds=QUICK)
    assert isinstance(opened, Seen), opened
    return opened


@contextmanager
def counter(kind, settings, *, hook="", options=None):
    """Open the bank from NOW on, with our supplier's shop and a stranger's."""
    shops = [Shop(kind.shop, SECRET, hook), Shop(kind.other_shop, "other-secret")]
    with (
        time_machine.travel(NOW),
        Simulator(seed=7, shops=shops, starts_at=NOW, options=options or Options()) as simulator,
    ):
        for channel in settings.ACQUIRERS:
            setattr(settings, f"{channel.upper()}_SHOPS", "{}")
        name, opened = kind.channel.upper(), Counter(kind, simulator)
        setattr(settings, f"{name}_URL", f"{simulator.url}{kind.base}")
        settings.MONETA_FORM = f"{simulator.url}/assistant.htm"
        setattr(settings, f"{name}_SHOPS", json.dumps({CODE: opened.entry()}))
        yield opened


def outcomes():
    return list(Notice.objects.order_by("pk").values_list("outcome", flat=True))
