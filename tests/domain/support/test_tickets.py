"""An appeal from the first word to the mark: routing, term, number, rights, letters, journal."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.accounts.operations import grant_access
from abonent.domain.accounts.rules import Evidence
from abonent.domain.documents.rules.uploads import SentFile, UnfitFile
from abonent.domain.journal.models import JournalEntry
from abonent.domain.messaging.models import Message
from abonent.domain.suppliers.models import Branch
from abonent.domain.support import operations, queries
from abonent.domain.support.models import Reply, Ticket, TicketSeries
from abonent.domain.support.operations import Appeal, TooMany, UnfitText, define_topics
from abonent.domain.support.rules.tickets import TicketState, WrongMoment
from abonent.presets.load import load_preset
from entrance import in_transaction
from town import NOW, Town, build_town

pytestmark = pytest.mark.django_db
EVERYWHERE = None
WORDS = Appeal(topic="no-meters", text="В кабинете нет счётчика, карта 4111 1111 1111 1111")


@pytest.fixture
def town(db: None, settings, tmp_path) -> Town:
    settings.UPLOADS = tmp_path
    built = build_town(load_preset("sesb").preset.cabinet)
    Branch.objects.create(
        supplier_id=built.supplier_id, code="tagil", name="Нижнетагильский сбыт", phone="8 (000)"
    )
    CustomerAccount.objects.update(branch="tagil")
    in_transaction(define_topics, supplier_id=built.supplier_id, topics=load_preset("sesb").topics)
    in_transaction(
        grant_access, user_id=built.owner_id, supplier_id=built.supplier_id, number=built.number,
        evidence=Evidence.STAFF, actor_id=None, now=NOW,
    )  # fmt: skip
    return built


def write(town: Town, appeal: Appeal = WORDS, *, key: str = "k1", user: int = 0, now=NOW) -> str:
    return operations.open_ticket(
        user_id=user or town.owner_id, supplier_id=town.supplier_id, appeal=appeal, key=key, now=now
    )


def act(town: Town, verb, number: str, *, user: int = 0, now=NOW, **more) -> None:
    verb(
        user_id=user or town.owner_id, supplier_id=town.supplier_id, number=number, now=now, **more
    )


def add(town: Town, number: str, text: str, *, key: str = "a1", now=NOW) -> None:
    act(town, operations.add_to_ticket, number, text=text, files=[], key=key, now=now)


def staff(town: Town, verb, number: str, *, branches=EVERYWHERE, now=NOW, **more):
    return verb(
        actor_id=town.stranger_id, supplier_id=town.supplier_id, branches=branches,
        number=number, now=now, **more,
    )  # fmt: skip


def answer(town: Town, number: str, text: str = "Внесли.", *, key: str = "r1", now=NOW) -> None:
    staff(town, operations.answer_ticket, number, text=text, files=[], key=key, now=now)


def own(town: Town, number: str):
    return queries.own_ticket(user_id=town.owner_id, supplier_id=town.supplier_id, number=number)


def test_an_appeal_has_a_number_a_department_a_branch_and_a_day(town: Town):
    number = write(town, replace(WORDS, account=town.number, fact="no-meters"))
    assert number == "2026-00001"
    found = own(town, number)
    assert found.line.department == "Отдел учёта"
    assert (found.branch, found.branch_phone) == ("Нижнетагильский сбыт", "8 (000)")
    assert found.line.answer_by == date(2026, 12, 1), "five working days of the topic"
    assert found.line.about == "В кабинете нет счётчика, а он стоит"
    assert found.account_number == town.number
    assert found.said[0].text == "В кабинете нет счётчика, карта ••••1111"
    assert not Reply.objects.filter(text__contains="4111").exists()


def test_the_author_is_told_and_the_letter_gives_nothing_away(town: Town):
    number = write(town, replace(WORDS, account=town.number))
    letter = Message.objects.get()
    assert letter.recipient == "anna.home@ya.ru"
    assert number in letter.subject
    assert "1\u00a0декабря" in letter.body
    for private in ("счётчика", town.number, "Бекетова", "1111"):
        assert private not in letter.subject + letter.body.replace("моих счётчиков", "")
    assert JournalEntry.objects.filter(action="ticket_open", actor_id=town.owner_id).exists()


def test_pressing_twice_writes_once_and_spends_one_number(town: Town):
    assert write(town) == write(town)
    assert write(town, key="k2") == "2026-00002"
    assert Ticket.objects.count() == 2
    assert Message.objects.count() == 2


def test_a_refused_appeal_spends_no_number(town: Town):
    with pytest.raises(NotFound):
        write(town, replace(WORDS, topic="none"))
    with pytest.raises(NotFound):
        write(town, replace(WORDS, account=town.number), user=town.stranger_id)
    with pytest.raises(UnfitText):
        write(town, replace(WORDS, text=" \r\n"))
    with pytest.raises(UnfitText):
        write(town, replace(WORDS, text="я" * 5001))
    with pytest.raises(UnfitFile):
        write(town, replace(WORDS, files=[SentFile("x.exe", b"MZ")]))
    with pytest.raises(Refusal):
        write(town, replace(WORDS, files=[SentFile("x.pdf", b"%PDF-")] * 6))
    assert not Ticket.objects.exists()
    assert write(town) == "2026-00001"


def test_each_year_and_each_supplier_counts_anew(town: Town):
    write(town)
    # Already the next year by the clock of Yekaterinburg.
    assert (
        write(town, key="k2", now=NOW.replace(month=12, day=31, hour=19, minute=30)) == "2027-00001"
    )
    assert TicketSeries.objects.count() == 2


def test_nobody_writes_endlessly(town: Town):
    for at in range(20):
        write(town, key=f"many{at}")
    with pytest.raises(TooMany):
        write(town, key="more")
    assert write(town, key="more", now=NOW + timedelta(days=1, seconds=1))


def test_another_persons_appeal_does_not_exist(town: Town):
    number = write(town)
    with pytest.raises(NotFound):
        queries.own_ticket(user_id=town.stranger_id, supplier_id=town.supplier_id, number=number)
    for verb, more in (
        (operations.add_to_ticket, {"text": "x", "files": [], "key": "z"}),
        (operations.withdraw_ticket, {}),
        (operations.close_ticket, {"mark": 5}),
        (operations.reopen_ticket, {}),
    ):
        with pytest.raises(NotFound):
            act(town, verb, number, user=town.stranger_id, **more)
    assert own(town, number).line.state is TicketState.NEW


def test_an_appeal_is_answered_marked_and_closed(town: Town):
    number = write(town)
    staff(town, operations.take_ticket, number)
    assert own(town, number).line.state is TicketState.IN_WORK
    answer(town, number)
    answer(town, number)
    found = own(town, number)
    assert found.line.state is TicketState.ANSWERED
    assert [said.own for said in found.said] == [True, False], "the same form answers once"
    assert found.said[1].who == "Отдел учёта"
    assert Message.objects.filter(kind="ticket_answered").count() == 1
    act(town, operations.close_ticket, number, mark=4)
    closed = own(town, number)
    assert (closed.line.state, closed.mark) == (TicketState.CLOSED, 4)
    with pytest.raises(WrongMoment):
        answer(town, number, key="r2")


def test_an_appeal_is_not_closed_before_its_answer_nor_withdrawn_after(town: Town):
    number = write(town)
    with pytest.raises(WrongMoment):
        act(town, operations.close_ticket, number, mark=5)
    assert own(town, number).mark is None
    answer(town, number)
    with pytest.raises(WrongMoment):
        act(town, operations.withdraw_ticket, number)
    with pytest.raises(Refusal):
        act(town, operations.close_ticket, number, mark=6)


def test_a_withdrawn_appeal_has_ended(town: Town):
    number = write(town)
    act(town, operations.withdraw_ticket, number)
    for verb in (lambda: answer(town, number), lambda: add(town, number, "ещё")):
        with pytest.raises(WrongMoment):
            verb()
    assert own(town, number).line.state is TicketState.WITHDRAWN


def test_a_disputed_answer_comes_back_to_work_with_a_new_term(town: Town):
    number = write(town)
    answer(town, number)
    later = NOW + timedelta(days=6)
    add(town, number, "Счётчика по-прежнему нет", now=later)
    found = own(town, number)
    assert found.line.state is TicketState.IN_WORK
    assert found.line.answer_by == date(2026, 12, 7)
    assert found.answered_at is None


def test_a_closed_appeal_is_returned_within_thirty_days(town: Town):
    number = write(town)
    answer(town, number)
    act(town, operations.close_ticket, number, mark=2)
    with pytest.raises(WrongMoment):
        act(town, operations.reopen_ticket, number, now=NOW + timedelta(days=31))
    act(town, operations.reopen_ticket, number, now=NOW + timedelta(days=30))
    found = own(town, number)
    assert (found.line.state, found.mark, found.ended_at) == (TicketState.IN_WORK, None, None)


def test_a_question_to_the_author_waits_for_them(town: Town):
    number = write(town)
    staff(town, operations.ask_author, number, text="Какой номер?", files=[], key="q1")
    found = own(town, number)
    assert found.line.state is TicketState.WAITING
    assert found.line.answer_by == date(2026, 12, 1), "the law's term does not wait"
    assert Message.objects.filter(kind="ticket_asked").exists()
    add(town, number, "№ 18177260")
    assert own(town, number).line.state is TicketState.IN_WORK


def test_an_appeal_is_passed_to_another_department(town: Town):
    number = write(town)
    staff(town, operations.route_ticket, number, topic="bill")
    found = own(town, number)
    assert found.line.department == "Отдел расчётов"
    assert found.line.answer_by == date(2026, 12, 1)
    assert found.course[-1].note == "Отдел расчётов"
    with pytest.raises(NotFound):
        staff(town, operations.route_ticket, number, topic="none")


def test_staff_see_the_appeals_of_their_branches_alone_and_each_look_is_kept(town: Town):
    about = write(town, replace(WORDS, account=town.number))
    nowhere = write(town, key="k2")
    here, there = frozenset({"tagil"}), frozenset({"ekb"})
    seen = queries.queue(supplier_id=town.supplier_id, branches=here)
    assert [line.number for line in seen] == [about]
    assert not queries.queue(supplier_id=town.supplier_id, branches=there)
    assert len(queries.queue(supplier_id=town.supplier_id, branches=None)) == 2
    staff(town, operations.look_at_ticket, about, branches=here)
    look = JournalEntry.objects.get(action="ticket_viewed")
    assert (look.actor_id, look.details) == (town.stranger_id, {"number": about})
    for number, branches in ((about, there), (nowhere, here)):
        with pytest.raises(NotFound):
            staff(town, operations.look_at_ticket, number, branches=branches)
        with pytest.raises(NotFound):
            staff(town, operations.take_ticket, number, branches=branches)


def test_the_most_urgent_stands_first_in_the_queue(town: Town):
    slow = write(town, replace(WORDS, topic="suggestion"))
    quick = write(town, replace(WORDS, topic="fault"), key="k2")
    queue = queries.queue(supplier_id=town.supplier_id, branches=None)
    assert [line.number for line in queue] == [quick, slow]


def test_files_go_with_their_message(town: Town):
    pdf = SentFile("акт.pdf", b"%PDF-1.7\n%%EOF\n")
    number = write(town, replace(WORDS, files=[pdf]))
    other = write(town, key="k2")
    (file,) = own(town, number).said[0].files
    assert operations.read_file(ticket=own(town, number), uuid=file.uuid)[1] == pdf.content
    with pytest.raises(NotFound):
        operations.read_file(ticket=own(town, other), uuid=file.uuid)


def test_an_author_without_a_mailbox_is_told_by_sms_without_details(town: Town):
    from abonent.domain.identity.operations import register_user

    person = in_transaction(
        register_user, full_name="Пётр", email="", phone="+79000000177", password=None,
        actor_id=None, now=NOW,
    )  # fmt: skip
    write(town, user=person)
    told = Message.objects.get()
    assert (told.channel, told.recipient) == ("sms", "+79000000177")
    assert "счётчик" not in told.body
