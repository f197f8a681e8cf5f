"""Verbs of identity: users, contacts, consents, one-time codes, SMS within ceilings."""

from abonent.domain.identity.operations.blocking import block_user, unblock_user
from abonent.domain.identity.operations.codes import (
    NoCode,
    WrongCode,
    check_code,
    issue_code,
)
from abonent.domain.identity.operations.consents import (
    ConsentGiven,
    agree,
    give_consents,
    withdraw_all,
    withdraw_consent,
)
from abonent.domain.identity.operations.contacts import (
    ContactsRest,
    ask_contact_change,
    claim_phone,
    prove_email,
    prove_phone,
    remove_unproven,
)
from abonent.domain.identity.operations.drafts import finish_draft, keep_draft
from abonent.domain.identity.operations.erasing import StaffStays, erase_user
from abonent.domain.identity.operations.sms import (
    ForeignNumber,
    TooManySms,
    pass_over_sms,
    send_sms_code,
)
from abonent.domain.identity.operations.staff import NoCabinet, end_role, give_role
from abonent.domain.identity.operations.tidying import forget_expired
from abonent.domain.identity.operations.users import (
    LoginTaken,
    change_name,
    close_session,
    close_sessions,
    record_entry,
    register_user,
    set_password,
)

__all__ = [
    "ConsentGiven",
    "ContactsRest",
    "ForeignNumber",
    "LoginTaken",
    "NoCabinet",
    "NoCode",
    "StaffStays",
    "TooManySms",
    "WrongCode",
    "agree",
    "ask_contact_change",
    "block_user",
    "change_name",
    "check_code",
    "claim_phone",
    "close_session",
    "close_sessions",
    "end_role",
    "erase_user",
    "finish_draft",
    "forget_expired",
    "give_consents",
    "give_role",
    "issue_code",
    "keep_draft",
    "pass_over_sms",
    "prove_email",
    "prove_phone",
    "record_entry",
    "register_user",
    "remove_unproven",
    "send_sms_code",
    "set_password",
    "unblock_user",
    "withdraw_all",
    "withdraw_consent",
]
