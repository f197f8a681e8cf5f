"""The payer's page: one payment for any number of clicks, plain words, nothing kept."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html.parser import HTMLParser

import httpx
import pytest
from bank_world import MORNING, RETURN_URL, SECRET, SHOP, payment

from bank_simulator import Shop, Simulator
from bank_simulator.cards import TRIAL_CARDS, passes_luhn

GOOD = {"number": "5555 5555 5555 4477", "validity": "12/30", "code": "321"}
MIR = GOOD | {"number": "2200000000000004"}


@pytest.fixture
def browser(bank):
    with httpx.Client(base_url=bank.url) as browser:
        yield browser


@pytest.fixture
def page(merchant):
    """Return the path of a fresh payment's page."""
    return f"/pay/{merchant.create()['id']}"


def status(merchant, page):
    return merchant.payment(page.removeprefix("/pay/"))


def code_on(browser, page):
    return re.search(r'class="code">(\d{6})<', browser.get(f"{page}/code").text)[1]


def captures(bank):
    return len([move for move in bank.truth()["movements"] if move["kind"] == "capture"])


def test_the_page_says_whose_it_is_and_what_is_paid(browser, page):
    answer = browser.get(page)
    assert answer.status_code == 200
    text = answer.text
    assert "Банк-имитатор" in text
    assert "Настоящих денег здесь нет" in text
    assert "345,67\u00a0₽" in text
    assert "АО «Свет»" in text
    assert "Электроэнергия, л/с 4012730518" in text
    assert "13:00" in text  # an hour after noon in Moscow
    for card in TRIAL_CARDS:
        assert card.spaced in text
        assert card.promise in text


class Marks(HTMLParser):
    """Collects what a strict content security policy forbids, and unlabelled fields."""

    def __init__(self):
        super().__init__()
        self.forbidden, self.labels, self.inputs, self.links = [], set(), set(), []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag in ("script", "style", "iframe", "object") or "style" in names:
            self.forbidden.append(tag)
        self.forbidden += [name for name in names if name.startswith("on")]
        self.links += [names[name] for name in ("href", "src", "action") if name in names]
        if tag == "label":
            self.labels.add(names["for"])
        if tag in ("input", "select") and names.get("type") != "hidden":
            self.inputs.add(names["id"])


def test_pages_need_no_scripts_and_no_foreign_hosts(browser, page):
    browser.post(f"{page}/card", data=GOOD)
    for path in ("/", page, f"{page}/code", "/pay/0"):
        answer = browser.get(path)
        marks = Marks()
        marks.feed(answer.text)
        assert marks.forbidden == []
        assert marks.labels == marks.inputs
        assert all(link.startswith(("/", "#")) for link in marks.links)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        for asset in re.findall(r'"(/assets/[^"]+)"', answer.text):
            assert browser.get(asset).status_code == 200
    css = browser.get("/assets/bank.css").text
    assert "http" not in css
    assert "@import" not in css


def test_forms_may_lead_only_back_to_the_shop(browser, page):
    policy = browser.get(page).headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' http://shop.test")


def test_what_the_shop_sends_is_shown_as_text(browser, merchant):
    made = merchant.create(description="<script>alert(1)</script>")
    text = browser.get(f"/pay/{made['id']}").text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_card_with_a_code_pays_and_leads_back(bank, browser, merchant, page):
    answer = browser.post(f"{page}/card", data=GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}/code")
    assert captures(bank) == 0
    answer = browser.post(f"{page}/code", data={"code": code_on(browser, page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN_URL)
    paid = status(merchant, page)
    assert paid["status"] == "succeeded"
    assert paid["authorization_details"]["three_d_secure"]["applied"] is True
    assert paid["payment_method"]["card"]["expiry_year"] == "2030"
    assert "Оплата прошла" in browser.get(page).text


def test_a_mir_card_pays_without_a_code(bank, browser, merchant, page):
    answer = browser.post(f"{page}/card", data=MIR)
    assert answer.headers["Location"] == RETURN_URL
    paid = status(merchant, page)
    assert paid["status"] == "succeeded"
    assert paid["authorization_details"]["three_d_secure"]["applied"] is False
    assert paid["payment_method"]["card"]["card_type"] == "Mir"


def test_the_shop_can_force_the_code(browser, merchant):
    confirmation = {"type": "redirect", "return_url": RETURN_URL, "enforce": True}
    page = f"/pay/{merchant.create(confirmation=confirmation)['id']}"
    assert browser.post(f"{page}/card", data=MIR).headers["Location"] == f"{page}/code"


@pytest.mark.parametrize("card", [c for c in TRIAL_CARDS if c.refusal], ids=lambda c: c.refusal)
def test_each_bad_card_ends_as_promised(bank, browser, merchant, page, card):
    answer = browser.post(f"{page}/card", data=GOOD | {"number": card.number})
    if card.asks_code:
        answer = browser.post(f"{page}/code", data={"code": code_on(browser, page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN_URL)
    gone = status(merchant, page)
    assert gone["status"] == "canceled"
    assert gone["cancellation_details"]["reason"] == card.refusal
    assert gone["payment_method"]["card"]["last4"] == card.number[-4:]
    assert captures(bank) == 0
    assert "Оплата не прошла" in browser.get(page).text


def test_three_wrong_codes_end_the_payment(browser, merchant, page):
    browser.post(f"{page}/card", data=GOOD)
    right = code_on(browser, page)
    wrong = {"code": "000000" if right != "000000" else "000001"}
    first = browser.post(f"{page}/code", data=wrong)
    assert first.status_code == 422
    assert "Осталось попыток: 2." in first.text
    assert browser.post(f"{page}/code", data={"code": ""}).status_code == 422
    assert "Осталась одна попытка." in browser.post(f"{page}/code", data=wrong).text
    last = browser.post(f"{page}/code", data=wrong)
    assert (last.status_code, last.headers["Location"]) == (303, RETURN_URL)
    gone = status(merchant, page)
    assert gone["cancellation_details"]["reason"] == "3d_secure_failed"
    assert browser.post(f"{page}/code", data={"code": right}).headers["Location"] == RETURN_URL
    assert status(merchant, page)["status"] == "canceled"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "", "Введите номер карты"),
        ("number", "5555 5555 5555 447x", "только цифры"),
        ("number", "5555 5555 5555 447", "16 цифр, а введено 15"),
        ("number", "5555 5555 5555 4478", "с таким номером не бывает"),
        ("number", "4111 1111 1111 1111", "не тестовая карта"),
        ("validity", "", "Введите срок действия"),
        ("validity", "13/30", "от 01 до 12"),
        ("validity", "10/26", "уже прошёл"),
        ("code", "", "три цифры"),
        ("code", "12", "три цифры"),
        ("code", "1234", "три цифры"),
    ],
)
def test_a_mistake_is_named_beside_its_field(bank, browser, merchant, page, field, value, words):
    answer = browser.post(f"{page}/card", data=GOOD | {field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error">[^<]*{words}', answer.text)
    assert f'href="#{field}"' in answer.text
    assert "<title>Ошибка: " in answer.text
    assert 'value="321"' not in answer.text
    assert status(merchant, page)["status"] == "pending"


@pytest.mark.parametrize("validity", ["11/26", "1230", "1/27", "12/2030", " 12 - 30 "])
def test_validity_is_read_as_people_write_it(browser, page, validity):
    assert browser.post(f"{page}/card", data=GOOD | {"validity": validity}).status_code == 303


def test_the_formula_of_luhn():
    assert all(passes_luhn(card.number) for card in TRIAL_CARDS)
    assert passes_luhn("79927398713")
    assert not any(passes_luhn(f"7992739871{digit}") for digit in "012456789")


def test_the_card_form_sent_many_times_pays_once(bank, browser, merchant, page):
    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(browser.post, f"{page}/card", data=MIR) for _ in range(10)]
    assert {call.result().headers["Location"] for call in sent} == {RETURN_URL}
    assert captures(bank) == 1


def test_the_code_sent_many_times_pays_once(bank, browser, merchant, page):
    for _ in range(2):
        browser.post(f"{page}/card", data=GOOD)
    data = {"code": code_on(browser, page)}
    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(browser.post, f"{page}/code", data=data) for _ in range(10)]
    assert {call.result().headers["Location"] for call in sent} == {RETURN_URL}
    assert captures(bank) == 1
    for act in ("card", "code", "close", "decline", "late"):
        again = browser.post(f"{page}/{act}", data=MIR | {"reason": "call_issuer"})
        assert (again.status_code, again.headers["Location"]) == (303, RETURN_URL)
    assert captures(bank) == 1
    assert status(merchant, page)["status"] == "succeeded"


def test_going_back_does_not_give_new_tries(browser, merchant, page):
    browser.post(f"{page}/card", data=GOOD)
    code = code_on(browser, page)
    wrong = {"code": str((int(code) + 1) % 10**6).rjust(6, "0")}
    browser.post(f"{page}/code", data=wrong)
    browser.post(f"{page}/card", data=GOOD)
    assert code_on(browser, page) == code
    assert "Осталась одна попытка." in browser.post(f"{page}/code", data=wrong).text


def test_closing_leaves_the_payment_open(browser, merchant, page):
    answer = browser.post(f"{page}/close")
    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN_URL)
    assert status(merchant, page)["status"] == "pending"
    assert browser.get(page).status_code == 200


def test_a_decline_can_be_chosen(browser, merchant, page):
    assert browser.post(f"{page}/decline", data={"reason": "call_issuer"}).status_code == 303
    assert status(merchant, page)["cancellation_details"]["reason"] == "call_issuer"


def test_an_unknown_reason_is_refused(browser, merchant, page):
    assert browser.post(f"{page}/decline", data={"reason": "bad mood"}).status_code == 400
    assert status(merchant, page)["status"] == "pending"


def test_paying_late_can_be_chosen(bank, browser, merchant, page):
    assert browser.post(f"{page}/late").status_code == 303
    bank.advance(3600)
    assert status(merchant, page)["status"] == "canceled"
    bank.advance(300)
    assert status(merchant, page)["status"] == "succeeded"


def test_a_payer_who_missed_the_hour_is_told_so(bank, browser, merchant, page):
    browser.post(f"{page}/card", data=GOOD)
    code = code_on(browser, page)
    bank.advance(3600)
    answer = browser.post(f"{page}/code", data={"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    text = browser.get(page).text
    assert "Время на оплату вышло" in text
    assert "Вернуться в магазин" in text
    assert captures(bank) == 0


@pytest.mark.parametrize("path", ["/pay/nobody", "/pay/0/card", "/assets/../bank.py", "/else"])
def test_what_is_not_there_is_a_page_too(browser, path):
    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 404
        assert "Банк-имитатор" in answer.text


def test_an_act_nobody_knows_is_404(browser, page):
    assert browser.post(f"{page}/steal").status_code == 404


def test_a_russian_return_address_is_escaped(browser, merchant):
    confirmation = {"type": "redirect", "return_url": "https://оплата.рф/назад?кто=я\r\nX: y"}
    page = f"/pay/{merchant.create(confirmation=confirmation)['id']}"
    answer = browser.post(f"{page}/close")
    assert answer.headers["Location"].isascii()
    assert "x" not in answer.headers
    policy = browser.get(page).headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' https://xn--80aa5alfu.xn--p1ai")


def test_neither_number_nor_code_of_a_card_is_kept(tmp_path, caplog, merchant_at):
    file = tmp_path / "bank.sqlite"
    caplog.set_level("DEBUG")
    with Simulator(shops=[Shop(SHOP, SECRET)], data=str(file), starts_at=MORNING) as bank:
        merchant = merchant_at(bank.url)
        page = f"{bank.url}/pay/{merchant.post('/v3/payments', payment()).json()['id']}"
        secret = GOOD | {"code": "987"}
        httpx.post(f"{page}/card", data=secret)
        httpx.post(f"{page}/card", data=secret | {"number": "4111111111111111"})
        code = re.search(r'class="code">(\d{6})<', httpx.get(f"{page}/code").text)[1]
        httpx.post(f"{page}/code", data={"code": code})
    with closing(sqlite3.connect(file)) as connection:
        kept = "\n".join(connection.iterdump()) + caplog.text
    assert "4477" in kept
    for forbidden in ("5555555555554477", "5555 5555 5555 4477", "4111", "987'"):
        assert forbidden not in kept
    raw = b"".join(part.read_bytes() for part in tmp_path.iterdir())
    assert b"5555555555554477" not in raw
