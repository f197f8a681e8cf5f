"""Tariffs and the calculator: public prices, no account, nothing stored."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.domain.billing.queries.calculator import (
    ReadingsDoNotAgree,
    TariffPlan,
    cost_of_readings,
)
from abonent.domain.reports.queries.tariff_table import TariffGroup, tariff_table
from abonent.interfaces.design.htmx import UNPROCESSABLE
from abonent.interfaces.public.calculator import wording
from abonent.interfaces.public.calculator.forms import CalculatorForm
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.supplier import supplier_of


@dataclass(frozen=True)
class PlanLink:
    """A plan to count by: what tells it from its neighbours, and its address."""

    title: str
    url: str


@dataclass(frozen=True)
class GroupBox:
    """One table of prices with its links to the calculator."""

    id: str
    title: str
    rows: tuple[tuple[str, str, date], ...]
    plans: tuple[PlanLink, ...]


class TariffsPage(OpenPage, TemplateView):
    """A page of tariffs: there is none where the preset does not open it."""

    section = "open_tariffs"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 404 where the supplier does not publish its tariffs here."""
        supplier = supplier_of(request)
        if not supplier.cabinet.get("open_pages", {}).get("tariffs"):
            raise NotFound("Тарифов этого поставщика на сайте нет.")
        self.today = clock.local_day(clock.now(), supplier.timezone)
        return super().dispatch(request, *args, **kwargs)


class Tariffs(TariffsPage):
    """What is in force today."""

    template_name = "public/calculator/tariffs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tables of prices."""
        groups = tariff_table(supplier_id=self.supplier.id, day=self.today)
        return super().get_context_data(**kwargs) | {
            "today": self.today,
            "groups": [_box(at, group) for at, group in enumerate(groups, start=1)],
        }


class Calculator(TariffsPage):
    """Readings → consumption → cost. All is in the address, so nothing is sent to be stored."""

    template_name = "public/calculator/cost.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; with readings in the address, what they come to."""
        group, plan = self._chosen()
        typed = "was-" + plan.zones[0] in request.GET
        form = CalculatorForm(request.GET if typed else None, plan=plan)
        context: dict[str, Any] = {"form": form, "group": group, "plan": plan}
        if typed and form.is_valid():
            try:
                cost = cost_of_readings(
                    supplier_id=self.supplier.id,
                    plan=plan,
                    readings=form.readings(),
                    today=self.today,
                )
            except ReadingsDoNotAgree as refusal:
                form.refuse(refusal.zones, refusal.text)
            else:
                context |= {
                    "cost": cost,
                    "uses": wording.use_rows(cost, group.unit),
                    "lines": wording.cost_rows(cost),
                }
        status = UNPROCESSABLE if form.errors else HTTPStatus.OK
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the plan in words, its fields by zone, its hidden part of the address."""
        context = super().get_context_data(**kwargs)
        group, plan, form = context["group"], context["plan"], context["form"]
        named = wording.plan_words(plan, group)
        return context | {
            "title": wording.group_title(group),
            "plan_words": named,
            "hidden": _address(group, plan),
            "zones": [
                (
                    wording.zone_title(zone, plan.zones),
                    (form[f"was-{zone}"], form[f"now-{zone}"]),
                )
                for zone in plan.zones
            ],
        }

    def _chosen(self) -> tuple[TariffGroup, TariffPlan]:
        """Return the plan that the address names; refuses with NotFound."""
        asked = {name: self.request.GET.get(name, "") for name in ("service", "category")}
        zones, norm = self.request.GET.get("zones", ""), self.request.GET.get("norm", "")
        for group in tariff_table(supplier_id=self.supplier.id, day=self.today):
            if asked == {"service": group.service_code, "category": group.category}:
                for plan in group.plans:
                    if "-".join(plan.zones) == zones and plan.norm_category == norm:
                        return group, plan
        raise NotFound("Такого тарифа нет. Выберите его на странице тарифов.")


def _box(place: int, group: TariffGroup) -> GroupBox:
    parts = [(one.component, one.zone) for one in group.prices]
    return GroupBox(
        id=f"tariff-{place}",
        title=wording.group_title(group),
        rows=tuple(
            (
                wording.price_name(one, parts.count((one.component, one.zone))),
                wording.price_words(one),
                one.valid_from,
            )
            for one in group.prices
        ),
        plans=tuple(
            PlanLink(
                wording.plan_words(plan, group),
                f"{reverse('open_calculator')}?{urlencode(_address(group, plan))}",
            )
            for plan in group.plans
        ),
    )


def _address(group: TariffGroup, plan: TariffPlan) -> list[tuple[str, str]]:
    return [
        ("service", group.service_code),
        ("category", group.category),
        ("zones", "-".join(plan.zones)),
        ("norm", plan.norm_category),
    ]
