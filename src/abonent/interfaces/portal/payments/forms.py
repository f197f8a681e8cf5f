"""The form of payment: which accounts, how much, services and penalty apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.rules import Purpose
from abonent.domain.reports.queries import PaymentSheet, PayRow
from abonent.interfaces.design.fields import PageForm, SumField

NOTHING_CHOSEN = "Отметьте хотя бы один лицевой счёт."
NO_SUM = "Введите сумму"


@dataclass(frozen=True)
class PayFields:
    """The inputs of one account; ``tick`` is None where there is nothing to choose from."""

    row: PayRow
    tick: BoundField | None
    amount: BoundField
    penalty: BoundField | None


class PayForm(PageForm):
    """What to pay: suggested sums that may be changed or cleared."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, sheet: PaymentSheet, number: str
    ) -> None:
        super().__init__(data)
        self.sheet, self.number = sheet, number
        for row in sheet.rows:
            own = row.account.number
            if self.has_choice:
                self.fields[f"pay-{own}"] = forms.BooleanField(
                    required=False, initial=own == number, label=row.account.title
                )
            self.fields[f"sum-{own}"] = SumField(
                label="Сумма за услуги, ₽" if row.penalty else "Сумма, ₽",
                required=False,
                initial=row.services or None,
                maximum=max(sheet.terms.maximum, sheet.terms.minimum),
            )
            if row.penalty:
                self.fields[f"penalty-{own}"] = SumField(
                    label="Пени, ₽",
                    required=False,
                    initial=row.penalty,
                    maximum=max(sheet.terms.maximum, sheet.terms.minimum),
                )

    @property
    def has_choice(self) -> bool:
        """Tell whether there are several accounts to pay for."""
        return len(self.sheet.rows) > 1

    def rows(self) -> list[PayFields]:
        """Return the inputs of each account, the one of the address first."""
        ordered = sorted(self.sheet.rows, key=lambda row: row.account.number != self.number)
        return [
            PayFields(
                row=row,
                tick=self[f"pay-{row.account.number}"] if self.has_choice else None,
                amount=self[f"sum-{row.account.number}"],
                penalty=self[f"penalty-{row.account.number}"] if row.penalty else None,
            )
            for row in ordered
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one account, a sum for each, and the supplier's least sum in all."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [row for row in self.sheet.rows if self._is_chosen(row)]
        if not chosen:
            self.add_error(None, NOTHING_CHOSEN)
            return cleaned
        for row in chosen:
            names = self._sums(row)
            if not any(cleaned.get(name) or name in self.errors for name in names):
                self.add_error(names[0], NO_SUM)
        if not self.errors:
            self._check_bounds(chosen[0])
        return cleaned

    def purposes(self) -> list[Purpose]:
        """Return what the person wants to pay for; services and penalty named where apart."""
        found = []
        for row in self.sheet.rows:
            if not self._is_chosen(row):
                continue
            parts = (Part.PRINCIPAL, Part.PENALTY) if row.penalty else (Part.NONE,)
            for name, part in zip(self._sums(row), parts, strict=True):
                amount = self.cleaned_data.get(name)
                if amount:
                    found.append(Purpose(row.account.id, amount, part=part))
        return found

    def first_sum(self) -> str:
        """Return the field at which a refusal of the whole sum is told."""
        chosen = [row for row in self.sheet.rows if self._is_chosen(row)]
        return self._sums((chosen or list(self.sheet.rows))[0])[0]

    def _sums(self, row: PayRow) -> list[str]:
        own = row.account.number
        return [f"sum-{own}", *([f"penalty-{own}"] if row.penalty else [])]

    def _is_chosen(self, row: PayRow) -> bool:
        return not self.has_choice or bool(self.cleaned_data.get(f"pay-{row.account.number}"))

    def _check_bounds(self, row: PayRow) -> None:
        terms = self.sheet.terms
        total = sum(one.amount for one in self.purposes())
        least, most = (
            f"{format_kopecks(one)}{NO_BREAK}₽" for one in (terms.minimum, terms.maximum)
        )
        if total < terms.minimum:
            text = f"Минимальная сумма – {least}. Введите больше."
            self.add_error(self._sums(row)[0], text)
        elif terms.available and total > terms.maximum:
            text = f"За один раз можно заплатить не больше {most}. Разделите платёж на части."
            self.add_error(self._sums(row)[0], text)
