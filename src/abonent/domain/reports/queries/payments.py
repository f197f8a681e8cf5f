"""What the page of payment needs: what each account owes, the terms, the code to scan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from abonent.common.periods import Period
from abonent.common.words import month_and_year
from abonent.domain.accounts.queries import AccountView
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries import bills_of
from abonent.domain.billing.queries.statements import requisites
from abonent.domain.documents.rules import payment_qr
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.payments.queries import PaymentTerms, PaymentView, in_flight, payment_terms
from abonent.domain.suppliers import queries as suppliers


@dataclass(frozen=True)
class OwedLine:
    """A part of a debt that may be paid apart; kopecks.

    A service of the last month, or with no service and no month all that is older.
    """

    name: str
    service_id: int
    month: Period | None
    amount: int


@dataclass(frozen=True)
class PayRow:
    """An account that may be paid; kopecks. ``total`` is None while the link waits.

    A positive ``total`` is owed, a negative one is an advance; ``penalty`` is the part of
    a debt that is penalty, ``services`` the rest of it. ``lines`` divide ``services``:
    the services of the last month and the older debt; empty where there is nothing to
    choose from.
    """

    account: AccountView
    total: int | None
    services: int
    penalty: int
    lines: tuple[OwedLine, ...] = ()


@dataclass(frozen=True)
class PaymentSheet:
    """The accounts a person may pay for, the terms, and payments whose end is not known."""

    terms: PaymentTerms
    rows: tuple[PayRow, ...]
    in_flight: tuple[PaymentView, ...]


@dataclass(frozen=True)
class PaymentCode:
    """What a bank's application reads from the picture: ``amount`` in kopecks."""

    text: str
    amount: int
    period: Period


def payment_sheet(
    *, supplier_id: int, user_id: int, accounts: Sequence[AccountView]
) -> PaymentSheet:
    """Return what a person may pay for among these accounts, all of them the person's own.

    Accounts that are only to be looked at are left out. Of an account whose link waits
    neither the debt nor the payments of others are told. Four statements and one for
    the balances of all accounts.
    """
    names = {one.id: one.name for one in suppliers.services(supplier_id=supplier_id)}
    payable = [one for one in accounts if one.role.may_pay]
    open_ids = [one.id for one in payable if one.private]
    owed = ledger.balances_of_subjects(supplier_id=supplier_id, subject_ids=open_ids)
    flying = in_flight(supplier_id=supplier_id, account_ids=[one.id for one in payable])
    known = set(open_ids)
    return PaymentSheet(
        terms=payment_terms(supplier_id=supplier_id),
        rows=tuple(_row(account, owed.get(account.id, ()), names) for account in payable),
        in_flight=tuple(
            one
            for one in flying
            if one.user_id == user_id or any(part.account_id in known for part in one.parts)
        ),
    )


def left_to_pay(
    *, supplier_id: int, accounts: Sequence[AccountView]
) -> list[tuple[AccountView, int]]:
    """Return what each account owes now in kopecks, below zero what it is in advance.

    An account whose link waits is left out: its debt is private. One statement.
    """
    seen = [one for one in accounts if one.private]
    owed = ledger.balances_of_subjects(
        supplier_id=supplier_id, subject_ids=[one.id for one in seen]
    )
    return [(one, sum(line.amount for line in owed.get(one.id, ()))) for one in seen]


def payment_code(*, account: AccountView) -> PaymentCode | None:
    """Return the code for what is left to pay; None when nothing is, or nowhere to pay to.

    Only for an open link: the code holds the payer's name and address.
    """
    if not account.private:
        return None
    bills = bills_of(supplier_id=account.supplier_id, account_id=account.id)
    total = ledger.subject_total(supplier_id=account.supplier_id, subject_id=account.id)
    if not bills or total <= 0:
        return None
    text = payment_qr(
        requisites(suppliers.supplier_by_id(account.supplier_id)),
        amount=total,
        account_number=account.number,
        period=bills[0].period,
        full_name=account.full_name if account.kind == AccountKind.HOUSEHOLD else "",
        address=account.address,
    )
    return PaymentCode(text, total, bills[0].period) if text else None


def _row(
    account: AccountView, lines: Sequence[ledger.BalanceLine], names: Mapping[int, str]
) -> PayRow:
    if not account.private:
        return PayRow(account, None, 0, 0)
    total = sum(line.amount for line in lines)
    penalty = sum(
        line.amount
        for line in lines
        if line.book == Book.RECEIVABLE and line.part == Part.PENALTY and line.amount > 0
    )
    # An advance that has not been divided yet pays the services first (RULES 3.3).
    penalty = min(penalty, max(total, 0))
    services = max(total, 0) - penalty
    return PayRow(account, total, services, penalty, _owed_lines(lines, services, names))


def _owed_lines(
    lines: Sequence[ledger.BalanceLine], services: int, names: Mapping[int, str]
) -> tuple[OwedLine, ...]:
    """Divide what is owed for services: the older debt, then each service of the last month."""
    debts = [
        line
        for line in lines
        if line.book == Book.RECEIVABLE and line.part != Part.PENALTY and line.amount > 0
    ]
    latest = max((line.month for line in debts if line.month), default=None)
    if latest is None:
        return ()
    # Money that was given back is owed again: it stands as the debit of an advance.
    returned = sum(line.amount for line in lines if line.book == Book.ADVANCE and line.amount > 0)
    older = returned + sum(line.amount for line in debts if line.month != latest)
    of_month = month_and_year(latest.year, latest.month)
    found = [OwedLine("Долг за прошлые месяцы", 0, None, older)] if older else []
    found += [
        OwedLine(
            name=f"{names.get(service_id, 'Прочее')} за {of_month}",
            service_id=service_id,
            month=Period.of(latest),
            amount=sum(
                line.amount
                for line in debts
                if line.month == latest and line.service_id == service_id
            ),
        )
        for service_id in sorted({line.service_id for line in debts if line.month == latest})
    ]
    # An advance that has not been divided yet pays the oldest first.
    ahead = sum(line.amount for line in found) - services
    left = []
    for line in found:
        paid = min(max(ahead, 0), line.amount)
        ahead -= paid
        if line.amount > paid:
            left.append(replace(line, amount=line.amount - paid))
    return tuple(left) if len(left) > 1 else ()
