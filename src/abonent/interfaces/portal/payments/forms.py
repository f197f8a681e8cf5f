"""The form of payment: which accounts, how much, services, debt and penalty apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.forms import BoundField

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.domain.ledger.rules import Part
from abonent.domain.payments.queries import CardView
from abonent.domain.payments.rules import Purpose
from abonent.domain.payments.rules.cards import AtPage, ByCard
from abonent.domain.reports.queries import PaymentSheet, PayRow
from abonent.interfaces.design.fields import PageForm, SumField

NOTHING_CHOSEN = "Отметьте хотя бы один лицевой счёт."
NO_SUM = "Введите сумму"
WAY = "by"
# By what to pay: at the bank's page, or by a bound card; and whether the page keeps the card.
MEANS, KEEPS, AT_THE_PAGE = "means", "keeps", "page"


class Way(StrEnum):
    """How an account's debt is laid out: in one sum, or by services and older debt."""

    SUM = "sum"
    SERVICES = "services"

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Way":
        """Read the way from an address or a form; one sum unless it says otherwise."""
        return cls.SERVICES if data.get(WAY) == cls.SERVICES else cls.SUM


@dataclass(frozen=True)
class PayLine:
    """One sum of an account: its field, its words, and what it pays."""

    field: str
    label: str
    name: str
    suggested: int
    part: Part
    service_id: int = 0
    month: Period | None = None


@dataclass(frozen=True)
class PayFields:
    """The inputs of one account; ``tick`` is None where there is nothing to choose from."""

    row: PayRow
    tick: BoundField | None
    sums: tuple[BoundField, ...]


class PayForm(PageForm):
    """What to pay: suggested sums that may be changed or cleared."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        sheet: PaymentSheet,
        number: str,
        way: Way = Way.SUM,
        cards: Sequence[CardView] = (),
    ) -> None:
        super().__init__(data)
        self.sheet, self.number, self.way, self.cards = sheet, number, way, cards
        self.fields[WAY] = forms.CharField(required=False, initial=way, widget=forms.HiddenInput)
        self._lines = {row.account.id: _lines(row, way) for row in sheet.rows}
        for row in sheet.rows:
            own = row.account.number
            if self.has_choice:
                self.fields[f"pay-{own}"] = forms.BooleanField(
                    required=False, initial=own == number, label=row.account.title
                )
            for line in self._lines[row.account.id]:
                self.fields[line.field] = SumField(
                    label=line.label,
                    required=False,
                    initial=line.suggested or None,
                    maximum=max(sheet.terms.maximum, sheet.terms.minimum),
                )
        self._add_means()

    @property
    def means(self) -> AtPage | ByCard:
        """Return by what the person wants to pay; the bank's page unless a card was chosen."""
        chosen = self.cleaned_data.get(MEANS, AT_THE_PAGE)
        card = next((one for one in self.cards if str(one.uuid) == chosen), None)
        if card is not None:
            return ByCard(card.uuid)
        return AtPage(keeps_card=bool(self.cleaned_data.get(KEEPS)))

    @property
    def card(self) -> CardView | None:
        """Return the bound card that was chosen, None for the bank's page."""
        means = self.means
        uuid = means.card_uuid if isinstance(means, ByCard) else None
        return next((one for one in self.cards if one.uuid == uuid), None)

    @property
    def has_choice(self) -> bool:
        """Tell whether there are several accounts to pay for."""
        return len(self.sheet.rows) > 1

    @property
    def has_lines(self) -> bool:
        """Tell whether some debt can be paid by services."""
        return any(row.lines for row in self.sheet.rows)

    def rows(self) -> list[PayFields]:
        """Return the inputs of each account, the one of the address first."""
        ordered = sorted(self.sheet.rows, key=lambda row: row.account.number != self.number)
        return [
            PayFields(
                row=row,
                tick=self[f"pay-{row.account.number}"] if self.has_choice else None,
                sums=tuple(self[line.field] for line in self._lines[row.account.id]),
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
            names = [line.field for line in self._lines[row.account.id]]
            if not any(cleaned.get(name) or name in self.errors for name in names):
                self.add_error(names[0], NO_SUM)
        if not self.errors:
            self._check_bounds()
            self._check_card(chosen)
        return cleaned

    def chosen(self) -> list[tuple[str, Purpose]]:
        """Return what the person wants to pay for, each purpose with its name for people."""
        found = []
        for row in self.sheet.rows:
            if not self._is_chosen(row):
                continue
            for line in self._lines[row.account.id]:
                amount = self.cleaned_data.get(line.field)
                if amount:
                    purpose = Purpose(
                        row.account.id, amount, line.service_id, line.month, line.part
                    )
                    found.append((line.name, purpose))
        return found

    def purposes(self) -> list[Purpose]:
        """Return what the person wants to pay for; services and penalty named where apart."""
        return [purpose for _, purpose in self.chosen()]

    def first_sum(self) -> str:
        """Return the field at which a refusal of the whole sum is told."""
        chosen = [row for row in self.sheet.rows if self._is_chosen(row)]
        return self._lines[(chosen or list(self.sheet.rows))[0].account.id][0].field

    def _add_means(self) -> None:
        """Offer the bound cards, the bank's page first, and to keep the card of the page."""
        if self.cards:
            names = [(str(one.uuid), f"Карта {one.system} {one.name}") for one in self.cards]
            self.fields[MEANS] = forms.ChoiceField(
                label="Как оплатить",
                choices=[(AT_THE_PAGE, "На странице банка"), *names],
                initial=AT_THE_PAGE,
                required=False,
                widget=forms.RadioSelect,
            )
        if self.sheet.terms.keeps_cards:
            self.fields[KEEPS] = forms.BooleanField(
                label="Запомнить карту для оплаты счетов",
                help_text="Номер карты хранит банк. Удалить её можно в любой момент",
                required=False,
            )

    def _check_card(self, chosen: Sequence[PayRow]) -> None:
        """Send a first payment of an account to the bank's page (MISSION E3)."""
        card = self.card
        new = [row for row in chosen if card and not card.pays([row.account.id])]
        if card and new:
            self.add_error(
                MEANS,
                f"Счёт «{new[0].account.title}» этой картой ещё не платили. Первый платёж "
                "по новому счёту – только на странице банка.",
            )

    def _is_chosen(self, row: PayRow) -> bool:
        return not self.has_choice or bool(self.cleaned_data.get(f"pay-{row.account.number}"))

    def _check_bounds(self) -> None:
        terms = self.sheet.terms
        total = sum(one.amount for one in self.purposes())
        least, most = (
            f"{format_kopecks(one)}{NO_BREAK}₽" for one in (terms.minimum, terms.maximum)
        )
        if total < terms.minimum:
            text = f"Минимальная сумма – {least}. Введите больше."
            self.add_error(self.first_sum(), text)
        elif terms.available and total > terms.maximum:
            text = f"За один раз можно заплатить не больше {most}. Разделите платёж на части."
            self.add_error(self.first_sum(), text)


def _lines(row: PayRow, way: Way) -> list[PayLine]:
    """Return the sums of an account, laid out in the way that was chosen."""
    own, title = row.account.number, row.account.title
    penalty = PayLine(f"penalty-{own}", "Пени, ₽", f"{title}, пени", row.penalty, part=Part.PENALTY)
    tail = [penalty] if row.penalty else []
    if way == Way.SERVICES and row.lines:
        parts = [
            PayLine(
                field=f"line-{own}-{line.service_id}",
                label=f"{line.name}, ₽",
                name=f"{title}, {line.name[:1].lower()}{line.name[1:]}",
                suggested=line.amount,
                part=Part.PRINCIPAL,
                service_id=line.service_id,
                month=line.month,
            )
            for line in row.lines
        ]
        return [*parts, *tail]
    label = "Сумма за услуги, ₽" if row.penalty else "Сумма, ₽"
    part = Part.PRINCIPAL if row.penalty else Part.NONE
    return [PayLine(f"sum-{own}", label, title, row.services, part=part), *tail]
