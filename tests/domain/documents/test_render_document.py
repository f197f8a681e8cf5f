import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.documents import operations, queries
from abonent.domain.documents.queries import DocumentView
from abonent.domain.documents.rules import BillPaper, DocumentKind
from abonent.domain.documents.rules.code import authenticity_code, normal_code
from domain.documents.papers import OCTOBER, OCTOBER_BILL

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def render(
    data: BillPaper = OCTOBER_BILL, supplier_id: int = 1, subject: str = "account:7"
) -> DocumentView:
    return operations.render(
        supplier_id=supplier_id, kind=DocumentKind.BILL, subject=subject, data=data, now=NOW
    )


def test_a_bill_is_rendered_once_and_kept_as_it_was() -> None:
    first = render()
    again = render(replace(OCTOBER_BILL, due=1))
    assert again == first
    file = queries.open_document(
        supplier_id=1, kind=DocumentKind.BILL, subject="account:7", period=OCTOBER
    )
    assert file.view == first
    assert file.content.startswith(b"%PDF-1.")
    assert hashlib.sha256(file.content).hexdigest() == first.sha256
    assert len(file.content) == first.size
    assert (first.amount, first.rendered_at) == (519826, NOW)
    assert first.title.startswith("Счёт за октябрь")


def test_documents_of_a_subject_come_newest_first_and_no_others() -> None:
    render()
    render(replace(OCTOBER_BILL, period=Period(2026, 9)))
    render(subject="account:8")
    render(supplier_id=2)
    found = queries.documents_of(supplier_id=1, kind=DocumentKind.BILL, subject="account:7")
    assert [document.period for document in found] == [OCTOBER, Period(2026, 9)]


def test_each_document_has_a_code_of_its_own_by_which_it_is_found() -> None:
    mine, other = render(), render(subject="account:8")
    assert mine.code != other.code
    typed = mine.code.lower().replace("-", " ")
    assert queries.check_document(supplier_id=1, code=typed) == mine


def test_a_code_of_another_supplier_and_a_wrong_one_are_refused_alike() -> None:
    mine = render()
    for supplier_id, code in ((2, mine.code), (1, "0000-0000-0000"), (1, "")):
        with pytest.raises(NotFound) as refusal:
            queries.check_document(supplier_id=supplier_id, code=code)
        assert "Проверьте код" in refusal.value.text


def test_what_is_not_kept_cannot_be_opened() -> None:
    with pytest.raises(NotFound):
        queries.open_document(
            supplier_id=1, kind=DocumentKind.BILL, subject="account:7", period=OCTOBER
        )


def test_a_code_is_read_as_people_type_it() -> None:
    code = authenticity_code(bytes(range(32)))
    assert len(code) == 14
    assert normal_code(code.lower()) == code
    assert normal_code("7f3а 91с2-5do4") == "7F3A-91C2-5D04"
    assert normal_code("il0o") == "1100"
