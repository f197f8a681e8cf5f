"""The form of an autopayment: by which card, how much, when."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from abonent.domain.payments.queries import AutopayView, CardView
from abonent.domain.payments.rules.autopay import LAST_DAY
from abonent.interfaces.design.fields import PageForm, SumField

BY_BILL, BY_DAY = "bill", "day"
WHOLE, FIXED = "due", "fixed"


class AutopayForm(PageForm):
    """By which card, how much, when; a living autopayment keeps its card."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        cards: Sequence[CardView],
        living: AutopayView | None,
        fixed: int | None,
        bounds: tuple[int, int],
    ) -> None:
        super().__init__(data)
        if living is None:
            self.fields["card"] = forms.ChoiceField(
                label="С какой карты",
                choices=[(str(one.uuid), f"{one.system} {one.name}".strip()) for one in cards],
                initial=str(cards[0].uuid) if cards else "",
                widget=forms.RadioSelect,
            )
        known = living.fixed if living else fixed
        self.fields["how"] = forms.ChoiceField(
            label="Сколько списывать",
            choices=[(WHOLE, "Всё, что осталось заплатить"), (FIXED, "Одну и ту же сумму")],
            initial=FIXED if known else WHOLE,
            widget=forms.RadioSelect,
        )
        self.fields["fixed"] = SumField(
            label="Какую сумму, ₽",
            help_text="Если платите одну и ту же. Больше долга не спишем",
            required=False,
            initial=known,
            minimum=bounds[0],
            maximum=bounds[1],
        )
        self.fields["ceiling"] = SumField(
            label="Не больше за раз, ₽",
            help_text="Если счёт больше, ничего не спишем и напишем вам",
            initial=living.ceiling if living else None,
            minimum=bounds[0],
            maximum=bounds[1],
        )
        self.fields["when"] = forms.ChoiceField(
            label="Когда списывать",
            choices=[
                (BY_BILL, "Через сутки после выхода счёта"),
                (BY_DAY, "В один и тот же день месяца"),
            ],
            initial=BY_DAY if living and living.day else BY_BILL,
            widget=forms.RadioSelect,
        )
        self.fields["day"] = forms.IntegerField(
            label="В какой день",
            help_text=f"Если в один и тот же: от 1 до {LAST_DAY}",
            required=False,
            initial=living.day if living and living.day else None,
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "class": "sum"}
            ),
            error_messages={"invalid": f"Введите день цифрами, от 1 до {LAST_DAY}"},
        )

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen answers need."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("how") == FIXED and "fixed" not in self.errors:
            if not cleaned.get("fixed"):
                self.add_error("fixed", "Введите сумму")
            elif cleaned.get("ceiling") and cleaned["fixed"] > cleaned["ceiling"]:
                self.add_error("fixed", "Сумма больше предела. Уменьшите её или поднимите предел")
        day = cleaned.get("day")
        fits = day is not None and 1 <= day <= LAST_DAY
        if cleaned.get("when") == BY_DAY and "day" not in self.errors and not fits:
            self.add_error("day", f"Введите день от 1 до {LAST_DAY}: он есть в каждом месяце")
        return cleaned

    @property
    def fixed(self) -> int | None:
        """Return the sum of each charge in kopecks, None for all that is due."""
        fixed: int | None = self.cleaned_data["fixed"]
        return fixed if self.cleaned_data["how"] == FIXED else None

    @property
    def day(self) -> int:
        """Return the day of the month, 0 for a day after the bill."""
        return int(self.cleaned_data["day"]) if self.cleaned_data["when"] == BY_DAY else 0

    @property
    def ceiling(self) -> int:
        """Return the most of one charge, kopecks."""
        return int(self.cleaned_data["ceiling"])

    @property
    def card_name(self) -> str:
        """Return the card as it was offered; empty where the card is not asked for."""
        offered = dict(self.fields["card"].choices) if "card" in self.fields else {}  # type: ignore[attr-defined]  # the field is a choice
        return str(offered.get(self.cleaned_data.get("card", ""), ""))
