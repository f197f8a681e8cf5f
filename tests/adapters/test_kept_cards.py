"""Kept cards, at every acquirer: kept when asked, charged once, struck out; never in what is kept."""

from dataclasses import replace

import pytest

from abonent.common.periods import Period
from abonent.domain.payments.ports import CardUse, NotDone, Seen, Standing, Unknown, card_book
from bank_simulator import kept
from bank_simulator.faults import Fault
from banks import OPENING, ORDER, QUICK, again, other
from paying import CODE

# Whoever brings the order himself leaves no card with the shop.
pytestmark = pytest.mark.parametrize("at_bank", OPENING, indirect=True)
KEEPER = ORDER.number
CHARGE_PATHS = {
    "yookassa": "/v3/payments", "tbank": "/v2/Charge", "rbs": "*/paymentOrderBinding.do",
}  # fmt: skip


@pytest.fixture
def acquirer(at_bank):
    return at_bank.kind.adapter()


def keep(acquirer, at_bank):
    """Pay at the page with the wish to keep the card; return what charges it."""
    order = again(card_use=CardUse.KEEP, keeper=KEEPER)
    opened = acquirer.create(order, seconds=QUICK)
    assert isinstance(opened, Seen), opened
    at_bank.simulator.payer(opened.provider_id, act="pay")
    return acquirer.state(order, opened.provider_id, seconds=QUICK).kept


def charge_of(token, place=1, use=CardUse.BY_PAYER):
    return replace(other(place), card_use=use, keeper=KEEPER, token=token, amount=50_000)


def spoil(at_bank, token, refusal):
    at_bank.simulator.spoil_saved(token, refusal=refusal)


def captured(at_bank):
    return sorted(one["amount"] for one in at_bank.operations("captured"))


def test_a_card_is_kept_only_when_that_was_asked(acquirer, at_bank):
    opened = acquirer.create(ORDER, seconds=QUICK)
    at_bank.simulator.payer(opened.provider_id, act="pay")
    assert acquirer.state(ORDER, opened.provider_id, seconds=QUICK).kept is None
    assert at_bank.simulator.truth()["cards"] == []


def test_a_kept_card_is_shown_with_its_last_digits_and_its_last_month(acquirer, at_bank):
    card = keep(acquirer, at_bank)
    assert (card.card, card.expires) == ("5555 55•• •••• 4477", Period(2030, 12))
    assert card.token


@pytest.mark.parametrize("use", [CardUse.BY_PAYER, CardUse.BY_AUTOPAY])
def test_a_kept_card_is_charged_without_a_page_and_once(acquirer, at_bank, use):
    order = charge_of(keep(acquirer, at_bank).token, use=use)
    paid = acquirer.create(order, seconds=QUICK)
    assert isinstance(paid, Seen), paid
    assert (paid.standing, paid.amount, paid.number) == (Standing.PAID, 50_000, order.number)
    assert paid.confirmation_url == ""
    acquirer.create(order, seconds=QUICK)
    assert captured(at_bank) == [50_000, 128_493]


def test_what_charges_a_card_is_in_nothing_that_is_kept(acquirer, at_bank):
    token = keep(acquirer, at_bank).token
    order = charge_of(token)
    answer = acquirer.create(order, seconds=QUICK)
    assert token not in answer.exchange.request
    assert token not in str(order.as_json())
    assert token not in repr(order)


@pytest.mark.parametrize("refusal", ["insufficient_funds", "3d_secure_failed"])
def test_a_refused_charge_is_an_end(acquirer, at_bank, refusal):
    token = keep(acquirer, at_bank).token
    spoil(at_bank, token, refusal)
    order = charge_of(token)
    answer = acquirer.create(order, seconds=QUICK)
    assert (answer.standing, answer.reason) == (Standing.DECLINED, refusal)
    told = acquirer.state(order, answer.provider_id, seconds=QUICK)
    assert told.standing == Standing.DECLINED
    assert captured(at_bank) == [128_493]


def test_a_card_whose_owner_took_the_permission_back_is_told_apart(acquirer, at_bank):
    token = keep(acquirer, at_bank).token
    spoil(at_bank, token, "permission_revoked")
    answer = acquirer.create(charge_of(token), seconds=QUICK)
    assert answer.reason == "permission_revoked"
    assert isinstance(answer, NotDone) or answer.standing == Standing.DECLINED


@pytest.mark.parametrize("kind", ["reset", "500", "garbage"])
@pytest.mark.parametrize("where", ["before", "after"])
def test_silence_about_a_charge_is_unknown_and_is_looked_up(acquirer, at_bank, kind, where):
    order = charge_of(keep(acquirer, at_bank).token)
    at_bank.simulator.fault(Fault(where, kind, path=CHARGE_PATHS[at_bank.channel]))
    answer = acquirer.create(order, seconds=QUICK)
    found = acquirer.find(order, seconds=QUICK)
    if where == "after":
        assert found.standing == Standing.PAID
    else:
        # Nothing was charged: at some banks the order stands open, and nobody has its page.
        assert isinstance(found, NotDone) or found.standing == Standing.PENDING
    assert isinstance(answer, Unknown) or answer.standing == found.standing
    # Whoever asks once more takes the money once.
    assert acquirer.create(order, seconds=QUICK).standing == Standing.PAID
    assert captured(at_bank) == [50_000, 128_493]


def test_a_kept_card_is_struck_out_at_the_bank(acquirer, at_bank):
    book = card_book(at_bank.channel)
    token = keep(acquirer, at_bank).token
    if book is None:
        assert at_bank.channel == "yookassa"
        return
    assert book.forget(KEEPER, supplier_code=CODE, seconds=QUICK) is None
    assert [bool(one["removed_at"]) for one in at_bank.simulator.truth()["cards"]] == [True]
    answer = acquirer.create(charge_of(token), seconds=QUICK)
    assert answer.reason == "permission_revoked"
    # Striking out what is not there any more is done as well.
    assert book.forget(KEEPER, supplier_code=CODE, seconds=QUICK) is None


def test_a_silent_bank_has_not_struck_a_card_out(acquirer, at_bank):
    book = card_book(at_bank.channel)
    if book is None:
        return
    keep(acquirer, at_bank)
    at_bank.simulator.fault(Fault("before", "500", path="*"))
    assert book.forget(KEEPER, supplier_code=CODE, seconds=QUICK) is not None
    with at_bank.simulator.bank.work():
        assert kept.kept_under(at_bank.simulator.bank, KEEPER, shop=at_bank.kind.shop)
