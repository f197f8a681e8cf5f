"""Reads of reconciliation acts, and what the ledger says for a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from abonent.common.periods import Period, day_after
from abonent.common.refusals import NotFound
from abonent.common.words import month_and_year
from abonent.domain.accounts.queries.cards import account_card
from abonent.domain.accounts.queries.frames import contracts_frame
from abonent.domain.invoicing.models import Reconciliation, ReconciliationAnswer
from abonent.domain.invoicing.queries.gather import buyer_of, seller_of
from abonent.domain.invoicing.queries.papers import PaperView, papers_of
from abonent.domain.invoicing.rules import PaperKind, Verdict
from abonent.domain.invoicing.rules.reconciliation import Act, ActRow, thawed_act
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.queries import Movement
from abonent.domain.ledger.rules import Part, Reason
from abonent.domain.payments.queries import payments_of
from abonent.domain.payments.rules.words import channel_in_words
from abonent.domain.suppliers import queries as suppliers

NO_ACT = "Такого акта сверки нет. Выберите акт из списка или закажите новый."
_MOST_PAYMENTS = 5000
_NAMES = {
    Reason.OPENING: "Входящий остаток",
    Reason.PAYMENT: "Платёж",
    Reason.REFUND: "Возврат денег",
    Reason.CANCEL: "Платёж отменён",
    Reason.WRITE_OFF: "Списано",
    Reason.REVERSAL: "Исправление проводки",
    Reason.AMNESTY: "Списано по акции",
}


@dataclass(frozen=True)
class AnswerView:
    """What was answered: by whom, when, and for each row of the act what is wrong there."""

    verdict: Verdict
    discrepancies: dict[str, str]
    user_id: int
    user_name: str
    answered_at: datetime


@dataclass(frozen=True)
class ReconciliationView:
    """An act with the answer to it, if there is one."""

    id: int
    account_id: int
    act: Act
    answer: AnswerView | None


def reconciliations_of(*, supplier_id: int, account_id: int) -> list[ReconciliationView]:
    """Return the acts of an account, the newest first. One statement."""
    rows = Reconciliation.objects.filter(supplier_id=supplier_id, account_id=account_id)
    found = rows.select_related("reconciliationanswer").order_by("-pk")
    return [reconciliation_view(row) for row in found]


def find_reconciliation(
    *, supplier_id: int, account_id: int, reconciliation_id: int
) -> ReconciliationView:
    """Return an act of this account; refuses with NotFound for any other."""
    rows = Reconciliation.objects.filter(
        supplier_id=supplier_id, account_id=account_id, pk=reconciliation_id
    )
    row = rows.select_related("reconciliationanswer").first()
    if row is None:
        raise NotFound(NO_ACT)
    return reconciliation_view(row)


def reconciliation_view(row: Reconciliation) -> ReconciliationView:
    """Return what other rooms may know of an act; its answer is read with it."""
    answer: ReconciliationAnswer | None = getattr(row, "reconciliationanswer", None)
    return ReconciliationView(
        id=row.pk,
        account_id=row.account_id,
        act=thawed_act(row.content),
        answer=_answer(answer) if answer else None,
    )


def _answer(row: ReconciliationAnswer) -> AnswerView:
    return AnswerView(
        verdict=Verdict(row.verdict),
        discrepancies=dict(row.discrepancies),
        user_id=row.user_id,
        user_name=row.user_name,
        answered_at=row.answered_at,
    )


def discrepancies_in_words(view: ReconciliationView) -> str:
    """Return the text of an appeal about an act that was not agreed: row by row."""
    answer = view.answer
    if answer is None or answer.verdict == Verdict.AGREED:
        return ""
    lines = [f"Расхождения по акту сверки № {view.act.number}."]
    # JSON keeps no order: by row, at the end what is said of the whole act.
    for place, text in sorted(
        answer.discrepancies.items(), key=lambda one: (not one[0], int(one[0] or 0))
    ):
        if place:
            row = view.act.rows[int(place) - 1]
            lines.append(f"Строка {place}, {row.day:%d.%m.%Y}, {row.document}: {text}")
        else:
            lines.append(text)
    return "\n".join(lines)


def act_now(*, supplier_id: int, account_id: int, since: date, until: date, now: datetime) -> Act:
    """Return what an act of these days would say at this moment, without a number.

    A constant number of statements, however many years it is about.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    total = ledger.subject_total_before
    subject = {"supplier_id": supplier_id, "subject_id": account_id}
    contracts = contracts_frame(
        supplier_id=supplier_id, first_id=account_id, last_id=account_id, month_end=until
    )
    return Act(
        number="",
        made_at=now,
        since=since,
        until=until,
        seller=seller_of(supplier).party,
        buyer=buyer_of(card),
        account_number=card.number,
        contracts=tuple(sorted(set(contracts["contract"].to_list()) - {"", None})),
        opening=total(**subject, day=since),
        rows=_rows(supplier_id, account_id, since, until),
        closing=total(**subject, day=day_after(until)),
    )


def _rows(supplier_id: int, account_id: int, since: date, until: date) -> tuple[ActRow, ...]:
    moved = ledger.movements_of(
        supplier_id=supplier_id, subject_id=account_id, since=since, until=until
    )
    papers: dict[Period, list[PaperView]] = {}
    for paper in papers_of(supplier_id=supplier_id, account_ids=[account_id]):
        if paper.kind not in {PaperKind.INVOICE, PaperKind.TAX_INVOICE}:
            papers.setdefault(paper.period, []).append(paper)
    numbers = {
        f"payment:{one.id}:settled": one.number
        for one in payments_of(
            supplier_id=supplier_id, account_ids=[account_id], limit=_MOST_PAYMENTS
        )
    }
    rows: list[ActRow] = []
    for day, key, reason, is_penalty, of in _grouped(moved):
        amount = sum(one.amount for one in of)
        if reason == Reason.CHARGE:
            rows += _charge(day, amount, key, papers)
        elif amount:
            name = _name(of, reason, key, numbers, is_penalty=is_penalty)
            rows.append(_row(day, name, amount, is_penalty=is_penalty))
    return tuple(rows)


def _grouped(
    moved: Iterable[Movement],
) -> Iterable[tuple[date, str, Reason, bool, Sequence[Movement]]]:
    """Return the movements of each transfer together, penalties apart, in their order."""
    groups: dict[tuple[date, str, Reason, bool], list[Movement]] = {}
    for one in moved:
        groups.setdefault(
            (one.happened_on, one.key, one.reason, one.part == Part.PENALTY), []
        ).append(one)
    return [(*key, of) for key, of in groups.items()]


def _charge(
    day: date, amount: int, key: str, papers: dict[Period, list[PaperView]]
) -> list[ActRow]:
    """Return a row for each paper of a bill; for a bill without papers, one."""
    period = Period.parse(key.split(":")[1]) if key.startswith("bill:") else Period.of(day)
    given = papers.get(period, [])
    if sum(paper.amount for paper in given) == amount:
        return [
            _row(day, f"{paper.title} от {paper.dated_on:%d.%m.%Y}", paper.amount)
            for paper in reversed(given)
            if paper.amount
        ]
    if not amount:
        return []
    return [_row(day, f"Начислено за {month_and_year(period.year, period.month)}", amount)]


def _name(
    of: Sequence[Movement], reason: Reason, key: str, numbers: dict[str, str], *, is_penalty: bool
) -> str:
    if is_penalty:
        months = sorted({one.month for one in of if one.month})
        word = "Пени" if reason in {Reason.PENALTY, Reason.OPENING} else "Пени списаны"
        if not months:
            return word
        first, last = months[0], months[-1]
        debt = month_and_year(first.year, first.month)
        return f"{word} по долгу за {debt}" + (
            f" – {month_and_year(last.year, last.month)}" if last != first else ""
        )
    channel = of[0].channel
    number = numbers.get(key, "")
    if not number and key.startswith("payment:"):
        number = key.split(":", 2)[2]
    parts = (_NAMES.get(reason, "Перерасчёт"), f"№ {number}" if number else "")
    name = " ".join(part for part in parts if part)
    return f"{name}, {channel_in_words(channel)}" if channel else name


def _row(day: date, name: str, amount: int, *, is_penalty: bool = False) -> ActRow:
    return ActRow(day, name, max(amount, 0), max(-amount, 0), is_penalty)
