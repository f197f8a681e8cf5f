"""A payer at each bank's own page, and its notices at our door: told as a story over HTTP."""

import re
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Notice
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.notices import Outcome
from bank_simulator.protocols.rbs import RbsWays
from bank_simulator.simulator import Options
from banks import KINDS, counter, outcomes
from paying import CODE, NOW, RETURN_URL, posted_for

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY, GOOD = (
    {"number": number, "validity": "12/30", "code": "321"}
    for number in ("5555 5555 5555 4600", "5555 5555 5555 4477")
)


@contextmanager
def told_by(kind, settings, live_server, options=None):
    """Open the bank with our door as the address of its notices."""
    hook = f"{live_server.url}/api/callbacks/{KINDS[kind].channel}/{CODE}/"
    with counter(KINDS[kind], settings, hook=hook, options=options) as at_bank:
        yield at_bank


class Payer:
    """Somebody at the bank's page, step by step."""

    def __init__(self, page):
        self.page = page

    def reads(self, step=""):
        return httpx.get(f"{self.page}{step}", trust_env=False).text

    def sends(self, step, form):
        return httpx.post(f"{self.page}{step}", data=form, trust_env=False)

    def shows(self, card):
        return self.sends("/card", card)

    def types_the_code(self, wrong=""):
        code = re.search(r'class="code">(\d{6})<', self.reads("/code"))[1]
        return self.sends("/code", {"code": wrong or code})


def work():
    for notice in Notice.objects.filter(handled_at__isnull=True).order_by("pk"):
        operations.handle_notice(notice_id=notice.pk, now=NOW)


def state(view):
    return queries.view_of(view.id).state


def returned_to(view):
    return RETURN_URL.replace("{payment}", str(view.uuid))


def test_at_tbank_the_second_card_pays_and_we_hear_before_the_payer_is_back(
    world, settings, live_server
):
    with told_by("tbank", settings, live_server) as at_bank:
        view = world.pay(128_493)
        payer = Payer(view.confirmation_url)
        assert "1\u00a0284,93\u00a0₽" in payer.reads()
        assert payer.shows(EMPTY).headers["Location"] == f"/pay/{view.external_id}"
        assert "На карте не хватает денег. Попробуйте другую карту." in payer.reads()
        # The bank has told of the refusal already; the payment goes on waiting.
        work()
        assert outcomes() == [Outcome.NOTED]
        assert state(view) == PaymentState.AWAITING

        assert payer.shows(GOOD).headers["Location"].endswith("/code")
        assert payer.types_the_code(wrong="000000").status_code == 422
        back = payer.types_the_code()
        assert (back.status_code, back.headers["Location"]) == (303, returned_to(view))
        # Nothing was asked to deliver: this bank tells before it lets the payer go.
        told = at_bank.simulator.truth()["notifications"]
        assert [one["state"] for one in told] == ["delivered", "delivered"]
        assert told[-1]["deliveries"][0]["answer"] == "OK"
        work()
        assert posted_for(view) == [128_493]
        assert at_bank.simulator.deliver_due() == []


@pytest.mark.parametrize("by", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["rbs", "rbs by forms"])
def test_at_the_engine_the_payer_is_back_before_its_notice(world, settings, live_server, kind, by):
    options = Options(rbs=RbsWays(notices_by=by))
    with told_by(kind, settings, live_server, options) as at_bank:
        view = world.pay(128_493)
        payer = Payer(view.confirmation_url)
        assert payer.shows(GOOD).headers["Location"].endswith("/code")
        back = payer.types_the_code()
        assert back.headers["Location"].startswith(returned_to(view))
        assert not Notice.objects.exists()
        # The return page asks by itself and does not wait for anybody's notice.
        shown = operations.check_payment(
            user_id=world.anna.pk,
            supplier_id=world.supplier.pk,
            payment_uuid=view.uuid,
            now=NOW + timedelta(minutes=1),
        )
        assert (shown.state, shown.card) == (PaymentState.CAPTURED, "5555 55•• •••• 4477")
        assert [one.status for one in at_bank.simulator.deliver_due()] == [200]
        work()
        assert outcomes() == [Outcome.REPEATED]
        assert posted_for(view) == [128_493]


def test_a_payer_who_closed_the_page_may_come_back_to_it(world, settings, live_server):
    for kind in ("tbank", "rbs"):
        with told_by(kind, settings, live_server):
            view = world.pay(128_493, start=operations.start_another_payment)
            payer = Payer(view.confirmation_url)
            closed = payer.sends("/close", {})
            assert closed.headers["Location"].startswith(returned_to(view))
            operations.settle_payment(payment_id=view.id, now=NOW)
            again = queries.view_of(view.id)
            assert (again.state, again.confirmation_url) == (PaymentState.AWAITING, payer.page)
            payer.shows(GOOD)
            payer.types_the_code()
            operations.settle_payment(payment_id=view.id, now=NOW)
            assert posted_for(view) == [128_493]


def test_a_forged_word_by_get_is_kept_and_moves_nothing(world, settings, live_server):
    with told_by("rbs", settings, live_server) as at_bank:
        view = world.pay()
        at_bank.simulator.forge(view.external_id, lie="signature")
        assert [one.status for one in at_bank.simulator.deliver_due()] == [200]
        work()
        assert outcomes() == [Outcome.QUARANTINED]
        assert posted_for(view) == []
