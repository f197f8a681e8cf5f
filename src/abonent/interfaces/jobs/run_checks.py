"""The checks of a drafted month as ``abonent bill`` tells them on standard error."""

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import counted, grouped, quantity
from abonent.domain.billing.queries.checks import Move, RunChecks, Strange, StrangeBill
from abonent.domain.billing.queries.oddities import OddService
from abonent.domain.billing.rules.anomalies import Oddity
from abonent.domain.billing.rules.paper import shown_volume
from abonent.domain.billing.rules.words import PROBLEM_TEXTS, Problem
from abonent.domain.metering.rules import ZONE_NAMES, Zone
from abonent.domain.suppliers.rules import UNIT_NAMES

ACCOUNTS = ("лицевой счёт", "лицевых счёта", "лицевых счетов")
SERVICES = ("услуга", "услуги", "услуг")
ODD_TEXTS = {
    Oddity.MUCH: "Расход по счётчику в десять и более раз больше обычного",
    Oddity.STOPPED: "Одна зона счётчика ничего не насчитала, а обычно считает",
    Oddity.NOTHING: "Счётчик ничего не насчитал там, где живут",
}
STRANGE_TEXTS = {
    Strange.MUCH: "В пять и более раз больше прошлого месяца или обычного",
    Strange.NEGATIVE: "Начислено меньше нуля",
    Strange.ZERO: "Начислен ноль там, где живут",
    Strange.VANISHED: "В прошлом месяце начислили, а сейчас ни одной строки",
}


def checks_in_words(checks: RunChecks) -> list[str]:
    """Return the lines of the summary."""
    rows = [f"Проверка перед публикацией, {checks.period}:", f"  {_proof(checks)}"]
    if checks.before is None:
        rows.append("  Прошлого опубликованного месяца нет: сравнить не с чем.")
    else:
        rows.append(f"  Против {checks.before}: {_move(checks.total)}")
        moves = [move for move in checks.services if move.now or move.before]
        rows += [f"    {move.name}: {_move(move)}" for move in moves]
        if checks.penalty.now or checks.penalty.before:
            rows.append(f"    Пени: {_move(checks.penalty)}")
    for group in checks.strange:
        rows.append(f"  {STRANGE_TEXTS[group.kind]}: {counted(group.count, ACCOUNTS)}")
        rows += [f"    {_strange(bill)}" for bill in group.bills]
        if group.count > len(group.bills):
            rows.append(f"    … и ещё {grouped(group.count - len(group.bills))}")
    if not checks.strange:
        rows.append("  Необычных счетов нет.")
    for odd in checks.odd:
        rows.append(f"  {ODD_TEXTS[odd.oddity]}: {counted(odd.count, SERVICES)}")
        rows += [f"    {_odd(one)}" for one in odd.services]
        if odd.count > len(odd.services):
            rows.append(f"    … и ещё {grouped(odd.count - len(odd.services))}")
    for left in checks.left_out:
        rows.append(f"  Не начислено, {_reason(left.problem)}: {counted(left.accounts, ACCOUNTS)}")
    return rows


def _proof(checks: RunChecks) -> str:
    """Say that lines and bills agree, or how many bills do not."""
    if checks.unproven:
        return f"СУММЫ НЕ СХОДЯТСЯ: счетов, которые не равны своим строкам, {checks.unproven}"
    return (
        f"Суммы сходятся: в счетах ({grouped(checks.bills)}) и в строках "
        f"({grouped(checks.lines)}) по {_money(checks.lines_total)}"
    )


def _move(move: Move) -> str:
    """Write a sum beside the one before it."""
    grown = move.now - move.before
    words = f"{_money(move.now)}, было {_money(move.before)}"
    if grown == 0:
        return f"{words}, столько же"
    sign = "+" if grown > 0 else ""
    percent = move.percent
    share = "" if percent is None else f" ({sign}{grouped(percent)}{NO_BREAK}%)"
    return f"{words}, {sign}{_money(grown)}{share}"


def _reason(problem: Problem) -> str:
    """Return the cause of being left out without its parameter and remedy: those come by name."""
    return PROBLEM_TEXTS[problem].format(parameter="…").partition(";")[0]


def _strange(bill: StrangeBill) -> str:
    words = f"Лицевой счёт {bill.account}: {_money(bill.now)}"
    if bill.before is not None:
        words = f"{words}, в прошлом месяце {_money(bill.before)}"
    if bill.usual is not None:
        words = f"{words}, обычно {_money(bill.usual)}"
    return words


def _odd(one: OddService) -> str:
    """Say what a meter counted in the month, and what it usually counts."""
    zone = one.anomaly.zone
    place = "" if zone in {"", Zone.SINGLE} else f" ({ZONE_NAMES[Zone(zone)].lower()})"
    used, usual = (
        quantity(shown_volume(volume, one.service.unit), UNIT_NAMES[one.service.unit])
        for volume in (one.anomaly.used, one.anomaly.usual)
    )
    return f"Лицевой счёт {one.account}, {one.service.name}{place}: {used}, обычно {usual}"


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{NO_BREAK}₽"
