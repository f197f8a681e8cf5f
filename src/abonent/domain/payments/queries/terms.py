"""On what terms a supplier takes payments online."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from abonent.common.money import Kopecks
from abonent.domain.payments.ports import acquirer, acquirers_in_order
from abonent.domain.payments.rules import CHANNEL_NAMES
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView

NO_RECEIPTS = "none"


@dataclass(frozen=True)
class PaymentTerms:
    """Smallest and largest sum of one payment in kopecks, and through whom it goes.

    ``keeps_cards``: the bank keeps a card for the next time when the payer wants it;
    ``gives_receipts``: a fiscal receipt is sent, so somebody must be there to get it.
    """

    available: bool
    minimum: Kopecks
    maximum: Kopecks
    channel: str
    channel_name: str
    keeps_cards: bool = False
    gives_receipts: bool = False


def payment_terms(*, supplier_id: int) -> PaymentTerms:
    """Return the terms; not available without an acquirer or with bank details missing.

    The acquirer is the one that the supplier's policy ``acquirer`` names when it serves the
    supplier, else the first that does.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    rules = suppliers.rulebook(supplier_id=supplier_id)
    minimum = policy_kopecks(rules.value("minimum_payment"))
    wanted = rules.value("acquirer")
    for channel in sorted(acquirers_in_order(), key=lambda name: name != wanted):
        port = acquirer(channel)
        if port.ready(supplier.code) and _has_details(supplier):
            return PaymentTerms(
                available=True,
                minimum=minimum,
                maximum=Kopecks(port.ceiling),
                channel=channel,
                channel_name=CHANNEL_NAMES.get(channel, channel),
                keeps_cards=port.keeps_cards,
                gives_receipts=port.sends_receipts and rules.value("receipts") != NO_RECEIPTS,
            )
    return PaymentTerms(
        available=False, minimum=minimum, maximum=Kopecks(0), channel="", channel_name=""
    )


def gives_receipts(*, supplier_id: int, channel: str) -> bool:
    """Tell whether payments of the supplier through this acquirer have fiscal receipts."""
    rules = suppliers.rulebook(supplier_id=supplier_id)
    return acquirer(channel).sends_receipts and rules.value("receipts") != NO_RECEIPTS


def serves(*, channel: str, supplier_code: str) -> bool:
    """Tell whether the acquirer would take the supplier's payments, for ``abonent doctor``."""
    return acquirer(channel).ready(supplier_code)


def policy_kopecks(roubles: str) -> Kopecks:
    """Read the policy value, which is in roubles; a wrong one never opens the door wider."""
    try:
        return Kopecks(max(1, int(Decimal(roubles.replace(",", ".")) * 100)))
    except InvalidOperation:
        return Kopecks(100)


def _has_details(supplier: SupplierView) -> bool:
    """Tell whether the bank's order for utilities can be filled in (PROTOCOLS 1.3)."""
    needed = (
        supplier.name, supplier.inn, supplier.kpp, supplier.bank_name, supplier.bic,
        supplier.account_number, supplier.correspondent_account,
    )  # fmt: skip
    return all(needed)
