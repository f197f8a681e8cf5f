"""One round carried out: people pay, the bank lies, processes die; then everything settles."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import httpx
from django.db import OperationalError, connection

from abonent.common.queue import defer
from abonent.interfaces.jobs.soak.house import (
    ABONENT,
    BETWEEN_LOOKS,
    LONGEST,
    PYTHON,
    House,
    NotRunning,
)
from abonent.interfaces.jobs.soak.network import Deal, Network
from abonent.interfaces.jobs.soak.plan import JANITOR, LINES, STAFF, Act, Step
from abonent.interfaces.jobs.soak.town import Payer, Town

T = TypeVar("T")

PRESSES = 12
BETWEEN_PRESSES = 0.5
# How long the disk stays full: several tries of whoever pays.
FULL_SECONDS = 15.0
TOKEN = "s" * 32
WAITING = """
SELECT count(*) FROM procrastinate_jobs
WHERE task_name = 'handle_notice' AND status IN ('todo', 'doing')
"""
GIVEABLE = """
SELECT p.id, p.amount, a.number FROM payments_payment p
JOIN accounts_customeraccount a ON a.id = p.account_id
WHERE p.supplier_id = %(supplier)s AND p.state = 'captured' AND p.kind = 'payment'
  AND p.asked IS NOT NULL
  AND NOT EXISTS (SELECT FROM payments_refund r WHERE r.payment_id = p.id) ORDER BY p.id
"""
# What the dead leave behind is seen at once, not after a minute and a half of silence.
SILENT = "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"


@dataclass
class Storm:
    """The rounds of one run; ``done`` counts what was done in all of them."""

    house: House
    town: Town
    terminals: Network
    done: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    # What a payer will do at the bank, by the sum of his payment.
    intents: dict[int, str] = field(default_factory=dict)
    cancelling: list[Deal] = field(default_factory=list)
    ordered: list[tuple[str, str]] = field(default_factory=list)
    giving_back: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the line to the bank's control."""
        self._bank = httpx.Client(base_url=self.house.bank, trust_env=False, timeout=60)

    def rage(self, steps: tuple[Step, ...]) -> None:
        """Carry the steps out in order: people side by side, deaths where they stand."""
        with ThreadPoolExecutor(LINES) as pool:
            acting: list[Future[None]] = []
            for step in steps:
                acting += [pool.submit(act) for act in self._acts(step)]
                self.house.revive()
            for one in acting:
                one.result()

    def settle(self) -> None:
        """Let everything end: orders are withdrawn, people finish, a virtual day passes."""
        for role, order in self.ordered:
            if role != JANITOR:
                self._note(role, order)
        self.house.revive()
        self._people_finish()
        self._queue_empties()
        self._staff_give_back()
        self._days_pass()
        for role, order in self.ordered:
            if role == JANITOR:
                self._note(role, order)
        self.ordered.clear()
        self.done["zombies"] += self.house.wake()
        self._queue_empties()

    def truth(self) -> dict[str, Any]:
        """Return what the bank really did."""
        answer: dict[str, Any] = self._bank.get("/_sim/truth").json()
        return answer

    def _acts(self, step: Step) -> list[Callable[[], None]]:
        """Do what is done at once; return what people will do meanwhile."""
        if step.act == Act.PAY:
            self.intents[step.kopecks] = step.word
            payer = self.town.payers[step.number % len(self.town.payers)]
            presses = 2 if step.more == "twice" else 1
            self.done["payments"] += 1
            return [partial(self._pay, payer, step)] * presses
        if step.act == Act.DEAL:
            payer = self.town.payers[step.number % len(self.town.payers)]
            deal = self._put_in(payer, step.kopecks)
            return [partial(self._deal, deal, step.word)]
        if step.act == Act.CROWD:
            payer = self.town.payers[0]
            deals = [self._put_in(payer, step.kopecks + at) for at in range(step.number)]
            self.done["on_one_account"] += step.number
            return [partial(self._tell, deals[line::LINES]) for line in range(LINES)]
        self._strike(step)
        return []

    def _strike(self, step: Step) -> None:
        if step.act == Act.FAULT:
            order = {
                "where": step.more,
                "kind": step.word,
                "match": {"path": f"{self.house.acquirer.base}/*"},
            }
            self._tell_bank("fault", order | {"seconds": 1.0})
        elif step.act == Act.NOTICES:
            lies = self.house.acquirer.lies
            lie = lies[step.number % len(lies)]
            what = {"drop": True, "forge": lie}.get(step.word, step.number)
            self._tell_bank("webhook", {step.word: what})
        elif step.act == Act.EARLY:
            self._tell_bank("webhook", {"before_create_answer": 1})
        elif step.act == Act.ORDER:
            self.house.order(step.word, step.more)
            self.ordered.append((step.word, step.more))
        elif step.act == Act.REFUND:
            self.giving_back.append(step)
        elif step.act == Act.KILL:
            self.house.kill(step.word)
        elif step.act == Act.DATABASE:
            self.house.restart_database(step.word)
        elif step.act == Act.DISK:
            self.house.fill_disk(FULL_SECONDS)
        self.done[str(step.act)] += 1

    def _pay(self, payer: Payer, step: Step) -> None:
        """Press the button until there is an answer, then do at the bank what was meant."""
        address = f"/{self.town.code}/accounts/{payer.number}/payments/another/"
        key = hashlib.md5(f"{self.town.code}:{step.kopecks}".encode(), usedforsecurity=False)
        form = {
            "csrfmiddlewaretoken": TOKEN,
            "key": key.hexdigest(),
            f"sum-{payer.number}": f"{step.kopecks // 100},{step.kopecks % 100:02d}",
        }
        cookies = {"sessionid": payer.session, "csrftoken": TOKEN}
        with httpx.Client(base_url=self.house.site, trust_env=False, timeout=50) as browser:
            browser.cookies.update(cookies)
            for _ in range(PRESSES):
                try:
                    answer = browser.post(address, data=form)
                except httpx.HTTPError:
                    answer = None
                if answer is not None and answer.is_redirect:
                    where = answer.headers["Location"]
                    if where.startswith(self.house.bank):
                        self._at_the_bank(where.rstrip("/").rpartition("/")[2], step.kopecks)
                    return
                self.done["pressed_again"] += 1
                time.sleep(BETWEEN_PRESSES)

    def _at_the_bank(self, operation: str, kopecks: int) -> None:
        act = self.intents.get(kopecks, "close")
        # A second press, or somebody who pays early, finds the payment ended: 400 is no matter.
        self._bank.post("/_sim/payer", json={"payment": operation, "act": act, "after": 300})

    def _put_in(self, payer: Payer, kopecks: int) -> Deal:
        self.done["deals"] += 1
        return self.terminals.put_in(payer.number, kopecks)

    def _tell(self, deals: list[Deal]) -> None:
        for deal in deals:
            self._until_final(deal)

    def _deal(self, deal: Deal, manner: str) -> None:
        """Tell of a deal in its manner; a broken line repeats when everything settles."""
        if manner == "cancel":
            self.cancelling.append(deal)
        if manner in {"hang_up", "at_once"}:
            self.terminals.act(deal, manner)
        self._until_final(deal)
        if manner in {"otherwise", "cancel"}:
            self.terminals.act(deal, manner)

    def _until_final(self, deal: Deal) -> None:
        for _ in range(PRESSES):
            if self.terminals.act(deal, "pay") != "open":
                return
            time.sleep(BETWEEN_PRESSES)

    def _people_finish(self) -> None:
        for one in self.truth()["payments"]:
            if one["state"] == "pending":
                self._at_the_bank(one["id"], one["amount"])
        for deal in self.terminals.deals:
            if deal.outcome == "open":
                self._until_final(deal)
        for deal in self.cancelling:
            for _ in range(PRESSES):
                if deal.outcome == "cancelled" or self.terminals.act(deal, "cancel") == "cancelled":
                    break
                time.sleep(BETWEEN_PRESSES)
        self.cancelling.clear()

    def _staff_give_back(self) -> None:
        """Give money back by the command; whoever died on the way asks once more."""
        for step in self.giving_back:
            left = self._rows(GIVEABLE, {"supplier": self.town.supplier_id})
            if not left:
                continue
            payment, amount, account = left[step.number % len(left)]
            kopecks = amount if step.word == "whole" else 1 + amount // 3
            told = (
                *ABONENT, "refund", "ask", "--supplier", self.town.code, "--by", self.town.clerk,
                "--payment", f"П-{payment}", "--account", account, "--why", "прогон",
                "--amount", f"{kopecks // 100},{kopecks % 100:02d}",
            )  # fmt: skip
            if step.more:
                self.house.order(STAFF, step.more)
            if self.house.run(STAFF, *told).returncode < 0:
                self.house.run(STAFF, *told)
            if step.more:
                self._note(STAFF, step.more)
        self.giving_back.clear()

    def _queue_empties(self) -> None:
        """Wait until every notice has been weighed; jobs of the dead come back by the sweeper."""
        deadline = time.monotonic() + LONGEST
        self._ask(SILENT)
        _patiently(lambda: defer("sweep_jobs", timestamp=0))
        while self._ask(WAITING):
            if time.monotonic() > deadline:
                raise NotRunning("Очередь не опустела. Посмотрите worker.log.")
            # An order may be obeyed after it was withdrawn: whoever had read it by then stops.
            if self.house.stopped_worker():
                self.done["stops"] += 1
                self.house.let_a_rival_work()
                self._ask(SILENT)
                _patiently(lambda: defer("sweep_jobs", timestamp=0))
            self.house.revive()
            time.sleep(BETWEEN_LOOKS)

    def _days_pass(self) -> None:
        for _ in range(5):
            ended = self.house.run(
                JANITOR, *PYTHON, "abonent.interfaces.jobs.soak.settling", self.house.bank
            )
            if ended.returncode == 0:
                return
            self.done["janitor_runs_ended"] += 1
        raise NotRunning("Дворник не дошёл до конца за пять попыток. Посмотрите janitor.log.")

    def _note(self, role: str, order: str) -> None:
        """Count an order that was obeyed; a later one of the same role overwrote an earlier."""
        if self.house.withdraw(role) != order:
            self.struck[f"{role} {order}"] += 1

    def _tell_bank(self, what: str, order: dict[str, Any]) -> None:
        self._bank.post(f"/_sim/{what}", json=order).raise_for_status()

    def _rows(self, statement: str, given: dict[str, int]) -> list[tuple[Any, ...]]:
        def asked() -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(statement, given)
                return list(cursor.fetchall())

        return _patiently(asked)

    def _ask(self, statement: str) -> int:
        def asked() -> int:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                row = cursor.fetchone() if cursor.description else None
                return int(row[0]) if row else 0

        return _patiently(asked)


def _patiently(act: Callable[[], T]) -> T:
    """Do it on a new connection if the old one died with the database."""
    try:
        return act()
    except OperationalError:
        connection.close()
        return act()
