"""Appeals in the cabinet: from the topic to the mark, files, drafts, «Это неверно», no XSS."""

import io
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from abonent.config import uploads
from abonent.domain.accounts.operations import grant_access
from abonent.domain.accounts.rules import Evidence
from abonent.domain.documents.models import Upload
from abonent.domain.documents.rules.uploads import UploadState
from abonent.domain.identity.models import User
from abonent.domain.support.models import Ticket
from abonent.domain.support.operations import answer_ticket, define_faq, define_topics
from abonent.presets.load import load_preset
from entrance import in_transaction, text
from town import NOW, Town, build_town

ROOT = "/test/support/"
WORDS = "Счётчика нет <script>alert(1)</script>\n\nВторой абзац"
KEY = "0" * 32


@pytest.fixture
def town(db: None, settings, tmp_path):
    settings.UPLOADS = tmp_path
    with time_machine.travel(NOW, tick=False):
        built = build_town(load_preset("sesb").preset.cabinet)
        topics = load_preset("sesb").topics
        in_transaction(define_topics, supplier_id=built.supplier_id, topics=topics)
        in_transaction(
            grant_access, user_id=built.owner_id, supplier_id=built.supplier_id,
            number=built.number, evidence=Evidence.STAFF, actor_id=None, now=NOW,
        )  # fmt: skip
        yield built


def inside(user_id: int) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(pk=user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


@pytest.fixture
def anna(town: Town) -> Client:
    return inside(town.owner_id)


def typed(**more):
    return {"account": "6600123417", "text": WORDS, "key": KEY} | more


def photo() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (30, 20)).save(written, "PNG")
    return SimpleUploadedFile("снимок.png", written.getvalue(), "image/png")


def write(client: Client, **more) -> str:
    answer = client.post(f"{ROOT}new/no-meters/", typed(**more))
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def reply(town: Town) -> None:
    answer_ticket(
        actor_id=town.stranger_id, supplier_id=town.supplier_id, branches=None,
        number="2026-00001", text="Внесли <b>счётчик</b>", files=[], key="r", now=NOW,
    )  # fmt: skip


def test_an_empty_list_leads_to_the_topics_by_kind(anna: Client):
    assert "Обращений пока нет" in text(anna.get(ROOT))
    page = text(anna.get(f"{ROOT}new/"))
    assert re.findall(r"<h2>(\w+)</h2>", page) == [
        "Вопрос",
        "Неисправность",
        "Жалоба",
        "Предложение",
    ]
    assert f'href="{ROOT}new/no-meters/"' in page


def test_an_appeal_is_written_shown_and_listed(anna: Client):
    form = text(anna.get(f"{ROOT}new/no-meters/"))
    assert "Отдел учёта ответит до 1\u00a0декабря" in form
    where = write(anna, files=[photo()])
    assert where == f"{ROOT}2026-00001/"
    page = text(anna.get(where))
    assert "Ответим до 1\u00a0декабря\u00a02026" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<p>Второй абзац</p>" in page
    assert "№&nbsp;2026-00001, В кабинете нет моих счётчиков" in text(anna.get(ROOT))


def test_sent_again_it_is_the_same_appeal_and_other_words_are_another(anna: Client):
    assert write(anna) == write(anna)
    assert write(anna, text="Другое") == f"{ROOT}2026-00002/"
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": "  "}, "Напишите сообщение"),
        ({"account": ""}, "Выберите лицевой счёт"),
        ({"account": "6600999999"}, "Выберите лицевой счёт"),
        ({"files": SimpleUploadedFile("x.exe", b"MZ")}, "принимаем PDF, JPEG и PNG"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(anna: Client, wrong, words: str):
    answer = anna.post(f"{ROOT}new/no-meters/", typed(**wrong))
    assert answer.status_code == 422
    page = text(answer)
    assert words in page
    assert "Ошибка: В кабинете нет моих счётчиков" in page
    assert wrong.get("text") or "Второй абзац</textarea>" in page
    assert not Ticket.objects.exists()


def test_a_file_beyond_the_ceiling_is_not_even_taken(anna: Client, monkeypatch, settings):
    monkeypatch.setattr(uploads, "MOST_OF_A_FILE", 100_000)
    huge = SimpleUploadedFile("кино.pdf", b"%PDF-" + bytes(200_000))
    answer = anna.post(f"{ROOT}new/no-meters/", typed(files=[huge, photo()]))
    assert answer.status_code == 422
    assert "Слишком большие файлы: «кино.pdf»" in text(answer)
    assert not Upload.objects.exists()


def test_a_draft_is_kept_and_offered_until_it_is_sent(anna: Client):
    answer = anna.post(f"{ROOT}new/no-meters/", typed(later="1"), follow=True)
    assert "Черновик сохранён" in text(answer)
    form = text(anna.get(f"{ROOT}new/no-meters/"))
    assert "Второй абзац</textarea>" in form
    assert "ещё не отправили" in form
    assert "Второй абзац" not in text(anna.get(f"{ROOT}new/bill/"))
    write(anna)
    assert "Второй абзац" not in text(anna.get(f"{ROOT}new/no-meters/"))


def test_a_fact_called_wrong_opens_its_form_filled(anna: Client, town: Town):
    carried = f"account={town.number}&fact=meter&of=18177260"
    answer = anna.get(f"{ROOT}new/?{carried}")
    assert answer["Location"] == f"{ROOT}new/meter/?{carried}"
    form = text(anna.get(answer["Location"]))
    assert "Счётчик №\u00a018177260" in form
    assert re.search(rf'value="{town.number}"[^>]* checked', form)
    where = anna.post(answer["Location"], typed(fact="meter", of="18177260"))["Location"]
    assert Ticket.objects.get().about == "Счётчик №\u00a018177260"
    assert "Счётчик №\u00a018177260" in text(anna.get(where))


def test_a_fact_without_a_topic_of_its_own_leaves_the_choice(anna: Client):
    answer = anna.get(f"{ROOT}new/?fact=<b>&of=x")
    assert answer.status_code == 200
    assert "<b>" not in text(answer).split("<h1>")[1]


def test_every_page_of_the_account_says_where_to_call_it_wrong(anna: Client, town: Town):
    root = f"/test/accounts/{town.number}/"
    for page, fact in (("", "no-meters"), ("readings/", "no-meters"), ("about/", "address")):
        link = f"/test/support/new/?account={town.number}&amp;fact={fact}"
        assert link in text(anna.get(f"{root}{page}")), page
    assert "fact=account-number" in text(anna.get("/test/accounts/link/"))


def test_an_answer_is_marked_and_the_appeal_returned(anna: Client, town: Town):
    where = write(anna)
    assert "Отозвать обращение" in text(anna.get(where))
    reply(town)
    page = text(anna.get(where))
    assert "Внесли &lt;b&gt;счётчик&lt;/b&gt;" in page
    assert "Отозвать обращение" not in page
    assert anna.post(f"{where}close/", {}).status_code == 422
    closed = text(anna.post(f"{where}close/", {"mark": "4"}, follow=True))
    assert "Хорошо" in closed
    assert "textarea" not in closed
    assert "24\u00a0декабря\u00a02026" in closed
    back = text(anna.post(f"{where}reopen/", follow=True))
    assert "В работе" in back


def test_what_cannot_be_done_now_is_told_on_the_page(anna: Client, town: Town):
    where = write(anna)
    reply(town)
    page = text(anna.post(f"{where}withdraw/", follow=True))
    assert "уже ответили" in page


def test_a_message_is_added_once_with_its_files(anna: Client):
    where = write(anna)
    for _ in range(2):
        anna.post(f"{where}replies/", {"text": "Ещё снимок", "files": photo(), "key": KEY})
    page = text(anna.get(where))
    assert page.count("Ещё снимок") == 1
    assert page.count("снимок.png") == 1


def test_a_file_is_handed_out_to_be_saved_and_to_nobody_else(anna: Client, town: Town):
    where = write(anna, files=[photo()])
    file = f"{where}files/{Upload.objects.get().uuid}/"
    answer = anna.get(file)
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert inside(town.stranger_id).get(file).status_code == 404
    assert Client().get(file).status_code == 302


def test_a_file_that_nobody_has_looked_at_is_not_handed_out(anna: Client):
    where = write(anna, files=[photo()])
    Upload.objects.update(state=UploadState.CHECKING)
    page = text(anna.get(where))
    assert "проверяется" in page
    assert "/files/" not in page
    answer = anna.get(f"{where}files/{Upload.objects.get().uuid}/", follow=True)
    assert "ещё проверяется" in text(answer)
    assert b"PNG" not in answer.content[:8]


def test_who_has_no_account_writes_too(town: Town):
    vera = inside(town.stranger_id)
    form = text(vera.get(f"{ROOT}new/account-number/"))
    assert "О каком лицевом счёте" not in form
    where = vera.post(f"{ROOT}new/account-number/", {"text": "Не находит", "key": KEY})["Location"]
    assert "Не находит" in text(vera.get(where))


def test_questions_are_looked_for_in_the_cabinet_and_offered_beside_the_form(
    anna: Client, town: Town
):
    faq = load_preset("sesb").faq
    in_transaction(define_faq, supplier_id=town.supplier_id, lines=faq)
    page = text(anna.get(f"{ROOT}faq/", {"q": "счётчиков"}))
    assert "В кабинете написано, что счётчиков нет" in page
    assert "управлять счётом родителей" not in page
    nothing = text(anna.get(f"{ROOT}faq/", {"q": '"><script>'}))
    assert "Такого вопроса здесь нет" in nothing
    assert "<script>" not in nothing.split("<h1>")[1]
    form = text(anna.get(f"{ROOT}new/no-meters/"))
    assert "Возможно, ответ уже есть" in form
    assert "Возможно, ответ уже есть" not in text(anna.get(f"{ROOT}new/suggestion/"))


def test_the_cabinet_is_rated_in_five_words_and_work_by_kind(anna: Client):
    page = text(anna.get("/test/ratings/cabinet/"))
    assert page.index("Лучше не бывает") < page.index("Не удобно")
    sent = anna.post("/test/ratings/cabinet/", {"mark": "4", "comment": "Крупно"}, follow=True)
    assert "Спасибо" in text(sent)
    assert "Удобно" in text(sent)
    again = text(anna.get("/test/ratings/cabinet/"))
    assert re.search(r'value="4"[^>]* checked', again)
    assert "Крупно</textarea>" in again
    assert "Хорошо" in text(anna.get("/test/ratings/bills/"))
    assert "Выберите оценку" in text(anna.post("/test/ratings/bills/", {}, follow=True))
    assert anna.get("/test/ratings/nothing/").status_code == 404
