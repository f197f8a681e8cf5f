"""A cabinet is deleted: nothing that names its person stays in this room (RULES 7.3)."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.identity.models import Draft, OneTimeCode, User
from abonent.domain.identity.operations.consents import withdraw_all
from abonent.domain.identity.operations.users import end_sessions
from abonent.domain.journal import operations as journal


class StaffStays(Refusal):
    """A person who works for the supplier does not delete the cabinet himself."""


@requires_transaction
def erase_user(
    *, user_id: int, supplier_id: int | None, actor_id: int | None, now: datetime
) -> None:
    """Take away name, login, contacts, password, keys, sessions, codes and drafts for good.

    The row stays as a number, so that payments and the journal keep their author; consents
    stay with their texts and the moment they were withdrawn, as the proof that the law asks
    for. Nothing can bring the rest back. A second time changes nothing. Refuses with
    StaffStays for a person of the staff.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_staff:
        text = "Это кабинет сотрудника. Его закрывает руководитель: обратитесь к нему."
        raise StaffStays(text)
    if user.erased_at is not None:
        return
    withdraw_all(user_id=user_id, supplier_id=None, now=now)
    end_sessions(user_id, "")
    EmailAddress.objects.filter(user_id=user_id).delete()
    Authenticator.objects.filter(user_id=user_id).delete()
    OneTimeCode.objects.filter(user_id=user_id).delete()
    Draft.objects.filter(user_id=user_id).delete()
    user.login = user.email = user.phone = user.phone_proven_at = None
    user.full_name = user.city = user.inn = user.blocked_why = ""
    user.set_unusable_password()
    user.is_active, user.erased_at = False, now
    user.save()
    journal.record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="cabinet_deleted",
        subject=f"user:{user_id}",
        details={},
        now=now,
    )
