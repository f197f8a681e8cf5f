"""Reconciliation acts: ordered for any days, answered once by the customer's side."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.common.words import moment_in_words
from abonent.domain.documents import operations as documents
from abonent.domain.documents import queries as kept
from abonent.domain.documents.queries import DocumentFile
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.invoicing.models import Reconciliation, ReconciliationAnswer
from abonent.domain.invoicing.operations.issue import locked_counters
from abonent.domain.invoicing.queries.reconciliations import (
    ReconciliationView,
    act_now,
    find_reconciliation,
    reconciliation_view,
)
from abonent.domain.invoicing.rules import Series, Verdict
from abonent.domain.invoicing.rules.reconciliation import act_form, frozen_act
from abonent.domain.journal import operations as journal
from abonent.domain.suppliers import queries as suppliers

LONGEST_DAYS = 366 * 5
LONGEST_TEXT = 1000
_NEVER = datetime.min.replace(tzinfo=UTC)


class WrongDays(Refusal):
    """An act of these days cannot be made."""


class AlreadyAnswered(Refusal):
    """Somebody of the customer's side has answered the act."""


class NothingNamed(Refusal):
    """Discrepancies without a word of what they are."""


@outermost
def order_reconciliation(
    *, supplier_id: int, account_id: int, since: date, until: date, user_id: int | None,
    today: date, now: datetime,
) -> ReconciliationView:  # fmt: skip
    """Make the act of these days, both included, as the ledger stands now; it is kept for ever.

    While nothing has changed since the last act of the same days, that one is returned.
    Refuses with WrongDays for days in the wrong order, in the future or over five years.
    """
    if not since <= until <= today:
        text = "Конец не раньше начала и не позже сегодняшнего дня. Исправьте даты."
        raise WrongDays(text, field="until")
    if (until - since).days > LONGEST_DAYS:
        raise WrongDays("Выберите не больше пяти лет.", field="since")
    act = act_now(supplier_id=supplier_id, account_id=account_id, since=since, until=until, now=now)
    # The same days and rows are the same act, whenever it is made.
    bare = frozen_act(replace(act, made_at=_NEVER))
    digest = hashlib.sha256(bare.encode()).hexdigest()
    counters = locked_counters(supplier_id, today.year)
    same = Reconciliation.objects.filter(
        supplier_id=supplier_id, account_id=account_id, digest=digest
    ).select_related("reconciliationanswer")
    if found := same.first():
        return reconciliation_view(found)
    counter = counters[Series.RECONCILIATION]
    counter.last += 1
    counter.save(update_fields=["last"])
    act = replace(act, number=str(counter.last))
    row = Reconciliation.objects.create(
        supplier_id=supplier_id,
        account_id=account_id,
        year=counter.year,
        ordinal=counter.last,
        since=since,
        until=until,
        closing=act.closing,
        content=frozen_act(act),
        digest=digest,
        made_at=now,
        made_by=user_id,
    )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="reconciliation_ordered",
        subject=f"account:{account_id}",
        details={"number": act.number, "since": str(since), "until": str(until)},
        now=now,
    )
    return reconciliation_view(row)


@outermost
def answer_reconciliation(
    *, supplier_id: int, account_id: int, reconciliation_id: int, verdict: Verdict,
    discrepancies: Mapping[str, str], user_id: int, user_name: str, now: datetime,
) -> ReconciliationView:  # fmt: skip
    """Keep what the customer's side says of an act: agreed, or what is wrong by row.

    ``discrepancies``: number of a row of the act → what is wrong there; '' for the whole act.
    An appeal about them is made of ``queries.discrepancies_in_words``. Refuses with
    AlreadyAnswered, which tells the first answer, NothingNamed and NotFound.
    """
    # The act's row is the lock: of two people answering at once one is the first.
    Reconciliation.objects.select_for_update().filter(pk=reconciliation_id).first()
    view = find_reconciliation(
        supplier_id=supplier_id, account_id=account_id, reconciliation_id=reconciliation_id
    )
    if view.answer is not None:
        raise AlreadyAnswered(_told(view, suppliers.supplier_by_id(supplier_id).timezone))
    places = {"", *(str(place) for place in range(1, len(view.act.rows) + 1))}
    named = {
        place: text.strip()[:LONGEST_TEXT]
        for place, text in discrepancies.items()
        if text.strip() and place in places
    }
    if verdict == Verdict.DISCREPANCIES and not named:
        text = "Напишите, что не сходится: у строки акта или внизу, если строки в нём нет."
        raise NothingNamed(text, field="whole")
    ReconciliationAnswer.objects.create(
        reconciliation_id=reconciliation_id,
        verdict=verdict,
        discrepancies=named if verdict == Verdict.DISCREPANCIES else {},
        user_id=user_id,
        user_name=user_name,
        answered_at=now,
    )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="reconciliation_answered",
        subject=f"account:{account_id}",
        details={"number": view.act.number, "verdict": verdict},
        now=now,
    )
    return find_reconciliation(
        supplier_id=supplier_id, account_id=account_id, reconciliation_id=reconciliation_id
    )


def reconciliation_pdf(
    *, supplier_id: int, account_id: int, reconciliation_id: int, now: datetime
) -> DocumentFile:
    """Return the act as PDF, made when somebody first asks and kept. Refuses with NotFound.

    Call it outside a transaction: the setting in type is slow.
    """
    view = find_reconciliation(
        supplier_id=supplier_id, account_id=account_id, reconciliation_id=reconciliation_id
    )
    kind, subject = DocumentKind.RECONCILIATION, f"reconciliation:{view.id}"
    period = Period.of(view.act.until)
    code = documents.code_of(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    if (
        kept.find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
        is None
    ):
        cabinet = suppliers.cabinet_url(suppliers.supplier_by_id(supplier_id))
        form = act_form(view.act, code=code, check_url=f"{cabinet}/documents/{code}/")
        file = documents.NewFile(
            kind=kind,
            subject=subject,
            period=period,
            title=f"Акт сверки № {view.act.number}",
            amount=view.act.closing,
            content=documents.typeset("form", form.plain(), qr="", made_at=view.act.made_at),
        )
        _keep(supplier_id, file, now)
    return kept.open_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)


@outermost
def _keep(supplier_id: int, file: documents.NewFile, now: datetime) -> None:
    documents.keep_files(supplier_id=supplier_id, files=[file], now=now)


def _told(view: ReconciliationView, zone: str) -> str:
    answer = view.answer
    if answer is None:
        return ""
    said = "согласован" if answer.verdict == Verdict.AGREED else "есть расхождения"
    moment = moment_in_words(answer.answered_at.astimezone(ZoneInfo(zone)))
    return (
        f"На этот акт уже ответили: {answer.user_name}, {moment} – {said}. "
        "Если ответ неверный, закажите новый акт или напишите нам."
    )
