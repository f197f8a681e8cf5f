"""The whole contract (EXCHANGE 1): files in the order in which they are loaded. Pure."""

from abonent.domain.exchange.rules import arrears, facts, registers
from abonent.domain.exchange.rules.table import FileTable

IN_ORDER: tuple[FileTable, ...] = (
    registers.SERVICES,
    registers.RATES,
    registers.TARIFFS,
    registers.NORMS,
    registers.HOUSES,
    registers.ACCOUNTS,
    registers.AGREEMENTS,
    registers.METERS,
    registers.VERIFICATIONS,
    registers.HOUSE_VOLUMES,
    facts.READINGS,
    facts.PAST_VOLUMES,
    facts.LOSSES,
    facts.HOURLY,
    facts.HOURLY_PRICES,
    facts.POWER,
    facts.EVENTS,
    facts.RESIDENTS,
    facts.BENEFITS,
    facts.SUBSIDIES,
    facts.TEMPERATURES,
    facts.SCHEDULES,
    arrears.SUSPENSIONS,
    arrears.INSTALMENTS,
    facts.BALANCES,
    facts.PAYMENTS,
    facts.BILLS,
    facts.CHARGES,
    arrears.PENALTIES,
    arrears.WRITE_OFFS,
    arrears.AMNESTIES,
    arrears.DEBT_NOTICES,
)
BY_NAME: dict[str, FileTable] = {table.name: table for table in IN_ORDER}
