"""The house of an account, as its people see it."""

from dataclasses import dataclass
from decimal import Decimal

from abonent.domain.accounts.models import CustomerAccount


@dataclass(frozen=True)
class HouseView:
    """A house and the terms of its shared charges; areas in square metres.

    ``heating_months`` is «10-05» from October to May; texts are empty where not known.
    """

    id: int
    area_total: Decimal | None
    area_common: Decimal | None
    has_heat_meter: bool | None
    heating_scheme: str
    heating_months: str
    management: str


def house_of(*, supplier_id: int, account_id: int) -> HouseView | None:
    """Return the account's house; None when the account stands without one."""
    row = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, pk=account_id)
        .select_related("house")
        .first()
    )
    if row is None or row.house is None:
        return None
    house = row.house
    return HouseView(
        id=house.pk,
        area_total=house.area_total,
        area_common=house.area_common,
        has_heat_meter=house.has_heat_meter,
        heating_scheme=house.heating_scheme,
        heating_months=house.heating_months,
        management=house.management,
    )
