"""By what people sign in: a mailbox, a telephone, a login, the number of an account."""

from dataclasses import dataclass
from datetime import datetime

from abonent.domain.accounts.queries.linking import user_for_sign_in
from abonent.domain.identity import queries as identity
from abonent.domain.identity.rules import parse_phone


@dataclass(frozen=True)
class SignInName:
    """What was typed into the field of sign-in, and whom it means if anybody."""

    email: str = ""
    phone: str = ""
    login: str = ""
    user: identity.UserView | None = None


def read_sign_in_name(*, supplier_id: int, text: str, now: datetime) -> SignInName:
    """Read a mailbox, a telephone in any Russian spelling, a login or an account number.

    Ten digits may be a telephone or an account: a telephone that somebody has proven comes
    first. A number of an account means its first owner whose link is open. A contact that
    nobody has proven means nobody.
    """
    typed = text.strip()
    if "@" in typed:
        email = typed.lower()
        return SignInName(email=email, user=identity.user_by_email(email))
    try:
        phone = parse_phone(typed)
    except ValueError:
        phone = ""
    by_phone = identity.user_by_phone(phone) if phone else None
    if by_phone is not None:
        return SignInName(phone=phone, user=by_phone)
    owner_id = user_for_sign_in(supplier_id=supplier_id, number="".join(typed.split()), now=now)
    if owner_id is not None:
        return SignInName(login=typed, user=identity.user_view(owner_id))
    if phone:
        return SignInName(phone=phone)
    return SignInName(login=typed.lower(), user=identity.user_by_login(typed.lower()))
