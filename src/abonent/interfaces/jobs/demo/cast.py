"""The people who walk through the demonstration: their sign-ins and their accounts."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts import queries
from abonent.domain.accounts.rules import Evidence
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import Role
from abonent.interfaces.jobs.demo.town import Town

PASSWORD = "stolbik-2026"  # noqa: S105 (printed on purpose: nothing in a demonstration is secret)


@dataclass(frozen=True)
class DemoUser:
    """Somebody with a cabinet; ``casts`` are the accounts that are theirs in every town."""

    login: str
    full_name: str
    email: str
    phone: str
    casts: tuple[str, ...]
    story: str


ANNA = DemoUser(
    "anna", "Смирнова Анна Сергеевна", "anna@example.ru", "+79000000101", ("anna",),
    "одна квартира, показания ещё не переданы, последний счёт не оплачен",
)  # fmt: skip
BORIS = DemoUser(
    "boris", "Кузнецов Борис Ильич", "boris@example.ru", "+79000000102",
    ("boris", "boris-mother", "boris-debt"),
    "три счёта: свой, мамин (её счётчик электроэнергии в этом месяце проходит через ноль: "
    "после 99… введите 0030) и ещё один, по которому накопился долг",
)  # fmt: skip
OLGA = DemoUser(
    "romashka", "Ромашкина Ольга Игоревна", "firm@example.ru", "+79000000103", ("firm",),
    "организация ООО «Ромашка»: договоры и по нескольку счётчиков",
)  # fmt: skip
USERS = (ANNA, BORIS, OLGA)


@dataclass(frozen=True)
class DemoStaff:
    """Somebody who works for every town."""

    login: str
    full_name: str
    email: str
    role: Role


STAFF = (
    DemoStaff("galina", "Орлова Галина Викторовна", "galina@example.ru", Role.OPERATOR),
    DemoStaff("dmitry", "Савченко Дмитрий Олегович", "dmitry@example.ru", Role.HEAD),
)
ALIASES = {"boris-mother": "Мама", "boris-debt": "Сдаю"}


def let_in(user: DemoUser, town: Town, *, now: datetime) -> list[str]:
    """Give a user a cabinet and the town's accounts that are theirs; return the numbers.

    What is there already stays as it is. Staff have seen the papers: the evidence says so.
    """
    own = [account for account in town.accounts if account.cast in user.casts]
    if not own:
        return []
    user_id = _user_id(user, now)
    linked = {
        view.number
        for view in queries.accounts_of(user_id=user_id, supplier_id=town.supplier_id, now=now)
    }
    for account in own:
        if account.number in linked:
            continue
        with transaction.atomic():
            accounts.grant_access(
                user_id=user_id, supplier_id=town.supplier_id, number=account.number,
                evidence=Evidence.STAFF, actor_id=None, now=now,
            )  # fmt: skip
        if account.cast in ALIASES:
            accounts.rename_account(
                user_id=user_id, supplier_id=town.supplier_id, number=account.number,
                alias=ALIASES[account.cast], now=now,
            )  # fmt: skip
    return [account.number for account in own]


def hire(member: DemoStaff, supplier_id: int, *, now: datetime) -> None:
    """Let somebody work for a town in all its branches; who does already goes on."""
    user_id = _user_id(member, now)
    with transaction.atomic():
        identity.give_role(
            user_id=user_id, supplier_id=supplier_id, role=member.role, branch="",
            actor_id=None, now=now,
        )  # fmt: skip


def _user_id(user: DemoUser | DemoStaff, now: datetime) -> int:
    """Return the user's identifier, registering them the first time."""
    known = people.user_by_email(user.email)
    if known is not None:
        return known.id
    with transaction.atomic():
        user_id = identity.register_user(
            full_name=user.full_name, email=user.email,
            phone=user.phone if isinstance(user, DemoUser) else "", password=PASSWORD,
            actor_id=None, now=now,
        )  # fmt: skip
    identity.change_name(user_id=user_id, full_name=user.full_name, login=user.login, now=now)
    return user_id
