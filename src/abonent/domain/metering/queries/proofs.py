"""A numbered proof of readings, checked by whoever holds it."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from abonent.common.money import NO_BREAK
from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.common.words import quantity
from abonent.domain.documents.rules.code import normal_code
from abonent.domain.metering import models
from abonent.domain.metering.queries.submissions import SubmittedLine, readings_of, view_of
from abonent.domain.metering.rules import SOURCE_NAMES, ReadingQuality, ReadingSource

NO_PROOF = "Передачи с таким номером нет. Проверьте номер: две цифры, потом ещё не меньше шести."
WRONG_CODE = "Код не от этой передачи. Проверьте его: три группы по четыре знака."
_DAY_DIGITS, _LAST_DIGITS = 2, 3


@dataclass(frozen=True)
class ProofCheck:
    """What a stranger who holds a proof learns of it; values only by the code that is on it."""

    number: str
    received_at: datetime
    source: str
    period: Period
    is_set_aside: bool
    values: tuple[tuple[str, str], ...]


def check_proof(*, supplier_id: int, number: str, code: str) -> ProofCheck:
    """Return what a numbered proof says, without whose it is.

    The number alone tells when and by which way readings were accepted; with the code the
    values are there to be compared with the paper. Refuses with NotFound for a number that
    nobody got, and for a code that is not the number's.
    """
    row = models.MeterReading.objects.filter(
        supplier_id=supplier_id, number=normal_number(number)
    ).first()
    if row is None:
        raise NotFound(NO_PROOF, field="number")
    if code.strip() and normal_code(code) != normal_code(row.code):
        raise NotFound(WRONG_CODE, field="code")
    rows = readings_of(row)
    lines = view_of(row, rows).lines if code.strip() else ()
    return ProofCheck(
        number=row.number,
        received_at=row.received_at,
        source=SOURCE_NAMES[ReadingSource(row.source)],
        period=Period.of(row.period),
        is_set_aside=all(one[7] == ReadingQuality.SET_ASIDE for one in rows),
        values=tuple(_without_serial(line) for line in lines),
    )


def _without_serial(line: SubmittedLine) -> tuple[str, str]:
    name = ", ".join(part for part in (line.service_name, line.zone_name.lower()) if part)
    value = line.value.quantize(Decimal(1).scaleb(-line.frac_digits))
    return name, quantity(value, line.unit_name)


def normal_number(typed: str) -> str:
    """Return a number as it is kept, from digits with anything between them."""
    digits = re.sub(r"\D", "", typed)
    middle, last = digits[_DAY_DIGITS:-_LAST_DIGITS], digits[-_LAST_DIGITS:]
    return f"{digits[:_DAY_DIGITS]}-{middle}{NO_BREAK}{last}"
