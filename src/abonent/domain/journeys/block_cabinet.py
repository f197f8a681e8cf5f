"""A cabinet is believed stolen: closed, its readings set aside; opened again later (A11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.common.transactions import outermost
from abonent.common.words import moment_in_words
from abonent.domain.accounts import operations as accounts
from abonent.domain.billing.queries.runs import publications
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import BlockChannel
from abonent.domain.messaging import operations as messaging
from abonent.domain.metering.operations.setting_aside import SetAside, set_aside_readings
from abonent.domain.payments import operations as payments
from abonent.domain.payments.rules.autopay import Why
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView


@dataclass(frozen=True)
class BlockedCabinet:
    """The request under which a cabinet is closed, and what was set aside with it."""

    number: str
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True)
class _Words:
    subject: str
    letter: str
    sms: str


@outermost
def block_cabinet(
    *,
    user_id: int,
    supplier_id: int,
    channel: BlockChannel,
    actor_id: int | None,
    why: str,
    suspected_since: datetime | None,
    now: datetime,
) -> BlockedCabinet:
    """Close the cabinet at once and tell every proven contact the number of the request.

    Its bound cards go and its autopayments stop, at all suppliers: the cabinet was one for all.
    Readings that this cabinet has sent to the supplier since ``suspected_since`` count no
    more, and access that it has given to others since then ends; without it neither is
    touched. Asking again changes nothing but adds an earlier moment's readings. Refuses with
    NotFound when there is no such person.
    """
    person = people.user_view(user_id)
    request = identity.block_user(
        user_id=user_id,
        supplier_id=supplier_id,
        channel=channel,
        actor_id=actor_id,
        why=why,
        suspected_since=suspected_since,
        now=now,
    )
    cards = payments.remove_cards(
        user_id=user_id, supplier_id=None, why=Why.CABINET_CLOSED, actor_id=actor_id, now=now
    )
    accounts.end_given_access(
        user_id=user_id,
        supplier_id=supplier_id,
        since=suspected_since or now,
        actor_id=actor_id,
        now=now,
    )
    aside: list[SetAside] = []
    if suspected_since is not None:
        aside = set_aside_readings(
            supplier_id=supplier_id,
            user_id=user_id,
            since=suspected_since,
            closed=publications(supplier_id=supplier_id),
            actor_id=actor_id,
            now=now,
        )
    if request.asked_at == now or aside:
        supplier = suppliers.supplier_by_id(supplier_id)
        words = _Words(
            subject="Кабинет заблокирован",
            letter=_blocked_words(supplier, request.number, suspected_since, aside, cards=cards),
            sms=f"Кабинет заблокирован, заявка {request.number}. Открыть его: {_where(supplier)}",
        )
        _tell(person, supplier_id, words, now)
    return BlockedCabinet(request.number, tuple(aside))


@outermost
def unblock_cabinet(
    *, number: str, supplier_id: int, actor_id: int | None, why: str, now: datetime
) -> None:
    """Open a blocked cabinet by the number of its request, once staff knows its person.

    The old password is void; every proven contact is told how to set a new one. Refuses with
    NotFound when no request of this number stands.
    """
    request = identity.unblock_user(number=number, actor_id=actor_id, why=why, now=now)
    text = (
        "Ваш кабинет снова открыт. Прежний пароль больше не действует: нажмите «Не помню "
        "пароль» на странице входа и задайте новый. Проверьте в профиле почту, телефон и ключи."
    )
    words = _Words("Кабинет открыт", letter=text, sms=text)
    _tell(people.user_view(request.user_id), supplier_id, words, now)


def _blocked_words(
    supplier: SupplierView,
    number: str,
    since: datetime | None,
    aside: Sequence[SetAside],
    *,
    cards: int,
) -> str:
    parts = [
        f"Кабинет заблокирован, номер заявки – {number}. Войти в него нельзя, все входы закрыты."
    ]
    if cards:
        parts.append("Привязанные карты удалены, автоплатежи остановлены.")
    if since is not None:
        when = moment_in_words(since.astimezone(ZoneInfo(supplier.timezone)))
        numbers = ", ".join(f"№ {one.number}" for one in aside)
        parts.append(
            f"Показания, переданные с {when}, не учитываем: {numbers}."
            if aside
            else f"Показаний, которые можно отменить, с {when} не передавали."
        )
    parts.append(
        "Если показания или платежи делали не вы, напишите заявление в офисе и пригласите "
        "комиссию: она снимет контрольные показания, и они заменят неверные."
    )
    parts.append(f"Чтобы открыть кабинет: {_where(supplier)}")
    return "\n\n".join(parts)


def _where(supplier: SupplierView) -> str:
    hotline = str(supplier.cabinet.get("hotline", ""))
    call = f"позвоните {hotline} или " if any(sign.isdigit() for sign in hotline) else ""
    return f"{call}придите в офис с паспортом и назовите номер заявки."


def _tell(person: people.UserView, supplier_id: int, words: _Words, now: datetime) -> None:
    letters = [
        ("email", person.email, words.subject, f"Здравствуйте!\n\n{words.letter}\n"),
        ("sms", person.phone, "", words.sms),
    ]
    for channel, recipient, title, body in letters:
        if recipient:
            messaging.enqueue(
                supplier_id=supplier_id,
                channel=channel,
                recipient=recipient,
                kind="cabinet_blocked",
                subject=title,
                body=body,
                now=now,
            )
