"""An owner objects to somebody's waiting link: by the signed link of the letter, no sign-in."""

from datetime import datetime

from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.operations.access import end_guests_of, record_access
from abonent.domain.accounts.operations.notices import tell_of_objection
from abonent.domain.accounts.queries.linking import access_of_token
from abonent.domain.accounts.rules import AccessState


@outermost
def object_to_link(*, token: str, supplier_id: int, now: datetime) -> None:
    """Close the link that the signed mark names, at once and for its user for good.

    The same user can link the account again only by a code or at the office. A link that
    is closed already stays so. Refuses with NotFound for a mark that is forged or too old.
    """
    link = (
        AccountAccess.objects.select_for_update(of=("self",))
        .filter(pk=access_of_token(token), supplier_id=supplier_id)
        .select_related("account")
        .first()
    )
    if link is None:
        text = "Ссылка устарела или неполная. Откройте её из письма ещё раз или позвоните нам."
        raise NotFound(text)
    if link.state == AccessState.REVOKED:
        return
    link.state = AccessState.REVOKED
    link.revoked_at = link.objected_at = now
    link.revoked_why = "Возражение владельца"
    link.save(update_fields=["state", "revoked_at", "objected_at", "revoked_why"])
    record_access(link, None, "account_link_objected", {}, now)
    end_guests_of(link, None, now)
    tell_of_objection(link=link, number=link.account.number, now=now)
