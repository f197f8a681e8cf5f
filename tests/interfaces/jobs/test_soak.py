"""``abonent soak``: the seed decides everything, every point gets its death, nothing wrong is missed."""

import re
from collections import Counter
from pathlib import Path

import pytest

import abonent
from abonent.interfaces.jobs.soak import verdict
from abonent.interfaces.jobs.soak.network import Deal
from abonent.interfaces.jobs.soak.plan import POINTS, STAFF, Act, draw_round, with_full_disk
from abonent.interfaces.jobs.soak.town import (
    NotASmallDisk,
    NotForPeople,
    next_code,
    refuse_real_disk,
)
from commands import run
from paying import make_world

SOURCE = Path(abonent.__file__).parent
ROUNDS = 20


def steps(seed=1):
    return [step for place in range(ROUNDS) for step in draw_round(seed, place)]


def test_a_seed_replays_every_decision_and_another_decides_otherwise():
    assert draw_round(7, 3) == draw_round(7, 3)
    assert draw_round(7, 3) != draw_round(8, 3)
    assert draw_round(7, 3) != draw_round(7, 4)


def test_every_point_of_the_money_paths_gets_its_death():
    named = set()
    for path in SOURCE.rglob("*.py"):
        named |= set(re.findall(r'crash_point\("([a-z_.]+)"\)', path.read_text(encoding="utf-8")))
    # Months, files, papers and autopayments are the work of other commands and jobs than these:
    # tests/crash kills those.
    paths = {"pay", "webhook", "worker", "message", "terminal", "refund", "receipt"}
    of_money = {name for name in named if name.partition(".")[0] in paths}
    assert {point for _, point in POINTS} == of_money
    ordered = {(step.word, step.more) for step in steps() if step.act == Act.ORDER}
    ordered |= {(STAFF, step.more) for step in steps() if step.act == Act.REFUND}
    assert ordered >= set(POINTS)


def test_no_two_payments_of_a_run_have_the_same_sum():
    sums = Counter(step.kopecks for step in steps() if step.act == Act.PAY)
    assert set(sums.values()) == {1}


def test_everything_that_may_happen_happens():
    assert {step.act for step in steps()} == set(Act) - {Act.DISK}
    assert {step.word for step in steps() if step.act == Act.DATABASE} == {
        "fast", "immediate", "kill",
    }  # fmt: skip


def test_a_disk_fills_while_terminals_pay_and_never_a_real_one(tmp_path):
    steps = draw_round(7, 3)
    full = with_full_disk(steps)
    assert tuple(step for step in full if step.act != Act.DISK) == steps
    acts = [step.act for step in full]
    assert acts[acts.index(Act.CROWD) + 1] == Act.DISK
    with pytest.raises(NotASmallDisk, match="отдельный маленький том"):
        refuse_real_disk(tmp_path)


def test_what_is_lost_doubled_or_invented_is_told():
    truth = [("a", 100), ("b", 200)]
    assert verdict._apart("payment", truth, [("b", 200), ("a", 100)]) == []
    assert verdict._apart("payment", truth, [("a", 100)]) == ["payment lost: b 200"]
    assert verdict._apart("payment", truth, [*truth, ("b", 200)]) == [
        "payment doubled or invented: b 200"
    ]
    assert verdict._apart("payment", truth, [("a", 101), ("b", 200)]) == [
        "payment lost: a 100", "payment doubled or invented: a 101",
    ]  # fmt: skip


def test_a_cancellation_may_overtake_its_payment_but_not_double_it():
    gone, kept = (Deal(number, 100, outcome) for number, outcome in
                  (("a", "cancelled"), ("b", "paid")))  # fmt: skip
    for ours, told in (
        ([("b", 100)], []),
        ([("a", 100), ("b", 100)], []),
        ([("a", 100)], ["terminal lost: b 100"]),
        ([("a", 100), ("a", 100), ("b", 100)], ["terminal doubled or invented: a 100"]),
    ):
        assert verdict._apart("terminal", *verdict._taken([gone, kept], ours)) == told


@pytest.mark.django_db
def test_a_database_in_which_people_work_is_refused():
    assert next_code() == "soak1"
    make_world()
    with pytest.raises(NotForPeople):
        next_code()
    code, _, err = run("soak", "--minutes", "0")
    assert code == 1
    assert "пустую папку" in err
