"""Fields take what people type, refuse with a remedy, and never change what was typed."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from abonent.common.money import format_kopecks, plain_roubles
from abonent.interfaces.design.fields import (
    AccountNumberField,
    CodeField,
    PageForm,
    PhoneField,
    ReadingField,
    SumField,
)
from abonent.interfaces.design.widgets import DialEntry

S = "\u00a0"


def refusal(field: forms.Field, typed: object) -> str:
    """Return the code of the error that a field gives; fail when it takes the value."""
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    assert caught.value.messages[0]
    return str(caught.value.code)


def outcome(field: forms.Field, typed: object) -> tuple[object, str]:
    """Return what a field makes of the text: its value, or the words of its refusal."""
    try:
        return field.clean(typed), ""
    except ValidationError as error:
        return None, error.messages[0]


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [
        ("1 284,93", 128_493), ("1284.93", 128_493), (f"1{S}284,93", 128_493),
        ("1\u2009284,93", 128_493), ("1\u202f284,93\u00a0₽", 128_493),
        ("1284", 128_400), ("1284,", 128_400), ("1284,9", 128_490), ("0,01", 1), ("007", 700),
    ],
)  # fmt: skip
def test_sum_is_read(typed: str, kopecks: int) -> None:
    assert SumField().clean(typed) == kopecks


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"), ("   ", "required"), (None, "required"),
        ("12,345", "decimals"), ("1,2,3", "letters"), ("1.284,93", "letters"),
        ("сто", "letters"), ("100 руб.", "letters"), ("1e3", "letters"), ("١٢", "letters"),
        ("-5", "negative"), ("−5", "negative"), ("–5", "negative"),
        ("0", "minimum"), ("9" * 30, "maximum"), (",50", "letters"), ("NaN", "letters"),
    ],
)  # fmt: skip
def test_sum_is_refused(typed: str | None, code: str) -> None:
    assert refusal(SumField(), typed) == code


def test_sum_names_its_bounds() -> None:
    with pytest.raises(ValidationError) as caught:
        SumField(minimum=5000).clean("49,99")
    assert caught.value.messages == [f"Введите не меньше 50,00{S}₽"]
    assert SumField(minimum=5000).clean("50") == 5000
    assert SumField(required=False).clean("") is None


@given(st.integers(min_value=1, max_value=10**12), st.booleans())
def test_every_sum_we_write_is_read_back(kopecks: int, as_people: bool) -> None:
    text = format_kopecks(kopecks) if as_people else plain_roubles(kopecks)
    assert SumField().clean(text) == kopecks


def water() -> ReadingField:
    """Return the field of a water meter."""
    return ReadingField(label="Холодная вода", spoken="холодная вода", int_digits=5, frac_digits=3)


@pytest.mark.parametrize(
    ("whole", "red", "value"),
    [
        ("118,250", "", "118.250"), ("118.250", "", "118.250"), ("00118", "250", "118.250"),
        ("118,250", "250", "118.250"),
        ("118,", "250", "118.250"), ("118", "", "118"), ("118,", "", "118"), ("118,2", "", "118.2"),
        ("00007,250", "", "7.250"), ("0000118", "250", "118.250"), ("1 184", "250", "1184.250"),
        (f"1{S}184,25", "", "1184.25"), ("0", "005", "0.005"), ("0", "", "0"),
        ("99999", "999", "99999.999"),
    ],
)  # fmt: skip
def test_reading_of_water_is_read(whole: str, red: str, value: str) -> None:
    assert water().clean(DialEntry(whole, red)) == Decimal(value)


@pytest.mark.parametrize(
    ("whole", "red", "code"),
    [
        ("", "", "required"), ("ОО122", "730", "zero_letters"), ("12a", "", "letters"),
        ("1e3", "", "letters"), ("١٢", "", "letters"), ("118", "2б0", "letters"),
        ("-5", "", "negative"), ("−5", "", "negative"), ("5-5", "", "letters"),
        ("1,2,3", "", "separators"), ("1.234,5", "", "separators"), ("118", "2,5", "separators"),
        ("118,251", "250", "both"), ("", "250", "no_whole"), (",250", "", "no_whole"),
        (",", "", "no_whole"), ("118", "25", "incomplete"), ("118", "5", "incomplete"),
        ("118", "2500", "incomplete"), ("118,2500", "", "too_precise"),
        ("100000", "", "too_long"), ("NaN", "", "letters"),
    ],
)  # fmt: skip
def test_reading_of_water_is_refused(whole: str, red: str, code: str) -> None:
    assert refusal(water(), DialEntry(whole, red)) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [("14331,5", "whole_only"), ("14331,0", "whole_only"), ("143310", "too_long")],
)
def test_whole_reading_has_no_red_digits(typed: str, code: str) -> None:
    assert refusal(ReadingField(int_digits=5, frac_digits=0), typed) == code
    assert ReadingField(int_digits=5, frac_digits=0).clean("14331,") == Decimal(14331)


@given(st.integers(1, 8), st.integers(0, 4), st.sampled_from([",", "."]), st.booleans(), st.data())
def test_every_reading_of_a_meter_is_read(
    int_digits: int, frac_digits: int, separator: str, in_red: bool, data: st.DataObject
) -> None:
    whole = data.draw(st.integers(0, 10**int_digits - 1))
    part = data.draw(st.integers(0, 10**frac_digits - 1)) if frac_digits else 0
    red = str(part).zfill(frac_digits) if frac_digits else ""
    field = ReadingField(int_digits=int_digits, frac_digits=frac_digits)
    joined = f"{whole}{separator}{red}" if red else str(whole)
    entry = DialEntry(str(whole), red) if in_red else DialEntry(joined)
    assert field.clean(entry) == Decimal(f"{whole}.{red or 0}")


@given(st.text(max_size=12), st.text(max_size=4))
def test_any_text_is_read_or_refused_in_words(whole: str, red: str) -> None:
    value, words = outcome(water(), DialEntry(whole, red))
    if words:
        assert value is None
    else:
        assert isinstance(value, Decimal)
        assert 0 <= value < 100_000
        assert value == round(value, 3)


def test_reading_keeps_what_was_typed() -> None:
    class Readings(PageForm):
        cold = water()

    form = Readings({"cold": "ОО122", "cold-litres": "73"})
    assert not form.is_valid()
    html = str(form["cold"])
    assert 'value="ОО122"' in html
    assert 'value="73"' in html
    assert html.count('aria-invalid="true"') == 2
    assert 'aria-label="холодная вода: литры, три красные цифры"' in html
    assert "required" not in html


def test_reading_proposes_a_value_on_the_wheels() -> None:
    class Readings(PageForm):
        cold = water()
        plain = ReadingField(int_digits=5, frac_digits=3, widget=forms.TextInput())

    form = Readings(initial={"cold": Decimal("122.73"), "plain": Decimal("7.5")})
    assert 'value="00122"' in str(form["cold"])
    assert 'value="730"' in str(form["cold"])
    assert 'value="00007,500"' in str(form["plain"])


def test_reading_in_one_plain_input() -> None:
    class Readings(PageForm):
        plain = ReadingField(int_digits=5, frac_digits=3, required=False, widget=forms.TextInput())

    typed = Readings({"plain": "118.25"})
    assert typed.is_valid()
    assert typed.cleaned_data["plain"] == Decimal("118.25")
    empty = Readings({"plain": ""})
    assert empty.is_valid()
    assert empty.cleaned_data["plain"] is None


@pytest.mark.parametrize(
    "typed",
    [
        "8 (900) 950-60-80", "+7 900 950 60 80", "+7(900)950-60-80", "9009506080",
        "79009506080", "89009506080", f"8{S}900{S}950{S}60{S}80", " 8-900-950-60-80 ",
    ],
)  # fmt: skip
def test_phone_is_read_every_russian_way(typed: str) -> None:
    assert PhoneField().clean(typed) == "+79009506080"


def test_foreign_phone_is_read() -> None:
    assert PhoneField().clean("+375 29 123-45-67") == "+375291234567"


@pytest.mark.parametrize(
    "typed", ["900", "8 900 950 60 8", "телефон", "8-800-ABONENT", "+7 000 000-00-00", "8" * 40]
)
def test_phone_is_refused(typed: str) -> None:
    assert refusal(PhoneField(), typed) == "invalid"


@given(st.text(max_size=30))
def test_any_text_is_a_phone_or_is_refused(typed: str) -> None:
    number, words = outcome(PhoneField(required=False), typed)
    assert words or number == "" or str(number).startswith("+")


@pytest.mark.parametrize("typed", ["4012 730 518", "4012-730-518", f"4012{S}730–518", "4012730518"])
def test_account_number_is_read(typed: str) -> None:
    assert AccountNumberField(digits=10).clean(typed) == "4012730518"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "required"), ("4012 73О 518", "letters"), ("4012", "length"), ("1" * 11, "length")],
)
def test_account_number_is_refused(typed: str, code: str) -> None:
    assert refusal(AccountNumberField(digits=10), typed) == code


def test_account_number_of_any_length() -> None:
    assert AccountNumberField().clean("77") == "77"
    assert refusal(AccountNumberField(), "1" * 33) == "too_long"


@pytest.mark.parametrize("typed", ["407122", "407 122", "407-122", " 407122 "])
def test_code_is_read(typed: str) -> None:
    assert CodeField().clean(typed) == "407122"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "required"), ("4071", "invalid"), ("4071222", "invalid"), ("40712О", "invalid")],
)
def test_code_is_refused(typed: str, code: str) -> None:
    assert refusal(CodeField(), typed) == code


def test_missing_answers_say_what_to_do() -> None:
    class Letter(PageForm):
        text = forms.CharField()
        topic = forms.ChoiceField(choices=[("a", "A")])
        agree = forms.BooleanField()
        photo = forms.FileField()
        own = forms.CharField(error_messages={"required": "Напишите, что случилось"})

    errors = {name: texts[0] for name, texts in Letter({}).errors.items()}
    assert errors == {
        "text": "Заполните это поле",
        "topic": "Выберите ответ",
        "agree": "Поставьте отметку",
        "photo": "Выберите файл",
        "own": "Напишите, что случилось",
    }
