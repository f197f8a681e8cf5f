"""Accounts, agreements and houses as an exchange bundle knows them: by their own keys."""

from collections.abc import Sequence

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.invariants import Invariant, measure

ACCOUNT_IDS = {"number": pl.String, "account_id": pl.Int64, "house_id": pl.Int64}
HOUSE_IDS = {"code": pl.String, "house_id": pl.Int64}
_AREA = pl.Decimal(38, 4)
HOUSES = {
    "house": pl.String, "locality": pl.String, "street": pl.String, "number": pl.String,
    "letter": pl.String, "corpus": pl.String, "area_total": _AREA, "area_common": _AREA,
    "area_excluded": _AREA, "has_heat_meter": pl.Boolean, "heating_scheme": pl.String,
    "heating_months": pl.String, "management": pl.String, "cold_region": pl.Boolean,
    "hot_water_dead_end": pl.Boolean, "power_sources": pl.Int64,
}  # fmt: skip
ACCOUNTS = {
    "account": pl.String, "unified_account": pl.String, "kind": pl.String,
    "category": pl.String, "premises": pl.String, "house": pl.String, "flat": pl.String,
    "flat_extension": pl.String, "branch": pl.String, "area": _AREA, "residents": pl.Int64,
    "owners": pl.Int64, "full_name": pl.String, "inn": pl.String, "kpp": pl.String,
    "organisation_class": pl.String, "email": pl.String, "phone": pl.String,
    "opened_on": pl.Date, "closed_on": pl.Date,
}  # fmt: skip
AGREEMENTS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "contract_number": pl.String,
    "valid_from": pl.Date, "tariff_category": pl.String, "zones": pl.String,
    "meter_possible": pl.Boolean, "heating": pl.String, "terms": pl.String, "valid_to": pl.Date,
}  # fmt: skip

RESIDENCIES = {
    "account_id": pl.Int64, "from": pl.Date, "residents": pl.Int64, "temporary": pl.Int64,
    "to": pl.Date,
}  # fmt: skip
BENEFITS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "from": pl.Date, "persons": pl.Int64,
    "percent": _AREA, "funded": pl.String, "to": pl.Date,
}  # fmt: skip
SUBSIDIES = {
    "account_id": pl.Int64, "period": pl.Date, "amount": pl.Int64, "transferred": pl.Boolean,
}  # fmt: skip


def account_ids(*, supplier_id: int) -> pl.DataFrame:
    """Return the number, identifier and house of every account, by number."""
    return read_frame(
        """SELECT number, id, house_id FROM accounts_customeraccount
            WHERE supplier_id = %(supplier)s ORDER BY number COLLATE "C" """,
        ACCOUNT_IDS,
        {"supplier": supplier_id},
    )


def house_ids(*, supplier_id: int) -> pl.DataFrame:
    """Return the code and identifier of every house, by code."""
    return read_frame(
        """SELECT code, id FROM accounts_house
            WHERE supplier_id = %(supplier)s ORDER BY code COLLATE "C" """,
        HOUSE_IDS,
        {"supplier": supplier_id},
    )


def houses_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the houses with the columns of houses.csv, by code; areas in m²."""
    return read_frame(
        """SELECT code, locality, street, number, letter, corpus, area_total, area_common,
                  area_excluded, has_heat_meter, heating_scheme, heating_months, management,
                  cold_region, hot_water_dead_end, power_sources
             FROM accounts_house WHERE supplier_id = %(supplier)s ORDER BY code COLLATE "C" """,
        HOUSES,
        {"supplier": supplier_id},
    )


def accounts_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return these accounts with the columns of accounts.csv, by number."""
    return read_frame(
        """SELECT a.number, a.unified_account, a.kind, a.category, a.premises, h.code, a.flat,
                  a.flat_extension, a.branch, a.area, a.residents, a.owners, c.full_name, c.inn,
                  c.kpp, c.organisation_class, c.email, c.phone, a.opened_on, a.closed_on
             FROM accounts_customeraccount a
             JOIN accounts_customer c ON c.id = a.customer_id
             LEFT JOIN accounts_house h ON h.id = a.house_id
            WHERE a.id = ANY(%(ids)s) ORDER BY a.number COLLATE "C" """,
        ACCOUNTS,
        {"ids": list(account_ids)},
    )


def agreements_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the agreements of these accounts; ``terms`` is the text of a JSON object."""
    return read_frame(
        """SELECT account_id, service_id, contract_number, valid_from, tariff_category, zones,
                  meter_possible, heating, terms::text, valid_to
             FROM accounts_customeragreement WHERE account_id = ANY(%(ids)s)""",
        AGREEMENTS,
        {"ids": list(account_ids)},
    )


def residents_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return how many people live at these accounts and since when."""
    return read_frame(
        """SELECT account_id, valid_from, residents, temporary, valid_to FROM accounts_residency
            WHERE account_id = ANY(%(ids)s)""",
        RESIDENCIES,
        {"ids": list(account_ids)},
    )


def benefits_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the benefits at these accounts."""
    return read_frame(
        """SELECT account_id, service_id, valid_from, persons, percent, funded, valid_to
             FROM accounts_benefit WHERE account_id = ANY(%(ids)s)""",
        BENEFITS,
        {"ids": list(account_ids)},
    )


def subsidies_register(*, account_ids: Sequence[int]) -> pl.DataFrame:
    """Return the subsidies of these accounts; kopecks."""
    return read_frame(
        """SELECT account_id, period, amount, transferred FROM accounts_subsidy
            WHERE account_id = ANY(%(ids)s)""",
        SUBSIDIES,
        {"ids": list(account_ids)},
    )


def register_invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Return what foreign keys would guard if the load could afford them (ADR 0006)."""
    given = {"supplier": supplier_id}
    mine = "(%(supplier)s::bigint IS NULL OR {0}.supplier_id = %(supplier)s)"
    return [
        measure(
            code="I14",
            text="У каждого лицевого счёта есть свой абонент и названный дом",
            query=f"""SELECT 'лицевой счёт ' || a.number FROM accounts_customeraccount a
                       WHERE {mine.format("a")} AND (
                         NOT EXISTS (SELECT 1 FROM accounts_customer c
                                      WHERE c.id = a.customer_id AND c.supplier_id = a.supplier_id)
                         OR a.house_id IS NOT NULL AND NOT EXISTS (
                              SELECT 1 FROM accounts_house h
                               WHERE h.id = a.house_id AND h.supplier_id = a.supplier_id))""",
            parameters=given,
        ),
        measure(
            code="I14",
            text="У каждого договора есть лицевой счёт того же поставщика",
            query=f"""SELECT 'договор ' || g.id FROM accounts_customeragreement g
                       WHERE {mine.format("g")} AND NOT EXISTS (
                              SELECT 1 FROM accounts_customeraccount a
                               WHERE a.id = g.account_id AND a.supplier_id = g.supplier_id)""",
            parameters=given,
        ),
    ]
