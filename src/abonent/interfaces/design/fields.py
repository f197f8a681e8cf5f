"""Form fields that read what people type and say in Russian how to mend it.

No field changes or clears what was typed: after an error the form shows it as it was.
"""

import re
from decimal import Decimal
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

from abonent.common.money import MINUS, format_kopecks, parse_kopecks
from abonent.common.words import plural
from abonent.interfaces.design import dial
from abonent.interfaces.design.widgets import CodeInput, DialEntry, ReadingInput

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]")
_DIGITS = re.compile(r"[0-9]+\Z")
_READING = re.compile(r"([0-9]*)(?:[.,]([0-9]*))?\Z")
_LETTERS_LIKE_ZERO = set("ОоOo")
_MOST_KOPECKS = 10_000_000_000_00
_LONGEST_ACCOUNT, _CODE_DIGITS = 32, 6


class PageForm(forms.Form):
    """A form whose missing answers are named by the server, in Russian, not by the browser.

    Django's «Обязательное поле» does not say what to do, so it is replaced; a field that
    brings words of its own keeps them.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # the signature is Django's
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _required_words(field)


def _required_words(field: forms.Field) -> str:
    """Return what to do about a missing answer."""
    if isinstance(field, forms.BooleanField):
        return "Поставьте отметку"
    if isinstance(field, forms.ChoiceField):
        return "Выберите ответ"
    if isinstance(field, forms.FileField):
        return "Выберите файл"
    return "Заполните это поле"


def without_spaces(text: str) -> str:
    """Return the text without spaces of any kind, the no-break ones included."""
    return _SPACES.sub("", text)


class SumField(forms.CharField):
    """A sum of money: typed «1 284,93» or «1284.93», cleaned to kopecks.

    Refuses letters, a minus, more than two decimals, less than ``minimum`` and more than
    ``maximum`` kopecks. An empty field that is not required gives None.
    """

    default_error_messages = {
        "required": "Введите сумму",
        "negative": "Сумма не бывает меньше нуля. Уберите минус",
        "letters": "В сумме не только цифры. Введите рубли и копейки, например 1\u00a0284,93",
        "decimals": "Копеек не больше двух цифр. Проверьте сумму, например 1\u00a0284,93",
    }

    def __init__(
        self,
        *,
        label: str | None = None,
        help_text: str = "",
        required: bool = True,
        initial: int | None = None,
        minimum: int = 1,
        maximum: int = _MOST_KOPECKS,
    ) -> None:
        super().__init__(label=label, help_text=help_text, required=required, initial=initial)
        self.minimum, self.maximum = minimum, maximum

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for the keys of a number, and for a field as wide as a sum."""
        return super().widget_attrs(widget) | {
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "sum",
        }

    def prepare_value(self, value: Any) -> Any:
        """Show kopecks that the page proposes as roubles; leave typed text as it is."""
        return format_kopecks(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return kopecks; raises ValidationError with the remedy."""
        text = without_spaces(str(value or "")).removesuffix("₽")
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self._in_bounds(self._kopecks(text))

    def _kopecks(self, text: str) -> int:
        """Read the sum, telling one fault from another."""
        if text.startswith(("-", "–", MINUS)):
            raise ValidationError(self.error_messages["negative"], code="negative")
        if not re.match(r"[0-9]+[.,]?[0-9]*\Z", text):
            raise ValidationError(self.error_messages["letters"], code="letters")
        try:
            return parse_kopecks(text.rstrip(".,"))
        except ValueError:
            raise ValidationError(self.error_messages["decimals"], code="decimals") from None

    def _in_bounds(self, kopecks: int) -> int:
        """Return the sum when it lies between the bounds."""
        if kopecks < self.minimum == 1:
            raise ValidationError("Введите сумму больше нуля", code="minimum")
        if kopecks < self.minimum:
            least = format_kopecks(self.minimum)
            raise ValidationError(f"Введите не меньше {least}\u00a0₽", code="minimum")
        if kopecks > self.maximum:
            most = format_kopecks(self.maximum)
            raise ValidationError(f"Введите не больше {most}\u00a0₽", code="maximum")
        return kopecks


class ReadingField(forms.Field):
    """A reading of one register, cleaned to a Decimal (RULES 1.5).

    Takes a comma or a point, spaces, leading zeros; the red digits come in a second input
    or after the comma in the first. Refuses letters, two separators, a minus, more digits
    than the meter has. An empty field that is not required gives None. ``spoken`` names
    the register for a reader of the screen, for example «холодная вода»; ``fraction_name``
    says what the red digits count.
    """

    default_error_messages = {
        "required": "Показания нет. Введите цифры со счётчика",
        "zero_letters": "Здесь буквы «О» вместо нулей. Введите цифры",
        "letters": "Здесь не только цифры. Введите цифры со счётчика",
        "negative": "Показание не бывает меньше нуля. Уберите минус",
        "separators": "Запятая должна быть одна. Оставьте ту, что стоит перед красными цифрами",
        "both": "Красные цифры введены дважды, и разные. Оставьте те, что на счётчике",
        "no_whole": "Не хватает чёрных цифр. Введите их, хотя бы один ноль",
        "whole_only": "Здесь нужны только чёрные цифры. Уберите запятую и всё после неё",
    }
    widget: Any

    def __init__(
        self,
        *,
        int_digits: int,
        frac_digits: int,
        label: str | None = None,
        help_text: str = "",
        required: bool = True,
        initial: Decimal | None = None,
        spoken: str = "",
        fraction_name: str = "литры",
        widget: forms.Widget | None = None,
    ) -> None:
        self.int_digits, self.frac_digits = int_digits, frac_digits
        self.fraction_name = fraction_name
        red = f"{spoken or label or ''}: {fraction_name}, {dial.red_digits(frac_digits)}"
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            initial=initial,
            widget=widget
            or ReadingInput(
                int_digits=int_digits, frac_digits=frac_digits, fraction_label=red.lstrip(": ")
            ),
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for the keys of a number where the reading is one plain input."""
        if isinstance(widget, forms.TextInput):
            return {"inputmode": "decimal", "autocomplete": "off"}
        return {}

    def prepare_value(self, value: Any) -> Any:
        """Show a Decimal that the page proposes on the wheels; leave typed text as it is."""
        if not isinstance(value, Decimal):
            return value
        shown = dial.padded(value, self.int_digits, self.frac_digits)
        if isinstance(self.widget, ReadingInput):
            return DialEntry(shown.whole, shown.fraction)
        return shown.spoken

    def clean(self, value: Any) -> Decimal | None:
        """Return the reading; raises ValidationError with the remedy."""
        entry = value if isinstance(value, DialEntry) else DialEntry(str(value or ""))
        if not entry:
            if self.required:
                raise self._fault("required")
            return None
        return self._number(without_spaces(entry.whole), without_spaces(entry.fraction))

    def _number(self, typed: str, red: str) -> Decimal:
        """Put the black and the red digits together."""
        self._check_signs(typed + red)
        match = _READING.match(typed)
        if match is None or not (red == "" or _DIGITS.match(red)):
            raise self._fault("separators")
        whole, decimals = match[1], match[2] or ""
        if decimals and red and decimals != red:
            raise self._fault("both")
        if not whole:
            raise self._fault("no_whole")
        if red and self.frac_digits and len(red) != self.frac_digits:
            # «5» might be five litres or five hundred: only the person knows.
            raise ValidationError(
                f"Красных цифр на счётчике {self.frac_digits}, а введено {len(red)}. "
                "Введите все, и нули тоже",
                code="incomplete",
            )
        self._check_length(whole, decimals or red)
        fraction = decimals or red
        return Decimal(f"{whole}.{fraction}" if fraction else whole)

    def _check_signs(self, text: str) -> None:
        """Refuse a minus and everything that is no digit and no separator."""
        if _DASHES.match(text):
            raise self._fault("negative")
        foreign = set(re.sub(r"[0-9.,]", "", text))
        if foreign and foreign <= _LETTERS_LIKE_ZERO:
            raise self._fault("zero_letters")
        if foreign:
            raise self._fault("letters")

    def _check_length(self, whole: str, decimals: str) -> None:
        """Refuse more digits than the meter has; zeros in front do not count."""
        have = len(whole.lstrip("0"))
        if have > self.int_digits:
            raise ValidationError(
                f"Чёрных цифр на счётчике {self.int_digits}, а введено {have}. "
                "Проверьте, нет ли лишней",
                code="too_long",
            )
        if decimals and not self.frac_digits:
            raise self._fault("whole_only")
        if len(decimals) > self.frac_digits:
            word = plural(len(decimals), ("цифра", "цифры", "цифр"))
            raise ValidationError(
                f"После запятой {len(decimals)} {word}, а красных на счётчике "
                f"{self.frac_digits}. Проверьте, нет ли лишней",
                code="too_precise",
            )

    def _fault(self, code: str) -> ValidationError:
        """Return the error of a code with its words."""
        return ValidationError(self.error_messages[code], code=code)


class PhoneField(forms.CharField):
    """A phone number as Russians write it («8 (900)…», «+7…», «900…»), cleaned to E.164."""

    widget = forms.TelInput
    default_error_messages = {
        "required": "Введите номер телефона",
        "invalid": "Такого номера нет. Введите десять цифр после восьмёрки, "
        "например 8\u00a0912\u00a0345-67-89",
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the browser offer the person's own number."""
        return super().widget_attrs(widget) | {"autocomplete": "tel"}

    def clean(self, value: Any) -> str:
        """Return ``+79123456789``; an empty field that is not required gives an empty text."""
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        number = parse_phone(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


def parse_phone(text: str) -> str | None:
    """Return the number as E.164, or None when it cannot be one."""
    if re.search(r"[^\W\d_]", text):
        # The library would read letters as the keys of a telephone.
        return None
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class AccountNumberField(forms.CharField):
    """The number of an account: spaces and dashes do not matter, the rest are digits.

    ``digits`` is the length that the supplier prints on its bills; 0 takes any length.
    """

    default_error_messages = {
        "required": "Введите номер лицевого счёта. Он стоит вверху квитанции",
        "letters": "В номере счёта только цифры. Проверьте по квитанции",
        "too_long": "Номер слишком длинный. Проверьте по квитанции",
    }

    def __init__(
        self,
        *,
        digits: int = 0,
        label: str | None = "Номер лицевого счёта",
        help_text: str = "",
        required: bool = True,
        initial: str | None = None,
    ) -> None:
        super().__init__(label=label, help_text=help_text, required=required, initial=initial)
        self.digits = digits

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for the keys of digits."""
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        """Return the digits of the number; raises ValidationError with the remedy."""
        number = _DASHES.sub("", without_spaces(str(value or "")))
        if not number:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        if not _DIGITS.match(number):
            raise ValidationError(self.error_messages["letters"], code="letters")
        if self.digits and len(number) != self.digits:
            word = plural(self.digits, ("цифра", "цифры", "цифр"))
            raise ValidationError(
                f"В номере {self.digits} {word}, а введено {len(number)}. Проверьте по квитанции",
                code="length",
            )
        if len(number) > _LONGEST_ACCOUNT:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return number


class CodeField(forms.CharField):
    """A code of six digits from a message; spaces and dashes do not matter."""

    widget = CodeInput
    default_error_messages = {
        "required": "Введите код из сообщения",
        "invalid": "В коде шесть цифр. Проверьте, все ли введены",
    }

    def clean(self, value: Any) -> str:
        """Return the six digits; raises ValidationError with the remedy."""
        code = _DASHES.sub("", without_spaces(str(value or "")))
        if not code:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        if len(code) != _CODE_DIGITS or not _DIGITS.match(code):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return code
