"""A bill as its reader sees it: grouped by service, explained, beside the month before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from abonent.common.periods import Period
from abonent.domain.billing.queries.changes import changes_of
from abonent.domain.billing.queries.forecast import Ahead, ahead
from abonent.domain.billing.queries.levied import LevyView
from abonent.domain.billing.queries.outlook import NOTHING, PenaltyOutlook, penalty_outlook
from abonent.domain.billing.queries.statements import (
    BillView,
    Statement,
    bills_of,
    explanations,
    lines_of,
    services_of,
    statement,
)
from abonent.domain.billing.rules.causes import Cause
from abonent.domain.billing.rules.comparison import Change, change, place_of
from abonent.domain.billing.rules.explanation import Explanation, LineView
from abonent.domain.billing.rules.paper import bill_subject
from abonent.domain.billing.rules.schedules import SchedulePart
from abonent.domain.documents import queries as documents
from abonent.domain.documents.queries import DocumentView
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.ledger import queries as ledger


@dataclass(frozen=True)
class LinePage:
    """A line with its reason; the last line of a place also with the place's change."""

    line: LineView
    why: Explanation
    change: Change | None


@dataclass(frozen=True)
class ServicePage:
    """The lines of one service; sums in kopecks, ``before`` is None when it is new."""

    code: str
    name: str
    kind: str
    amount: int
    before: int | None
    lines: tuple[LinePage, ...]


@dataclass(frozen=True)
class BillPage:
    """A published bill, its neighbours in time and what is left to pay.

    ``left`` in kopecks: for the latest bill what the account owes now by the ledger, for
    an older one what the next bill took over. Negative is an advance. ``paid_since`` is
    what has made ``due`` into ``left``; ``paper`` is the PDF if it is already rendered.
    ``causes`` sum to what the month costs more than the one before, if there is one.
    """

    bill: BillView
    services: tuple[ServicePage, ...]
    schedule: tuple[SchedulePart, ...]
    previous: BillView | None
    following: BillView | None
    left: int
    paper: DocumentView | None
    penalties: tuple[LevyView, ...] = ()
    outlook: PenaltyOutlook = NOTHING
    causes: tuple[Cause, ...] = ()

    @property
    def is_latest(self) -> bool:
        """Tell whether this is the bill to pay by now."""
        return self.following is None

    @property
    def paid_since(self) -> int:
        """Return what was paid after the bill's month, in kopecks."""
        return self.bill.due - self.left


def bill_page(
    *, supplier_id: int, account_id: int, period: Period, today: date | None = None
) -> BillPage:
    """Return the published bill of a month with its reasons.

    ``today`` adds what penalties the latest bill faces while it is not paid. Refuses with
    NotPublished when there is none. A constant number of statements.
    """
    services = services_of(supplier_id)
    found = statement(
        supplier_id=supplier_id, account_id=account_id, period=period, services=services
    )
    bills = {bill.period: bill for bill in bills_of(supplier_id=supplier_id, account_id=account_id)}
    previous, following = bills.get(period.plus(-1)), bills.get(period.plus(1))
    lines = lines_of(supplier_id, account_id, previous.period, services) if previous else None
    left = (
        following.opening - following.paid
        if following
        else ledger.subject_total(supplier_id=supplier_id, subject_id=account_id)
    )
    faces = following is None and left > 0
    return BillPage(
        bill=found.bill,
        services=_services(found, lines),
        schedule=found.schedule,
        previous=previous,
        following=following,
        left=left,
        paper=documents.find_document(
            supplier_id=supplier_id,
            kind=DocumentKind.BILL,
            subject=bill_subject(account_id),
            period=period,
        ),
        penalties=found.penalties,
        outlook=penalty_outlook(supplier_id=supplier_id, account_id=account_id, today=today)
        if today is not None and faces
        else NOTHING,
        causes=changes_of(found, previous, lines or []),
    )


@dataclass(frozen=True)
class BillEntry:
    """A published bill in a list, with its PDF if that is already rendered."""

    bill: BillView
    paper: DocumentView | None


def bill_entries(*, supplier_id: int, account_id: int) -> list[BillEntry]:
    """Return the published bills of an account with their papers, the latest first."""
    papers = documents.documents_of(
        supplier_id=supplier_id, kind=DocumentKind.BILL, subject=bill_subject(account_id)
    )
    by_period = {paper.period: paper for paper in papers}
    return [
        BillEntry(bill, by_period.get(bill.period))
        for bill in bills_of(supplier_id=supplier_id, account_id=account_id)
    ]


@dataclass(frozen=True)
class ChargesPage:
    """All bills of an account, the latest first, and the penalties that its debt faces."""

    entries: list[BillEntry]
    outlook: PenaltyOutlook
    ahead: Ahead


def charges_page(*, supplier_id: int, account_id: int, today: date) -> ChargesPage:
    """Return the bills of an account, what lies ahead, and the penalties a debtor faces."""
    owes = ledger.subject_total(supplier_id=supplier_id, subject_id=account_id) > 0
    return ChargesPage(
        entries=bill_entries(supplier_id=supplier_id, account_id=account_id),
        outlook=penalty_outlook(supplier_id=supplier_id, account_id=account_id, today=today)
        if owes
        else NOTHING,
        ahead=ahead(supplier_id=supplier_id, account_id=account_id, today=today),
    )


def _services(found: Statement, previous: list[LineView] | None) -> tuple[ServicePage, ...]:
    """Group the lines by service, in the order of the bill; None when no month was before."""
    why = explanations(found)
    now, before = _by_place(found.lines), _by_place(previous or [])
    sums_before: Counter[str] = Counter()
    for line in previous or []:
        sums_before[line.service] += line.amount
    groups: dict[str, list[LinePage]] = {}
    for line in found.lines:
        place = now[place_of(line)]
        # The change of a place stands once, under the last of its lines.
        told = change(place, before.get(place_of(line), [])) if line is place[-1] else None
        groups.setdefault(line.service, []).append(LinePage(line, why[line.line], told))
    return tuple(
        ServicePage(
            code=code,
            name=lines[0].line.service_name,
            kind=lines[0].line.service_kind,
            amount=sum(one.line.amount for one in lines),
            before=sums_before.get(code),
            lines=tuple(lines),
        )
        for code, lines in groups.items()
    )


def _by_place(lines: Iterable[LineView]) -> dict[tuple[str, str, str, int], list[LineView]]:
    """Return the lines of each place, in the order of the bill."""
    places: dict[tuple[str, str, str, int], list[LineView]] = {}
    for line in lines:
        places.setdefault(place_of(line), []).append(line)
    return places
