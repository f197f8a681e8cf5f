"""The staff's door: who is let in, the queue of appeals, one appeal, what staff see of strangers."""

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from abonent.common.refusals import Refusal
from abonent.domain.identity.models import User
from abonent.domain.identity.operations import block_user, end_role, give_role
from abonent.domain.identity.operations.erasing import StaffStays, erase_user
from abonent.domain.identity.queries import staff_of, warrant_of
from abonent.domain.identity.rules import BlockChannel, Right, Role
from abonent.domain.journal.models import JournalEntry
from abonent.domain.messaging.models import Message
from abonent.domain.suppliers.models import Branch, Supplier
from abonent.domain.support.models import Ticket
from abonent.domain.support.operations import Appeal, define_topics, open_ticket, rate
from abonent.domain.support.rules.ratings import RatingSubject
from abonent.presets.load import load_preset
from entrance import in_transaction, text
from town import NOW, Town, build_town

pytestmark = pytest.mark.django_db
ROOT = "/test/office/"
KEY = "0" * 32
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def town(db: None, settings, tmp_path):
    settings.UPLOADS = tmp_path
    with time_machine.travel(NOW, tick=False):
        built = build_town(load_preset("sesb").preset.cabinet)
        topics = load_preset("sesb").topics
        in_transaction(define_topics, supplier_id=built.supplier_id, topics=topics)
        User.objects.filter(pk=built.owner_id).update(full_name=f"Анна {EVIL}")
        open_ticket(
            user_id=built.owner_id, supplier_id=built.supplier_id,
            appeal=Appeal("meter", f"Счётчик {EVIL}", fact="meter", of=EVIL), key="1", now=NOW,
        )  # fmt: skip
        yield built


def hire(town: Town, role: Role = Role.OPERATOR, branch: str = "") -> int:
    return in_transaction(
        give_role, user_id=town.stranger_id, supplier_id=town.supplier_id, role=role,
        branch=branch, actor_id=None, now=NOW,
    )  # fmt: skip


def inside(user_id: int) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(pk=user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_the_door_says_who_works_here():
    answer = Client().get("/office/")
    assert answer.status_code == 200
    assert "сотрудники" in answer.content.decode()


def test_who_works_here_comes_to_the_queue(town: Town):
    hire(town)
    galina = inside(town.stranger_id)
    page = text(galina.get(ROOT, follow=True))
    assert "№&nbsp;2026-00001" in page
    assert "оператор" in page
    assert inside(town.owner_id).get(ROOT).status_code == 200
    assert inside(town.owner_id).get(f"{ROOT}tickets/").status_code == 404


def test_a_role_is_for_one_supplier_and_ends_at_once(town: Town):
    role = hire(town)
    other = Supplier.objects.create(code="other", name="Другой")
    galina = inside(town.stranger_id)
    assert galina.get(f"{ROOT}tickets/").status_code == 200
    assert galina.get("/other/office/tickets/").status_code == 404
    with pytest.raises(Refusal):
        in_transaction(end_role, role_id=role, supplier_id=other.pk, actor_id=None, now=NOW)
    in_transaction(end_role, role_id=role, supplier_id=town.supplier_id, actor_id=None, now=NOW)
    assert galina.get(f"{ROOT}tickets/").status_code == 404
    assert not User.objects.get(pk=town.stranger_id).is_staff


def test_who_works_here_does_not_delete_the_cabinet_alone(town: Town):
    hire(town)
    with pytest.raises(StaffStays), transaction.atomic():
        erase_user(user_id=town.stranger_id, supplier_id=None, actor_id=None, now=NOW)


def test_a_blocked_person_may_do_nothing_and_gets_no_role(town: Town):
    hire(town)
    in_transaction(
        block_user, user_id=town.stranger_id, supplier_id=town.supplier_id,
        channel=BlockChannel.HOTLINE, actor_id=None, why="", suspected_since=None, now=NOW,
    )  # fmt: skip
    assert warrant_of(user_id=town.stranger_id, supplier_id=town.supplier_id) is None
    with pytest.raises(Refusal):
        hire(town, Role.HEAD)


def test_rights_are_those_of_the_role_in_its_branch(town: Town):
    hire(town, Role.OPERATOR, "ekb")
    hire(town, Role.HEAD, "tagil")
    hire(town, Role.HEAD, "tagil")
    assert len(staff_of(supplier_id=town.supplier_id)) == 2, "given twice it is one role"
    warrant = warrant_of(user_id=town.stranger_id, supplier_id=town.supplier_id)
    assert warrant.branches(Right.APPEALS) == {"ekb", "tagil"}
    assert warrant.branches(Right.STAFF) == {"tagil"}
    hire(town)
    warrant = warrant_of(user_id=town.stranger_id, supplier_id=town.supplier_id)
    assert warrant.branches(Right.APPEALS) is None
    assert warrant.branches(Right.STAFF) == {"tagil"}


def test_staff_of_a_branch_do_not_see_the_appeals_of_another(town: Town):
    hire(town, branch="tagil")
    galina = inside(town.stranger_id)
    assert "Здесь пусто" in text(galina.get(f"{ROOT}tickets/"))
    for page in ("", "take/", "topic/", "replies/"):
        where = f"{ROOT}tickets/2026-00001/{page}"
        data = {"text": "x", "act": "answer", "topic": "bill", "key": KEY}
        assert galina.post(where, data).status_code in {404, 405}, page
    assert galina.get(f"{ROOT}tickets/2026-00001/").status_code == 404
    Ticket.objects.update(branch="tagil")
    assert galina.get(f"{ROOT}tickets/2026-00001/").status_code == 200


def test_an_appeal_is_read_taken_and_answered(town: Town):
    hire(town)
    galina = inside(town.stranger_id)
    where = f"{ROOT}tickets/2026-00001/"
    page = text(galina.get(where))
    assert "<img" not in page
    assert "Счётчик &lt;img" in page
    assert JournalEntry.objects.filter(action="ticket_viewed", actor_id=town.stranger_id).exists()
    assert "В работе" in text(galina.post(f"{where}take/", follow=True))
    assert (
        galina.post(f"{where}replies/", {"act": "answer", "text": " ", "key": KEY}).status_code
        == 422
    )
    data = {"act": "answer", "text": "Исправили", "key": KEY}
    for _ in range(2):
        done = text(galina.post(f"{where}replies/", data, follow=True))
    assert done.count("Исправили") == 1
    assert Message.objects.filter(kind="ticket_answered").count() == 1
    assert "2026-00001" in text(galina.get(f"{ROOT}tickets/?shown=answered"))
    assert "2026-00001" not in text(galina.get(f"{ROOT}tickets/"))


def test_a_question_and_another_department(town: Town):
    hire(town)
    galina = inside(town.stranger_id)
    where = f"{ROOT}tickets/2026-00001/"
    galina.post(f"{where}replies/", {"act": "ask", "text": "Какой номер?", "key": KEY})
    assert Message.objects.filter(kind="ticket_asked").exists()
    assert "Отдел расчётов" in text(galina.post(f"{where}topic/", {"topic": "bill"}, follow=True))
    assert galina.post(f"{where}topic/", {"topic": "none"}).status_code == 404


def test_the_command_gives_shows_and_ends_roles(town: Town, capsys):
    Branch.objects.create(supplier_id=town.supplier_id, code="ekb", name="Екатеринбург")
    new = ("add", "--supplier", "test", "--email", "galina@example.ru", "--role", "operator")
    with pytest.raises(Refusal, match="--name"):
        call_command("staff", *new)
    with pytest.raises(Refusal, match="Есть: ekb"):
        call_command("staff", *new, "--name", "Галина", "--branch", "none")
    call_command("staff", *new, "--name", "Орлова Галина", "--branch", "ekb")
    call_command("staff", "list", "--supplier", "test")
    shown = capsys.readouterr().out
    (member,) = staff_of(supplier_id=town.supplier_id)
    assert f"{member.role_id}\tоператор\tekb\tОрлова Галина\tgalina@example.ru" in shown
    call_command("staff", "end", "--supplier", "test", "--id", str(member.role_id))
    assert not staff_of(supplier_id=town.supplier_id)


def test_the_head_reads_what_ratings_come_to_and_an_operator_does_not(town: Town):
    rate(
        user_id=town.owner_id, supplier_id=town.supplier_id, subject=RatingSubject.CABINET,
        mark=4, comment=f"Мелко {EVIL}", now=NOW,
    )  # fmt: skip
    hire(town)
    staff = inside(town.stranger_id)
    assert staff.get(f"{ROOT}ratings/").status_code == 404
    hire(town, Role.HEAD)
    page = text(staff.get(f"{ROOT}ratings/"))
    assert "4,0" in page
    assert "IV\u00a0квартал 2026" in page
    assert "Мелко &lt;img" in page
    assert "Анна" not in page
