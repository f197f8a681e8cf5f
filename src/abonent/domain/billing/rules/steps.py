"""What an explanation is made of: a stored line, its steps, the sum they give. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal

from abonent.domain.suppliers.rules import Unit

MICRO = 6
PLACES = Decimal("0.0000000001")  # of a number that never ends


@dataclass(frozen=True)
class LineView:
    """A stored line of a bill; volumes in millionths, rate in 1/100000 ₽, kopecks."""

    line: int
    service: str
    service_name: str
    service_kind: str
    component: str
    zone: str
    band: int
    method: str
    unit: Unit
    volume: int
    rate: int
    multiplier: int
    amount: int
    vat: int
    corrects: str | None
    rule: str
    basis: str = ""


@dataclass(frozen=True)
class Step:
    """One row of the column: a label, a sign before the value, the value and its unit."""

    label: str
    value: Decimal
    unit: str = ""
    sign: str = ""
    total: bool = False


@dataclass(frozen=True)
class Explanation:
    """The steps of a line, the sum they give, the act and the parameter rows used.

    ``note``: the sentence behind an estimate.
    """

    steps: tuple[Step, ...]
    amount: int
    act: str
    parameters: dict[str, int] = field(default_factory=dict)
    note: str = ""
