"""The files about arrears: what changes the days, what was levied, forgiven and warned of. Pure."""

import polars as pl

from abonent.domain.exchange.rules.facts import ANY_ACCOUNT, PERIOD
from abonent.domain.exchange.rules.kinds import MONEY, SIGNED_MONEY, Day, Month, Text
from abonent.domain.exchange.rules.registers import ACCOUNT, SERVICE, in_order
from abonent.domain.exchange.rules.table import Column, FileTable, RowRule

SUSPENSIONS = FileTable(
    "penalty_suspensions.csv",
    ("account", "from"),
    (
        ANY_ACCOUNT,
        Column("from", Day(), needed=True),
        Column("to", Day()),
        Column("basis", Text(limit=300), default=""),
    ),
    (in_order("from", "to"),),
)
INSTALMENTS = FileTable(
    "instalments.csv",
    ("account", "service", "period", "due_on"),
    (
        ACCOUNT,
        SERVICE,
        PERIOD,
        Column("due_on", Day(), needed=True),
        Column("amount", MONEY, needed=True),
    ),
)
PENALTIES = FileTable(
    "penalties.csv",
    ("account", "period", "service", "debt_month"),
    (
        ACCOUNT,
        PERIOD,
        SERVICE,
        Column("debt_month", Month(), needed=True),
        Column("amount", SIGNED_MONEY, needed=True),
        # All that was counted to the day of calculation; the amount is what was new of it.
        Column("counted", SIGNED_MONEY, needed=True),
        # The days behind the sum, so that a restored one can be explained too.
        Column("basis", Text(limit=1_000_000), default=""),
    ),
)
WRITE_OFFS = FileTable(
    "write_offs.csv",
    ("account", "service", "debt_month", "written_off_on", "basis"),
    (
        ACCOUNT,
        SERVICE,
        Column("debt_month", Month(), needed=True),
        Column("written_off_on", Day(), needed=True),
        Column("amount", MONEY, needed=True),
        Column("basis", Text(limit=100), needed=True),
    ),
    (
        RowRule(
            "amount",
            lambda: pl.col("amount") > 0,
            "списанная сумма не бывает нулевой",
            "уберите строку",
        ),
    ),
)
AMNESTIES = FileTable(
    "amnesties.csv",
    ("name",),
    (
        Column("name", Text(limit=100), needed=True),
        Column("pay_until", Day(), needed=True),
        Column("counted_to", Day(), needed=True),
    ),
)
DEBT_NOTICES = FileTable(
    "debt_notices.csv",
    ("account", "service", "delivered_on"),
    (
        ACCOUNT,
        SERVICE,
        Column("delivered_on", Day(), needed=True),
        Column("debt", MONEY, needed=True),
        Column("limit", MONEY, default=0),
        Column("proof", Text(limit=200), default=""),
        Column("closed_on", Day()),
    ),
    (in_order("delivered_on", "closed_on"),),
)
