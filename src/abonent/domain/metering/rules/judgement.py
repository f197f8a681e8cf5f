"""Is a reading believable? (RULES 1.5, 1.6, 4.2). Pure, one register at a time.

A wrong reading is refused with the remedy; a strange one is a question, not a refusal.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.words import counted
from abonent.domain.metering.rules import MICRO, ReadingQuality
from abonent.domain.metering.rules.consumption import ROLLOVER_FLOOR, ROLLOVER_SHARE, UNIT

QUESTION_TIMES = 3  # the usual volume: ask, and let staff look as well
# Without history: what a flat does not use in a month (RULES 4.2, 8), in whole units.
CAPS = {"electricity": 3_600 * UNIT, "cold_water": 60 * UNIT, "hot_water": 60 * UNIT}


class Verdict(StrEnum):
    """What happens with the value."""

    FINE = "fine"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True)
class RegisterState:
    """What is known of a register before a reading; values in millionths of the unit.

    ``usual`` is the average volume of a month, None when there is no history;
    ``control`` the last inspector's reading.
    """

    register_id: int
    meter_id: int
    zone: str
    service_kind: str
    int_digits: int | None
    frac_digits: int
    last_value: int | None
    last_on: date | None
    usual: int | None
    control: int | None = None
    months: int = 1


@dataclass(frozen=True)
class Judgement:
    """The verdict with its words; ``used`` is the consumption, None when it cannot be said."""

    verdict: Verdict
    used: int | None
    text: str = ""
    rolled: bool = False
    quality: ReadingQuality = ReadingQuality.ACCEPTED


def judge_reading(state: RegisterState, value: int, taken_on: date, today: date) -> Judgement:
    """Return whether the value is fine, strange or wrong, and why."""
    wrong = _wrong(state, value, taken_on, today)
    if wrong:
        return Judgement(Verdict.REFUSE, None, wrong)
    if state.last_value is None:
        return Judgement(Verdict.FINE, None, "Первое показание: от него будем считать расход.")
    used, rolled = _difference(state, value)
    if used is None:
        return Judgement(
            Verdict.REFUSE,
            None,
            f"Показание меньше прошлого ({_plain(state.last_value)}). Проверьте цифры; "
            "если счётчик меняли, сообщите нам об этом.",
        )
    usual = (state.usual or 0) * state.months
    limit = usual * QUESTION_TIMES or CAPS.get(state.service_kind, 0) * state.months
    if rolled:
        return Judgement(
            Verdict.ASK, used, "Счётчик прошёл через ноль и начал сначала. Всё верно?", rolled=True
        )
    if limit and used > limit:
        return Judgement(Verdict.ASK, used, _strange(used, usual), quality=ReadingQuality.DOUBTFUL)
    if used == 0:
        return Judgement(Verdict.FINE, used, "Расхода нет: показание то же, что в прошлый раз.")
    return Judgement(Verdict.FINE, used)


def _wrong(state: RegisterState, value: int, taken_on: date, today: date) -> str:
    """Return why the value cannot be taken at all, or nothing."""
    if taken_on > today:
        return "День снятия показаний ещё не наступил. Укажите сегодняшний или прошлый день."
    if state.last_on and taken_on < state.last_on:
        return (
            f"Показание от {state.last_on:%d.%m.%Y} уже есть. "
            "Укажите день не раньше прошлого показания."
        )
    if value < 0:
        return "Показание не бывает меньше нуля. Спишите цифры со счётчика."
    if state.int_digits and value >= 10**state.int_digits * UNIT:
        return (
            f"На этом счётчике {state.int_digits} цифр до запятой, а введено больше. "
            "Проверьте, нет ли лишней цифры."
        )
    if value % 10 ** (MICRO - state.frac_digits):
        return f"После запятой на этом счётчике не больше {state.frac_digits} цифр."
    if state.control is not None and value < state.control and not _may_roll(state):
        return (
            f"Контролёр снял {_plain(state.control)}, показание не может быть меньше. "
            "Проверьте цифры."
        )
    return ""


def _may_roll(state: RegisterState) -> bool:
    if state.int_digits is None or state.last_value is None:
        return False
    return bool(state.last_value >= ROLLOVER_SHARE * 10**state.int_digits * UNIT)


def _difference(state: RegisterState, value: int) -> tuple[int | None, bool]:
    """Return the consumption, through zero where that is plausible, and whether it was."""
    last = state.last_value or 0
    if value >= last:
        return value - last, False
    if not _may_roll(state) or state.int_digits is None:
        return None, False
    through = 10**state.int_digits * UNIT - last + value
    floor = ROLLOVER_FLOOR.get(state.service_kind, 500 * UNIT)
    limit = max((state.usual or 0) * 3, floor) * state.months
    return (through, True) if through <= limit else (None, False)


def _strange(used: int, usual: int) -> str:
    if not usual:
        return "Расход очень большой. Всё верно?"
    times = used // usual
    words = {2: "вдвое", 3: "втрое", 4: "вчетверо", 5: "впятеро"}
    much = words.get(times) or f"в {counted(times, ('раз', 'раза', 'раз'))}"
    return f"Расход {much} больше обычного. Всё верно?"


def _plain(value: int) -> str:
    return plain_decimal(from_scale(value, MICRO)).replace(".", ",")
