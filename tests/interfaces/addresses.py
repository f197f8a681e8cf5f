"""What everybody gets at each address: one line for each, by GET and by POST without data.

The columns are the visitors in their order. ``>name`` is a redirect to the page of that name;
422 is a form shown again with what is missing.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

# Nobody is signed in; Vera is, at a flat of her own; the newcomer's link to Anna's flat still
# waits; Anna owns it; Galina works for the supplier; the reader was let in by Anna to look.
VISITORS = ("nobody", "vera", "newcomer", "anna", "staff", "reader")
Row = tuple[str, str, str, str, str, str]
SIGN_IN = ">account_login"
NO_DRAFT = UUID(int=1)


@dataclass(frozen=True)
class Line:
    """What the six get; ``parts`` stand in the address instead of Anna's own."""

    get: Row
    post: Row
    parts: dict[str, Any] = field(default_factory=dict)


def everybody(answer: str) -> Row:
    """All get the same."""
    return (answer,) * 6


def outside(nobody: str, others: str) -> Row:
    """Whoever is inside already gets something else."""
    return (nobody, *[others] * 5)


def inside(answer: str) -> Row:
    """A page about the person: whoever is not signed in is asked to."""
    return outside(SIGN_IN, answer)


def own(newcomer: str, anna: str, reader: str = "") -> Row:
    """A page about Anna's flat: for others it does not exist; the reader sees what she does."""
    return (SIGN_IN, "404", newcomer, anna, "404", reader or anna)


def author(answer: str) -> Row:
    """A page about an appeal of Anna's: for others it does not exist."""
    return (SIGN_IN, "404", "404", answer, "404", "404")


def staff(answer: str) -> Row:
    """A page for who works at the supplier: for customers it does not exist."""
    return (SIGN_IN, "404", "404", "404", answer, "404")


APPEAL = {"number": "2026-00001"}

TABLE = {
    "landing": Line(outside("200", ">portal_home"), everybody("405")),
    "advice": Line(everybody("200"), everybody("405")),
    "view_choice": Line(everybody("200"), everybody(">view_choice")),
    "theme": Line(everybody("200"), everybody("405")),
    "account_login": Line(outside("200", ">portal_home"), outside("422", ">portal_home")),
    "account_request_login_code": Line(
        outside("200", ">portal_home"), outside("422", ">portal_home")
    ),
    "account_confirm_login_code": Line(
        outside(">account_request_login_code", ">portal_home"),
        outside(">account_request_login_code", ">portal_home"),
    ),
    "account_verify_phone": Line(inside(">account_change_phone"), inside(">account_change_phone")),
    "mfa_authenticate": Line(inside(">portal_home"), inside(">portal_home")),
    "mfa_login_webauthn": Line(inside(">portal_home"), inside(">portal_home")),
    "account_inactive": Line(everybody("200"), everybody("405")),
    "account_logout": Line(outside(">landing", "200"), everybody(">landing")),
    "account_email_verification_sent": Line(everybody("200"), everybody(">account_signup")),
    "account_confirm_email": Line(everybody("200"), everybody("404"), {"key": "x"}),
    "account_reset_password": Line(everybody("200"), everybody("422")),
    "account_reset_password_done": Line(everybody("200"), everybody("405")),
    "account_reset_password_from_key": Line(
        everybody("200"), everybody("200"), {"uidb36": "1", "key": "x"}
    ),
    "account_signup": Line(outside("200", ">portal_home"), outside("422", ">portal_home")),
    "news": Line(everybody("200"), everybody("405")),
    "outages": Line(everybody("200"), everybody("422")),
    "outage_confirm": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "outage_end": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "offices": Line(everybody("200"), everybody("405")),
    "portal_offices": Line(inside("200"), inside("405")),
    "faq": Line(everybody("200"), everybody("405")),
    "accessibility": Line(everybody("200"), everybody("405")),
    "legal_text": Line(everybody("200"), everybody("405"), {"purpose": "personal_data"}),
    "objection": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "outbox": Line(everybody("200"), everybody("405")),
    "document_check": Line(everybody("200"), everybody("422")),
    "proof_check": Line(everybody("200"), everybody("422")),
    "document_paper": Line(everybody("404"), everybody("405"), {"code": "NOSUCH"}),
    "open_payment": Line(everybody("200"), everybody("422")),
    "open_payment_check": Line(everybody(">open_payment"), everybody("422")),
    "open_payment_state": Line(everybody("404"), everybody("405")),
    "autopay_stop": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "open_debt": Line(everybody("200"), everybody("422")),
    "app_manifest": Line(everybody("200"), everybody("405")),
    "app_worker": Line(everybody("200"), everybody("405")),
    "app_offline": Line(everybody("200"), everybody("405")),
    "open_bills": Line(everybody("200"), everybody("422")),
    "letter_pay": Line(everybody("404"), everybody(">letter_pay"), {"token": "x"}),
    "letter_readings": Line(everybody("404"), everybody("405"), {"token": "x"}),
    "letter_confirm": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "letter_end": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "letter_paid": Line(everybody("404"), everybody("405")),
    "open_tariffs": Line(everybody("200"), everybody("405")),
    "open_calculator": Line(everybody("404"), everybody("405")),
    "open_readings": Line(everybody("200"), everybody("422")),
    "open_readings_check": Line(everybody(">open_readings"), everybody("422")),
    "open_readings_send": Line(everybody(">open_readings"), everybody("422")),
    "open_readings_accepted": Line(everybody("404"), everybody("405")),
    "open_readings_undo": Line(everybody("404"), everybody("404"), {"token": "x"}),
    "portal_home": Line(
        (
            ">account_login",
            ">overview",
            ">portal_accounts",
            ">overview",
            ">portal_accounts",
            ">overview",
        ),
        inside("405"),
    ),
    "portal_accounts": Line(inside("200"), inside("405")),
    "account_link": Line(inside("200"), inside(">account_link")),
    # Nobody here has agreed to anything yet, so the first step comes first.
    "account_link_evidence": Line(inside(">account_link"), inside(">account_link")),
    "account_link_send_code": Line(inside(">account_link"), inside(">account_link")),
    "account_link_code": Line(inside(">account_link"), inside(">account_link")),
    "account_link_bill_code": Line(inside(">account_link"), inside(">account_link")),
    "account": Line(own("200", "200"), own("405", "405")),
    "account_name": Line(own("200", "200"), own(">portal_accounts", ">portal_accounts")),
    "account_unlink": Line(own("200", "200"), own(">portal_accounts", ">portal_accounts")),
    "account_close_access": Line(
        own(">account", "200", ">account"), own(">account", ">account", ">account")
    ),
    "account_invite": Line(
        own(">account", "200", ">account"), own(">account", ">account_invite", ">account")
    ),
    "account_cancel_invitation": Line(
        own(">account", "405", ">account"),
        own(">account", ">account", ">account"),
        {"invitation_id": 1},
    ),
    "account_invitation": Line(inside("404"), inside("404"), {"token": "x"}),
    "support": Line(inside("200"), inside("405")),
    "support_faq": Line(inside("200"), inside("405")),
    "ratings": Line(inside("200"), inside("405")),
    "rate": Line(inside("200"), inside(">rate"), {"subject": "cabinet"}),
    "support_topics": Line(inside("200"), inside("405")),
    "support_new": Line(inside("200"), inside("422"), {"topic": "meter"}),
    "ticket": Line(author("200"), author("405"), APPEAL),
    "ticket_replies": Line(author(">ticket"), author("422"), APPEAL),
    "ticket_withdraw": Line(author("200"), author(">ticket"), APPEAL),
    "ticket_close": Line(author("200"), author("422"), APPEAL),
    "ticket_reopen": Line(author("200"), author(">ticket"), APPEAL),
    "ticket_file": Line(author("404"), author("405"), APPEAL | {"uuid": NO_DRAFT}),
    "profile": Line(inside("200"), inside("405")),
    "profile_name": Line(inside("200"), inside(">profile")),
    "usersessions_list": Line(inside("200"), inside(">usersessions_list")),
    "close_session": Line(inside("405"), inside(">usersessions_list"), {"session_id": 1}),
    "profile_journal": Line(inside("200"), inside("405")),
    "profile_mailings": Line(inside("200"), inside(">profile")),
    "profile_withdraw": Line(inside("200"), inside("404"), {"purpose": "mailings"}),
    "profile_data": Line(inside(">account_reauthenticate"), inside(">account_reauthenticate")),
    "profile_stolen": Line(inside("200"), inside(">account_inactive")),
    "stolen": Line(everybody("404"), everybody("404"), {"mark": "x"}),
    "profile_delete": Line(inside("200"), inside(">profile_delete")),
    "profile_delete_code": Line(inside("200"), inside(">profile_delete_code")),
    "account_email": Line(inside("200"), inside(">account_email")),
    "account_change_phone": Line(inside("200"), inside(">account_change_phone")),
    "account_change_password": Line(inside("200"), inside(">account_change_password")),
    "account_set_password": Line(
        inside(">account_change_password"), inside(">account_change_password")
    ),
    "new_password_after_code": Line(
        inside(">account_change_password"), inside(">account_change_password")
    ),
    "account_reauthenticate": Line(inside("200"), inside(">account_reauthenticate")),
    "mfa_reauthenticate": Line(
        inside(">account_reauthenticate"), inside(">account_reauthenticate")
    ),
    "mfa_reauthenticate_webauthn": Line(
        inside(">account_reauthenticate"), inside(">account_reauthenticate")
    ),
    "mfa_index": Line(inside("200"), inside("405")),
    "mfa_list_webauthn": Line(inside("200"), inside("405")),
    "mfa_add_webauthn": Line(inside(">account_reauthenticate"), inside(">account_reauthenticate")),
    "mfa_edit_webauthn": Line(
        inside(">account_reauthenticate"), inside(">account_reauthenticate"), {"pk": 1}
    ),
    "mfa_remove_webauthn": Line(
        inside(">account_reauthenticate"), inside(">account_reauthenticate"), {"pk": 1}
    ),
    "mfa_activate_totp": Line(inside(">account_reauthenticate"), inside(">account_reauthenticate")),
    "mfa_deactivate_totp": Line(inside("404"), inside("404")),
    "mfa_view_recovery_codes": Line(inside("404"), inside("405")),
    "mfa_generate_recovery_codes": Line(
        inside(">account_reauthenticate"), inside(">account_reauthenticate")
    ),
    "mfa_download_recovery_codes": Line(inside("404"), inside("404")),
    "overview": Line(own("200", "200"), own("405", "405")),
    "readings": Line(own("200", "200"), own(">readings_draft", ">readings_draft", ">readings")),
    "readings_preview": Line(
        own(">readings", ">readings"), own(">readings_draft", ">readings_draft", ">readings")
    ),
    "readings_check": Line(own(">readings", ">readings"), own("405", "405"), {"key": NO_DRAFT}),
    "readings_draft": Line(own(">readings", ">readings"), own("405", "405"), {"key": NO_DRAFT}),
    "readings_history": Line(own(">account", "200"), own(">account", "405")),
    "readings_photos": Line(own("404", ">readings_accepted"), own("404", ">readings_accepted")),
    "readings_photo": Line(own("404", "404"), own("405", "405"), {"uuid": NO_DRAFT}),
    "readings_accepted": Line(own("404", "200"), own("405", "405")),
    "charges": Line(own(">account", "200"), own(">account", "405")),
    "debt": Line(own(">account", "200"), own(">account", "405")),
    "charges_by_service": Line(own(">account", "200"), own(">account", "405")),
    "charges_csv": Line(own(">account", "200"), own(">account", "405")),
    "readings_csv": Line(own(">account", "200"), own(">account", "405")),
    "payments_csv": Line(own(">account", "200"), own(">account", "405")),
    "charges_bill": Line(own(">account", "200"), own(">account", "405")),
    "charges_bill_pdf": Line(own(">account", "200"), own(">account", "405")),
    "charges_bill_send": Line(own(">account", "200"), own(">account", ">charges_bill_send")),
    "notices": Line(own(">account", "200"), own(">account", ">notices")),
    "notices_reminders": Line(own(">account", ">notices"), own(">account", ">notices")),
    "notices_end": Line(
        own(">account", ">notices"), own(">account", "404"), {"subscription_id": 0}
    ),
    "payments": Line(own("200", "200"), own(">payments_draft", ">payments_draft", ">payments")),
    "payments_preview": Line(
        own(">payments", ">payments"), own(">payments_draft", ">payments_draft", ">payments")
    ),
    "payments_check": Line(own(">payments", ">payments"), own("405", "405"), {"key": NO_DRAFT}),
    "payments_draft": Line(own(">payments", ">payments"), own("405", "405"), {"key": NO_DRAFT}),
    "payments_another": Line(
        own(">payments", ">payments"), own(">payments_draft", ">payments_draft", ">payments")
    ),
    "payments_ask_again": Line(own(">payments", ">payments"), own("405", "405"), {"key": NO_DRAFT}),
    "payments_code": Line(own(">account", "200"), own(">account", "405")),
    "payments_code_picture": Line(own(">account", "200"), own(">account", "405")),
    # This supplier has no code of the fast payment system.
    "payments_sbp": Line(own("404", "404"), own("404", "404")),
    "payments_sbp_picture": Line(own("404", "404"), own("404", "404")),
    "payments_cards": Line(own("200", "200"), own("405", "405")),
    "payments_card_remove": Line(own("404", "404"), own("404", "404"), {"card_uuid": NO_DRAFT}),
    # Anna has no card that could pay, so there is nothing to set up.
    "autopay": Line(own(">account", ">payments_cards"), own(">account", ">payments_cards")),
    "autopay_draft": Line(own(">account", ">autopay"), own(">account", "405"), {"key": NO_DRAFT}),
    "autopay_check": Line(
        own(">account", ">autopay"), own(">account", ">autopay"), {"key": NO_DRAFT}
    ),
    "autopay_hold": Line(own(">account", ">payments_cards"), own(">account", ">payments_cards")),
    "autopay_end": Line(own(">account", ">payments_cards"), own(">account", ">payments_cards")),
    "payments_history": Line(own(">account", "200"), own(">account", "405")),
    "payment": Line(own("404", "200"), own("405", "405")),
    "payment_cancel": Line(own(">payment", ">payment"), own("404", ">payment")),
    "payment_fiscal": Line(own("404", "404"), own("405", "405")),
    "payment_receipt": Line(own("404", "200"), own("405", "405")),
    "documents_blank": Line(own(">account", "200"), own(">account", "405")),
    "statement": Line(own(">account", "200"), own(">account", ">statement")),
    "statement_ordered": Line(
        own(">account", "404"), own(">account", "405"), {"order_id": NO_DRAFT}
    ),
    "statement_pdf": Line(own(">account", "404"), own(">account", "405"), {"order_id": NO_DRAFT}),
    "documents": Line(own(">account", "200"), own(">account", "405")),
    # Anna's is a household: papers of organisations do not exist for it.
    "closing_pdf": Line(own(">account", "404"), own(">account", "404"), {"paper_id": 1}),
    "closing_xml": Line(own(">account", "404"), own(">account", "404"), {"paper_id": 1}),
    "closing_archive": Line(own(">account", "404"), own(">account", "404")),
    "reconciliations": Line(own(">account", "404"), own(">account", "404")),
    "reconciliation": Line(own(">account", "404"), own(">account", "404"), {"act_id": 1}),
    "reconciliation_pdf": Line(own(">account", "404"), own(">account", "404"), {"act_id": 1}),
    "reconciliation_xlsx": Line(own(">account", "404"), own(">account", "404"), {"act_id": 1}),
    "api:healthz": Line(everybody("200"), everybody("405")),
    "api:readyz": Line(everybody("200"), everybody("405")),
    "api:yookassa_callback": Line(everybody("405"), everybody("200"), {"supplier_code": "demo"}),
    "api:agent": Line(
        everybody("404"), everybody("404"), {"supplier_code": "demo", "channel": "telepay"}
    ),
    "api:tbank_callback": Line(everybody("405"), everybody("200"), {"supplier_code": "demo"}),
    "api:rbs_callback": Line(everybody("200"), everybody("200"), {"supplier_code": "demo"}),
    "office:threshold": Line(
        ("200", "200", "200", "200", ">office:tickets", "200"), everybody("405")
    ),
    "office:ratings": Line(staff("200"), staff("405")),
    "office:tickets": Line(staff("200"), staff("405")),
    "office:ticket": Line(staff("200"), staff("405"), APPEAL),
    "office:ticket_take": Line(staff("405"), staff(">office:ticket"), APPEAL),
    "office:ticket_route": Line(staff("405"), staff("404"), APPEAL),
    "office:ticket_replies": Line(staff("405"), staff("422"), APPEAL),
    "office:ticket_file": Line(staff("404"), staff("405"), APPEAL | {"uuid": NO_DRAFT}),
    "design:gallery": Line(everybody("200"), everybody("405")),
}
