"""The sentence behind an estimate: why, how long, and what the resident can do. Pure."""

import json
from typing import Any

from abonent.common.words import plural
from abonent.domain.billing.rules.estimates import LIMIT
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.tariffs.rules import MULTIPLIER

ORDER = ("", "первый", "второй", "третий", "четвёртый", "пятый", "шестой")
COUNT = ("", "один", "два", "три")
MONTHS = ("месяц", "месяца", "месяцев")
REMEDY = {
    "readings": "Передайте показания – пересчитаем.",
    "fault": "Поверьте или замените счётчик и сообщите нам – снова будем считать по нему.",
    "access": "Договоритесь с нами о проверке счётчика – после неё снова будем считать по нему.",
}
# When nothing that was billed is counted anew (late_reading_recalc), nothing is promised.
ONWARD = "Передайте показания – дальше будем считать по счётчику."
WHY = {
    "fault": "Счётчик неисправен, снят или у него истёк срок поверки",
    "access": "Контролёр не смог проверить счётчик",
}


def is_estimate(line: LineView) -> bool:
    """Tell whether a line may rest on an average or on the norm that follows it."""
    return '"e":' in line.basis or '"share":' in line.basis


def estimate_note(line: LineView, policy: str) -> str:
    """Return why a line rests on an average or, after it, on the norm; else nothing.

    ``policy``: late_reading_recalc of the service, what a later reading counts anew.
    """
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    estimated = next((one for one in basis.get("readings", []) if "e" in one), None)
    if estimated is not None:
        return _by_average(estimated["e"], int(estimated["k"]), estimated, policy)
    share = basis.get("share")
    if not share or "cause" not in share:
        return ""
    return _by_norm(share["cause"], line, policy)


def _by_average(cause: str, k: int, estimated: dict[str, Any], policy: str) -> str:
    left = int(estimated.get("lim", LIMIT)) - k
    then = "по нормативу" if cause == "readings" else "по нормативу с повышающим коэффициентом"
    if left > 0:
        count = COUNT[left] if left < len(COUNT) else str(left)
        after = f"ещё {count} {plural(left, MONTHS)} – и будет {then}"
    else:
        after = f"со следующего месяца будет {then}"
    remedy = ONWARD if cause == "readings" and policy == "none" else REMEDY[cause]
    return f"{_quiet(cause, k)} Начислено по среднему; {after}. {remedy}"


def _quiet(cause: str, k: int) -> str:
    """Say what keeps the meter silent, and since when."""
    month = f"{ORDER[k] if k < len(ORDER) else f'{k}-й'} месяц"
    if cause == "readings":
        return f"Показаний не было{f' {month}' if k > 1 else ''}."
    return f"{WHY[cause]}: {month}."


def _by_norm(cause: str, line: LineView, policy: str) -> str:
    if cause == "readings":
        remedy = REMEDY[cause] if policy == "full" else ONWARD
        return (
            "Показаний не было слишком долго, или их ещё не хватает для среднего. "
            f"Начислено по нормативу. {remedy}"
        )
    times = f"{line.multiplier / MULTIPLIER:g}".replace(".", ",")
    raised = f" с повышающим коэффициентом {times}" if line.multiplier != MULTIPLIER else ""
    return f"{WHY[cause]} слишком долго. Начислено по нормативу{raised}. {REMEDY[cause]}"
