"""What the tests of sign-up and sign-in share: a supplier with a preset, letters, links."""

import re

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from abonent.domain.messaging import queries as messaging
from abonent.domain.messaging.queries import MessageView
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset

PASSWORD = "вода тепло свет и газ"
ROOT = "/test"


def build_supplier(preset: str = "") -> Supplier:
    """Store a supplier whose cabinet is that of a shipped preset."""
    cabinet = load_preset(preset).preset.cabinet
    return Supplier.objects.create(
        code="test", name="Горсети", timezone="Asia/Yekaterinburg", cabinet=cabinet
    )


def text(response: HttpResponse) -> str:
    """Return the page as text without what differs by request: tokens."""
    page = response.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", page)


def shown_again(client: Client, answer: HttpResponse) -> HttpResponse:
    """Return the page of the cabinet that shows a form with its errors; the form was sent."""
    assert answer.status_code == 302, answer
    assert "kept=" in answer["Location"], "the form was taken"
    page = client.get(answer["Location"])
    assert "<title>Ошибка: " in page.content.decode()
    return page


def letters(recipient: str = "") -> list[MessageView]:
    """Return what was sent, the newest first."""
    return messaging.recent_messages(recipient=recipient)


def link_in(message: MessageView) -> str:
    """Return the path of the first address in a letter."""
    found = re.search(r"http://testserver(\S+)", message.body)
    assert found, message.body
    return found[1]


def code_in(message: MessageView) -> str:
    """Return the code of six digits in a letter or an SMS."""
    found = re.search(r"\b\d{6}\b", message.body)
    assert found, message.body
    return found[0]


def sign_up_by_mail(client: Client, email: str, **other: str) -> HttpResponse:
    """Send the plain preset's form of signing up."""
    data = {
        "email": email,
        "password1": PASSWORD,
        "password_again": PASSWORD,
        "consent_terms": "on",
        "consent_personal_data": "on",
    }
    return client.post(f"{ROOT}/sign-up/", data | other)


def prove_mail(client: Client, email: str) -> HttpResponse:
    """Open the newest letter's link and press the button."""
    return client.post(link_in(letters(email)[0]))


def sign_in(client: Client, login: str, password: str = PASSWORD) -> HttpResponse:
    """Send the form of sign-in."""
    return client.post(f"{ROOT}/sign-in/", {"login": login, "password": password})


def make_person(client: Client, email: str) -> None:
    """Sign a person up, prove the mailbox; they are not inside yet."""
    sign_up_by_mail(client, email)
    prove_mail(client, email)


def is_inside(client: Client) -> bool:
    """Tell whether this browser is signed in."""
    return "_auth_user_id" in client.session


def in_transaction(verb, **arguments):
    """Call a verb that requires a transaction."""
    with transaction.atomic():
        return verb(**arguments)
