"""First pages, legal texts, theme, the outbox of a demonstration."""

import pytest
from django.test import Client

from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import shipped_codes
from entrance import ROOT, build_supplier, in_transaction, make_person, sign_in, text
from town import NOW


def test_the_bare_root_goes_to_the_only_supplier(client: Client, supplier: Supplier) -> None:
    assert client.get("/")["Location"] == "/test/"


def test_the_bare_root_lists_suppliers_when_there_are_several(
    client: Client, supplier: Supplier
) -> None:
    Supplier.objects.create(code="other", name="Тепло <b>и</b> свет", cabinet={"city": "Омск"})
    page = text(client.get("/"))
    assert 'href="/test/"' in page
    assert 'href="/other/"' in page
    assert "Омск" in page
    assert "<b>и</b>" not in page


def test_the_bare_root_of_an_empty_house_says_what_to_do(client: Client, db: None) -> None:
    assert "abonent import" in text(client.get("/"))


@pytest.mark.parametrize("preset", ["", *[code for code in shipped_codes() if code != "plain"]])
def test_every_presets_first_page_and_texts_open(client: Client, db: None, preset: str) -> None:
    supplier = build_supplier(preset)
    for address in ("/", "/sign-in/", "/sign-up/", "/recovery/", "/advice/", "/view/"):
        assert client.get(f"{ROOT}{address}").status_code == 200, address
    for purpose in supplier.cabinet["consents"]:
        assert client.get(f"{ROOT}/legal/{purpose}/").status_code == 200
    assert client.get(f"{ROOT}/legal/accessibility/").status_code == 200
    theme = client.get(f"{ROOT}/theme.css")
    assert theme["Content-Type"].startswith("text/css")


def test_there_is_no_text_that_the_supplier_has_not(client: Client, supplier: Supplier) -> None:
    assert client.get(f"{ROOT}/legal/biometrics/").status_code == 404


def test_the_version_of_a_text_is_a_day_in_words(client: Client, supplier: Supplier) -> None:
    page = client.get(f"{ROOT}/legal/terms/").content.decode().replace("\u00a0", " ")
    assert "Редакция от 24 ноября 2026" in page


def test_one_who_is_inside_goes_on_to_the_cabinet(client: Client, supplier: Supplier) -> None:
    make_person(client, "anna@mail.ru")
    sign_in(client, "anna@mail.ru")
    assert client.get(f"{ROOT}/")["Location"] == f"{ROOT}/home/"


def test_the_choice_of_size_is_kept_in_a_cookie_and_nothing_else_can_be_put_there(
    client: Client, supplier: Supplier
) -> None:
    client.post(f"{ROOT}/view/", {"view": ["large", "contrast"]})
    assert '<html lang="ru" class="large contrast">' in text(client.get(f"{ROOT}/"))
    client.cookies["view"] = 'large."><script>'
    assert '<html lang="ru" class="large">' in text(client.get(f"{ROOT}/"))


def _write(recipient: str, body: str) -> None:
    in_transaction(
        messaging.enqueue,
        supplier_id=Supplier.objects.get(code="test").pk,
        channel="email",
        recipient=recipient,
        kind="test",
        subject="Проверка",
        body=body,
        now=NOW,
    )


def test_the_outbox_shows_letters_with_links_to_follow(client: Client, supplier: Supplier) -> None:
    _write("anna@mail.ru", 'Вот: https://example.ru/a?b=1 <script>alert("x")</script>')
    _write("boris@mail.ru", "Другое")
    for root in ("", ROOT):
        page = text(client.get(f"{root}/outbox/"))
        assert '<a href="https://example.ru/a?b=1">' in page
        assert "<script>alert" not in page
        assert "Другое" in page
    only = text(client.get(f"{ROOT}/outbox/?to=anna"))
    assert "Другое" not in only


def test_the_outbox_of_one_supplier_does_not_show_anothers(
    client: Client, supplier: Supplier
) -> None:
    Supplier.objects.create(code="other", name="Другой", cabinet={})
    _write("anna@mail.ru", "Письмо горсетей")
    assert "Письмо горсетей" not in text(client.get("/other/outbox/"))


def test_outside_a_demonstration_there_is_no_outbox(
    client: Client, supplier: Supplier, settings
) -> None:
    settings.DEMO = False
    assert client.get(f"{ROOT}/outbox/").status_code == 404
    assert client.get("/outbox/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/sign-up/", "/outbox/"])
def test_pages_forbid_what_is_not_ours(client: Client, supplier: Supplier, address: str) -> None:
    answer = client.get(f"{ROOT}{address}")
    policy = answer["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    page = text(answer)
    assert " style=" not in page
    assert " onclick=" not in page
