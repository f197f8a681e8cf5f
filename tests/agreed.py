"""People who have agreed to what a supplier's sign-up asks for."""

from datetime import datetime

from abonent.domain.identity import operations as identity
from abonent.domain.identity.operations import ConsentGiven
from abonent.domain.identity.rules import Purpose, needed_consents
from abonent.domain.suppliers.models import Supplier


def agree(user_id: int, supplier_id: int, now: datetime, *purposes: Purpose) -> None:
    """Give the supplier the consents that it needs, or those named."""
    needed = needed_consents(Supplier.objects.get(pk=supplier_id).cabinet)
    identity.agree(
        user_id=user_id,
        supplier_id=supplier_id,
        consents=[ConsentGiven(one, version="1", text="Текст") for one in purposes or needed],
        address="127.0.0.1",
        user_agent="",
        now=now,
    )
