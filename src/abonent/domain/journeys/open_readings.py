"""Readings without sign-in: a number is proven, readings are taken, their owner may undo them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from abonent.common.periods import Period
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.operations.open_notices import tell_of_open_readings
from abonent.domain.accounts.operations.open_pages import close_open_pages, prove_open
from abonent.domain.accounts.queries import account_id_of
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.rules import masked_number
from abonent.domain.billing.queries.runs import publications
from abonent.domain.metering.operations.setting_aside import set_aside_submission
from abonent.domain.metering.operations.submit import Acceptance
from abonent.domain.metering.operations.submit_open import (
    submit_open_readings,
)
from abonent.domain.metering.queries.meters import meters_for
from abonent.domain.metering.queries.submissions import (
    OpenSubmission,
    SubmissionView,
    open_submission,
)
from abonent.domain.suppliers import queries as suppliers

PURPOSE = "readings"
UNDO_SALT = "readings.undo"
UNDO_FOR = timedelta(days=7)


@dataclass(frozen=True)
class UndoView:
    """Readings that may be undone: the end of the account's number, what was sent."""

    account: str
    submission: SubmissionView
    is_live: bool


class TooLateToUndo(Refusal):
    """The bill of the month is out: readings are corrected by new ones."""


@outermost
def prove_for_readings(
    *, supplier_id: int, number: str, given: Mapping[str, str], address: str, now: datetime
) -> int | None:
    """Return the account when the proof that the preset asks agrees, else None.

    An unknown number costs the same work and gets the same answer. Refuses with
    TooManyTries.
    """
    cabinet = suppliers.supplier_by_id(supplier_id).cabinet
    account_id = account_id_of(supplier_id=supplier_id, number=number) or 0
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(now.date()))
    return prove_open(
        supplier_id=supplier_id,
        purpose=PURPOSE,
        number=number,
        given=given,
        asked=cabinet.get("open_pages", {}).get("readings", ()),
        serials=[meter.serial for meter in meters],
        address=address,
        now=now,
    )


@outermost
def send_open_readings(
    *,
    supplier_id: int,
    account_id: int,
    values: Mapping[int, int],
    key: str,
    undo_url: str,
    now: datetime,
) -> Acceptance:
    """Take readings of a proven account and tell its owners, who may undo them for a week.

    In ``undo_url`` the word ``{token}`` becomes the signed mark of the submission. Refusals
    are those of ``metering.submit_open_readings``.
    """
    accepted = submit_open_readings(
        supplier_id=supplier_id, account_id=account_id, values=values, key=key, now=now
    )
    if not accepted.repeated:
        found = open_submission(supplier_id=supplier_id, submission_id=accepted.id)
        tell_of_open_readings(
            supplier_id=supplier_id,
            account_id=account_id,
            submission_id=accepted.id,
            number=accepted.number,
            lines=found.lines_in_words,
            doubts=found.doubts,
            undo_url=undo_url.replace("{token}", signing.dumps(str(accepted.id), salt=UNDO_SALT)),
            now=now,
        )
    return accepted


@outermost
def undo_open_readings(*, token: str, supplier_id: int, now: datetime) -> None:
    """Set the readings of a letter aside and close the open page for this number (30 days).

    Refuses with NotFound for a forged or old mark and with TooLateToUndo once the bill of
    the month is published.
    """
    found = _of_token(token, supplier_id)
    if found.submission.period.first_day in publications(supplier_id=supplier_id):
        raise TooLateToUndo(
            "Счёт за этот месяц уже готов. Передайте верные показания: расход пересчитают "
            "в следующей. Если передаёте не вы, позвоните нам."
        )
    if set_aside_submission(supplier_id=supplier_id, submission_id=found.submission.id, now=now):
        number = account_numbers(supplier_id=supplier_id, account_ids=[found.account_id])
        close_open_pages(supplier_id=supplier_id, number=number[found.account_id], now=now)


def readings_to_undo(*, token: str, supplier_id: int) -> UndoView:
    """Return what a letter's mark may undo; reading it changes nothing.

    Refuses with NotFound for a mark that is forged, of another supplier or older than a week.
    """
    found = _of_token(token, supplier_id)
    number = account_numbers(supplier_id=supplier_id, account_ids=[found.account_id])
    return UndoView(
        account=masked_number(number[found.account_id]),
        submission=found.submission,
        is_live=found.counts,
    )


def _of_token(token: str, supplier_id: int) -> OpenSubmission:
    try:
        text = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_FOR)
        return open_submission(supplier_id=supplier_id, submission_id=UUID(text))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound(
            "Ссылка устарела или неполная. Откройте её из письма ещё раз или позвоните нам."
        ) from None
