"""Who may see which account: the one gate of every signed-in page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.queries.cards import address_of
from abonent.domain.accounts.rules import AccessRole, AccessState, AccountKind

NO_ACCOUNT = "Такого лицевого счёта в вашем кабинете нет. Проверьте номер или добавьте счёт."


@dataclass(frozen=True)
class AccountView:
    """A personal account as one user may see it.

    While the link waits (``private`` is false) everything personal is empty: name,
    address, contacts, area, residents. The user may pay and submit readings, no more.
    ``opens_at`` is the moment from which a waiting link opens by itself.
    """

    id: int
    supplier_id: int
    number: str
    alias: str
    address: str
    locality: str
    flat: str
    full_name: str
    kind: AccountKind
    area: Decimal | None
    residents: int | None
    state: AccessState
    role: AccessRole
    private: bool
    # When the link was asked for: what was done before is not its user's to know.
    since: datetime
    opens_at: datetime
    # Of a relative: until when.
    ends_at: datetime | None
    unified_account: str
    email: str
    phone: str
    # Of an organisation.
    inn: str = ""
    kpp: str = ""

    @property
    def title(self) -> str:
        """Return how the user knows this account: its own name, the address, the number."""
        return self.alias or self.address or f"Лицевой счёт {self.number}"


@dataclass(frozen=True)
class LinkedNumber:
    """An account in somebody's cabinet, by its number alone."""

    user_id: int
    supplier_id: int
    number: str


def account_for(
    *, user_id: int, supplier_id: int, number: str, now: datetime | None = None
) -> AccountView:
    """Return the account of this number if the user's link to it lives.

    Refuses with NotFound for an account that does not exist and for one that is not
    linked to this user: a stranger cannot tell these apart. Without ``now`` a waiting
    link is judged at this moment.
    """
    moment = now or clock.now()
    row = _live(user_id, supplier_id, moment).filter(account__number=number).first()
    if row is None:
        raise NotFound(NO_ACCOUNT)
    return _view(row, moment)


def accounts_of(
    *, user_id: int, supplier_id: int, now: datetime | None = None
) -> list[AccountView]:
    """Return the accounts linked to the user at this supplier, the oldest link first."""
    moment = now or clock.now()
    rows = _live(user_id, supplier_id, moment).order_by("asked_at", "pk")
    return [_view(row, moment) for row in rows]


def sees_account(*, user_id: int, supplier_id: int, account_id: int, now: datetime) -> bool:
    """Tell whether the user may see the private side of the account at this moment."""
    row = _live(user_id, supplier_id, now).filter(account_id=account_id).first()
    return row is not None and _view(row, now).private


def linked_numbers(*, user_ids: Iterable[int]) -> list[LinkedNumber]:
    """Return which accounts these users have in their cabinets, at all suppliers."""
    rows = living(AccountAccess.objects.filter(user_id__in=list(user_ids)), clock.now())
    return [
        LinkedNumber(*values)
        for values in rows.order_by("supplier_id", "asked_at", "pk").values_list(
            "user_id", "supplier_id", "account__number"
        )
    ]


def living(links: QuerySet[AccountAccess], now: datetime) -> QuerySet[AccountAccess]:
    """Return those of the links that are neither revoked nor over, open or waiting."""
    return links.exclude(state=AccessState.REVOKED).filter(Q(ends_at=None) | Q(ends_at__gt=now))


def _live(user_id: int, supplier_id: int, now: datetime) -> QuerySet[AccountAccess]:
    """Return the living links of a user with all that a view needs, in one statement."""
    own = AccountAccess.objects.filter(user_id=user_id, supplier_id=supplier_id)
    return living(own, now).select_related("account__customer", "account__house")


def _view(row: AccountAccess, now: datetime) -> AccountView:
    """Turn a link into what its user may see at this moment."""
    account, house, customer = row.account, row.account.house, row.account.customer
    private = row.state == AccessState.ACTIVE or row.opens_at <= now
    address = address_of(account)
    return AccountView(
        id=account.pk,
        supplier_id=row.supplier_id,
        number=account.number,
        alias=row.alias,
        address=address if private else "",
        locality=house.locality if house and private else "",
        flat=account.flat if private else "",
        full_name=customer.full_name if private else "",
        kind=AccountKind(account.kind),
        area=account.area if private else None,
        residents=account.residents if private else None,
        state=AccessState.ACTIVE if private else AccessState.PENDING,
        role=AccessRole(row.role),
        private=private,
        since=row.asked_at,
        opens_at=row.opens_at,
        ends_at=row.ends_at,
        unified_account=account.unified_account if private else "",
        email=customer.email if private else "",
        phone=customer.phone if private else "",
        inn=customer.inn if private else "",
        kpp=customer.kpp if private else "",
    )
