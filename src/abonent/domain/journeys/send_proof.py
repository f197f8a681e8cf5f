"""A copy of the proof that readings were accepted goes to the mailbox of whoever sent them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from abonent.common.transactions import outermost
from abonent.common.words import moment_in_words, month_and_year, quantity
from abonent.domain.accounts.queries import AccountView
from abonent.domain.identity import queries as people
from abonent.domain.messaging import operations as messaging
from abonent.domain.metering.queries.submissions import SubmittedLine, submission
from abonent.domain.suppliers import queries as suppliers


@outermost
def send_proof(*, account: AccountView, user_id: int, submission_id: UUID, now: datetime) -> bool:
    """Put the numbered proof into the outbox once; False when the person has no mailbox.

    Only to the person's own proven mailbox. Refuses with NotFound for a submission of another
    account, and for another's while the link waits.
    """
    found = submission(
        supplier_id=account.supplier_id,
        account_id=account.id,
        submission_id=submission_id,
        user_id=None if account.private else user_id,
    )
    mailbox = people.user_view(user_id).email
    if not mailbox:
        return False
    supplier = suppliers.supplier_by_id(account.supplier_id)
    received = moment_in_words(found.received_at.astimezone(ZoneInfo(supplier.timezone)))
    month = month_and_year(found.period.year, found.period.month)
    values = "\n".join(_in_words(line) for line in found.lines)
    messaging.enqueue(
        supplier_id=account.supplier_id,
        channel="email",
        recipient=mailbox,
        kind="readings_accepted",
        subject=f"Показания приняты, № {found.number}",
        body=(
            f"Здравствуйте!\n\nПоказания по лицевому счёту {account.number} приняты.\n\n"
            f"Номер: {found.number}\nПринято: {received}, {found.source}\n"
            f"Учтём за {month}\nКод подтверждения: {found.code}\n\n{values}\n\n"
            f"{supplier.called}\n"
        ),
        now=now,
        key=f"readings:{found.id}:copy:{user_id}",
    )
    return True


def _in_words(line: SubmittedLine) -> str:
    """Return «Электричество, ночь, счётчик № 10475512: 6 189 кВт·ч»."""
    parts = [line.service_name, line.zone_name.lower(), f"счётчик №\u00a0{line.serial}"]
    value = line.value.quantize(Decimal(1).scaleb(-line.frac_digits))
    return f"{', '.join(part for part in parts if part)}: {quantity(value, line.unit_name)}"
