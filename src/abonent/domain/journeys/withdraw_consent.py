"""A consent is withdrawn: its time is kept, what it allowed ends at once (RULES 7.2, 7.3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.common.transactions import outermost
from abonent.common.words import day_and_year
from abonent.domain.accounts import operations as accounts
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import OF_THE_CABINET, Purpose, erased_by
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments import operations as payments
from abonent.domain.payments.rules.autopay import Why
from abonent.domain.suppliers import queries as suppliers

_WHY = "Отозвано согласие"


@outermost
def withdraw_consent(*, user_id: int, supplier_id: int, purpose: Purpose, now: datetime) -> None:
    """Withdraw a consent at a supplier from this moment; the person gets a letter about it.

    Without the consent to personal data or the terms there is no cabinet at this supplier:
    its accounts leave the cabinet at once and the other consents end too. A person with no
    account at any supplier and no consent is erased by ``erase_withdrawn`` within 30 days,
    unless they agree again. Bills, payments and readings stay. Refuses with NotFound when
    no such consent stands.
    """
    identity.withdraw_consent(user_id=user_id, supplier_id=supplier_id, purpose=purpose, now=now)
    if purpose not in OF_THE_CABINET:
        return
    identity.withdraw_all(user_id=user_id, supplier_id=supplier_id, now=now)
    payments.remove_cards(
        user_id=user_id,
        supplier_id=supplier_id,
        why=Why.CABINET_CLOSED,
        actor_id=user_id,
        now=now,
    )
    numbers = accounts.end_links(user_id=user_id, supplier_id=supplier_id, why=_WHY, now=now)
    person = people.user_view(user_id)
    supplier = suppliers.supplier_by_id(supplier_id)
    last = day_and_year(erased_by(now).astimezone(ZoneInfo(supplier.timezone)).date())
    gone = f"Из кабинета убраны лицевые счета: {', '.join(numbers)}.\n\n" if numbers else ""
    if person.email:
        messaging.enqueue(
            supplier_id=supplier_id,
            channel="email",
            recipient=person.email,
            kind="consent_withdrawn",
            subject="Согласие отозвано",
            body=(
                f"Здравствуйте!\n\nВы отозвали согласие, без которого кабинета у поставщика "
                f"{supplier.called} нет.\n\n{gone}"
                f"Если у вас нет кабинета у другого поставщика, имя, почту, телефон и пароль "
                f"удалим не позже {last}. Начисления, платежи и показания останутся у "
                f"поставщика, как требует закон.\n\nПередумали? Войдите до этого дня, добавьте "
                f"лицевой счёт и дайте согласие снова.\n"
            ),
            now=now,
        )
