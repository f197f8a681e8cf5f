"""A bank that takes every payment at once, for the bench of settlement: no network in it."""

from datetime import datetime, timedelta

from abonent.common import clock
from abonent.domain.payments.ports import (
    CURRENCY,
    Answer,
    Exchange,
    Hint,
    NotDone,
    Order,
    RefundAnswer,
    RefundOrder,
    Seen,
    Standing,
)
from abonent.domain.payments.rules import Question


class SureBank:
    """An acquirer whose every payment is paid as soon as it is asked about."""

    ceiling = 100_000_000
    page_life = timedelta(hours=1)
    notice_answer = ""
    sends_receipts = False
    keeps_cards = False

    def ready(self, supplier_code: str) -> bool:
        """Serve everybody."""
        return bool(supplier_code)

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Open a page that nobody visits."""
        return self._seen(order, Standing.PENDING, "create", seconds)

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Say that the payment has been made."""
        return self._seen(order, Standing.PAID, f"state {provider_id}", seconds)

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Know nothing by our numbers."""
        return NotDone("absent", self._exchange(f"find {order.number}", seconds))

    def refund(
        self, order: RefundOrder, asking: Question, *, provider_id: str, seconds: float
    ) -> RefundAnswer:
        """Give nothing back: the bench measures what comes in."""
        return NotDone("bench", self._exchange(f"{asking} {order.number}{provider_id}", seconds))

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:
        """Find nothing to read: this bank sends no notices."""
        return None

    def _seen(self, order: Order, standing: Standing, asked: str, seconds: float) -> Seen:
        paid_at: datetime | None = clock.now() if standing == Standing.PAID else None
        return Seen(
            provider_id=f"bench-{order.number}",
            number=order.number,
            standing=standing,
            amount=order.amount,
            currency=CURRENCY,
            test=False,
            exchange=self._exchange(asked, seconds),
            confirmation_url="http://127.0.0.1/bench/",
            captured_at=paid_at,
            method="card",
        )

    def _exchange(self, asked: str, seconds: float) -> Exchange:
        return Exchange(question=asked, request="", status=200, response=f"{seconds:.0f} s")
