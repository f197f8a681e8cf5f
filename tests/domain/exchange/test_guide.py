"""The guide names every file, key and column of the contract, and nothing else."""

import re
from pathlib import Path

import pytest

from abonent.domain.exchange.operations.supplier_file import _KEYS
from abonent.domain.exchange.rules import IN_ORDER
from abonent.domain.suppliers.rules import POLICY_DEFAULTS

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "guides" / "exchange.md").read_text(encoding="utf-8")
# EXCHANGE 1: what suppliers have been promised, in the words of that page.
PROMISED = {
    "services.csv": "service kind name unit vat_percent",
    "tariffs.csv": "service component category zone from_quantity valid_from rate vat_included months valid_to",
    "norms.csv": "service category per valid_from volume multiplier valid_to",
    "rates.csv": "kind valid_from value valid_to",
    "houses.csv": "house locality street number letter corpus area_total area_common area_excluded has_heat_meter heating_scheme heating_months management cold_region hot_water_dead_end power_sources",
    "house_volumes.csv": "house service period volume metered_volume metered_area nonresidential_volume production_volume state",
    "accounts.csv": "account unified_account kind category premises house flat flat_extension branch area residents owners full_name inn kpp organisation_class email phone opened_on closed_on",
    "agreements.csv": "account service contract_number valid_from tariff_category zones meter_possible heating price max_power_kw hours_per_day pipe_mm q_base t_in t_out_design losses_percent losses_side valid_to",
    "meters.csv": "account service serial contract_number zones int_digits frac_digits ratio installed_on initial verified_until removed_on final parent_account parent_serial",
    "verifications.csv": "account service serial verified_on valid_until arshin_number",
    "losses.csv": "account service serial valid_from kind p_idle p_short s_nom hours k_f2 r_ohm u_kv valid_to",
    "readings.csv": "account meter_serial zone reading_date channel reading comment",
    "past_volumes.csv": "account service zone period volume method",
    "hourly.csv": "account service serial hour volume",
    "hourly_prices.csv": "service category hour price",
    "power.csv": "account service period kw rate",
    "events.csv": "account house service meter_serial kind from to value value2 act_number claimed_on comment",
    "residents.csv": "account from residents temporary to",
    "benefits.csv": "account service from persons percent funded to",
    "subsidies.csv": "account period amount transferred",
    "temperatures.csv": "locality date mean_c",
    "schedules.csv": "account organisation_class service part valid_from percent day month_offset valid_to",
    "penalty_suspensions.csv": "account from to basis",
    "instalments.csv": "account service period due_on amount",
    "balances.csv": "account service period part amount due_on penalty_counted_to",
    "payments.csv": "channel external_id account paid_on credited_on amount purpose_period purpose_service purpose_part kind",
    "bills.csv": "account period number opening charged penalty paid due due_by",
    "charges.csv": "account period line service component zone band method volume unit rate multiplier amount vat corrects rule",
    "penalties.csv": "account period service debt_month amount counted",
    "write_offs.csv": "account service debt_month written_off_on amount basis",
    "amnesties.csv": "name pay_until counted_to",
    "debt_notices.csv": "account service delivered_on debt limit proof closed_on",
}  # fmt: skip


def sections():
    parts = re.split(r"^### ", GUIDE, flags=re.MULTILINE)[1:]
    return {part.split(":")[0]: part for part in parts}


@pytest.mark.parametrize("table", IN_ORDER, ids=lambda table: table.name)
def test_every_column_is_in_the_guide(table):
    section = sections()[table.name]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| .+ \|$", section, flags=re.MULTILINE)
    assert [name for name, _ in rows] == list(table.by_name)
    assert {name for name, text in rows if "обязательно" in text} == set(table.needed)
    assert f"Ключ: {', '.join(f'`{name}`' for name in table.key)}." in section


def test_nothing_promised_is_missing():
    assert set(PROMISED) == {table.name for table in IN_ORDER} == set(sections())
    for table in IN_ORDER:
        assert set(PROMISED[table.name].split()) - set(table.by_name) == set()
        assert set(table.by_name) - set(PROMISED[table.name].split()) <= {"basis", "late"}


def test_every_key_of_the_supplier_is_in_the_guide():
    for key in [*_KEYS, "preset", *POLICY_DEFAULTS]:
        assert f"`{key}`" in GUIDE
