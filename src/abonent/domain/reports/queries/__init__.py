"""Pictures across rooms for the pages; nothing here writes."""

from abonent.domain.reports.queries.overview import (
    Balance,
    MeterLine,
    MonthLine,
    Overview,
    Share,
    ShareKind,
    StepKind,
    account_overview,
)
from abonent.domain.reports.queries.payments import (
    PaymentCode,
    PaymentSheet,
    PayRow,
    left_to_pay,
    payment_code,
    payment_sheet,
)
from abonent.domain.reports.queries.prices import PriceView, prices_in_force
from abonent.domain.reports.queries.readings import (
    AcceptedReadings,
    ReadingSheet,
    SheetMeter,
    SheetRegister,
    accepted_readings,
    quote_costs,
    quote_shares,
    reading_sheet,
)

__all__ = [
    "AcceptedReadings",
    "Balance",
    "MeterLine",
    "MonthLine",
    "Overview",
    "PayRow",
    "PaymentCode",
    "PaymentSheet",
    "PriceView",
    "ReadingSheet",
    "Share",
    "ShareKind",
    "SheetMeter",
    "SheetRegister",
    "StepKind",
    "accepted_readings",
    "account_overview",
    "left_to_pay",
    "payment_code",
    "payment_sheet",
    "prices_in_force",
    "quote_costs",
    "quote_shares",
    "reading_sheet",
]
