"""Each component renders, escapes what it is given, and is shown and described."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from design_pages import Page, assert_safe, assert_sound
from django import forms
from django.template import Context, Template

from abonent.interfaces import design
from abonent.interfaces.design.chart import Bar
from abonent.interfaces.design.errors import ErrorLink
from abonent.interfaces.design.fields import PageForm, ReadingField
from abonent.interfaces.design.frame import NavItem

FOLDER = Path(design.__file__).parent
COMPONENTS = sorted(path.stem for path in (FOLDER / "templates" / "cotton").glob("*.html"))
EVIL = """"><script>alert(1)</script><b onclick='alert(2)' x="'>{{ 7 }}"""


class EvilForm(PageForm):
    """Fields whose labels, hints, values and errors all try to break out."""

    text = forms.CharField(label=EVIL, help_text=EVIL)
    way = forms.ChoiceField(
        label=EVIL, help_text=EVIL, choices=[(EVIL, EVIL)], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label=EVIL, help_text=EVIL)
    cold = ReadingField(label=EVIL, spoken=EVIL, fraction_name=EVIL, int_digits=5, frac_digits=3)


class EvilSpan(EvilForm):
    """The same with the two months of a history."""

    since = forms.ChoiceField(label=EVIL, help_text=EVIL, choices=[(EVIL, EVIL)])
    until = forms.ChoiceField(label=EVIL, help_text=EVIL, choices=[(EVIL, EVIL)])


def evil_form(kind: type[EvilForm] = EvilForm) -> EvilForm:
    """Return the form with what was typed and with an error at each field."""
    form = kind({"text": EVIL, "way": EVIL, "cold": EVIL, "cold-litres": EVIL})
    for name in form.fields:
        form.add_error(name, EVIL)
    return form


def compiled(source: str) -> Template:
    """Compile a template written as components are written in pages."""
    from django_cotton.compiler_regex import CottonCompiler

    return Template(CottonCompiler().process(source))


def rendered(source: str, values: dict[str, object]) -> str:
    """Render a template written as components are written in pages."""
    return compiled(source).render(Context(values))


def declared(component: str) -> tuple[list[str], list[str]]:
    """Return the attributes of a component: texts, and those that carry values."""
    text = (FOLDER / "templates" / "cotton" / f"{component}.html").read_text()
    match = re.search(r"<c-vars\s([^>]*)/>", text)
    names = re.findall(r"(:?[a-z_]+)=", match[1]) if match else []
    return (
        [name for name in names if not name.startswith(":")],
        [name[1:] for name in names if name.startswith(":")],
    )


def values_for(component: str) -> dict[str, object]:
    """Return evil values for the attributes that are not texts."""
    form = evil_form()
    fields = {"choices": "way", "tick": "agree", "reading": "cold"}
    day = date(2026, 11, 24)
    return {
        "form": evil_form(EvilSpan),
        "field": form[fields.get(component, "text")],
        "errors": [ErrorLink(EVIL, EVIL), ErrorLink(EVIL)],
        "hints": {EVIL: EVIL},
        "rows": [{"name": EVIL, "value": EVIL, "sign": EVIL, "unit": EVIL, "total": True}],
        "items": [NavItem(EVIL, EVIL, current=True, hint=EVIL)],
        "bars": [Bar(EVIL, Decimal(1), EVIL, name=EVIL, exact=EVIL, before_exact=EVIL)],
        "first": day, "last": day, "today": day,
        "value": Decimal(1), "was": Decimal(1), "used": Decimal(1), "price": Decimal(1),
        "cost": 100,
    }  # fmt: skip


NUMBERS = {"int_digits": "5", "frac_digits": "3", "current": "1"}


@pytest.mark.parametrize("how", ["text", "value"])
@pytest.mark.parametrize("component", COMPONENTS)
def test_component_escapes_every_attribute(component: str, how: str) -> None:
    texts, carried = declared(component)
    given = {
        name: f'{name}="{NUMBERS[name]}"' if name in NUMBERS
        else f'{name}="{{{{ evil }}}}"' if how == "text" else f':{name}="evil"'
        for name in texts
    }  # fmt: skip
    if component in {"field", "choices", "tick", "reading"}:
        # Errors and hints come from the field itself.
        given.pop("hint", None)
    values = values_for(component)
    attrs = " ".join([*given.values(), *(f':{name}="{name}"' for name in carried)])
    name = component.replace("_", "-")
    html = rendered(f"<c-{name} {attrs}>{{{{ evil }}}}</c-{name}>", values | {"evil": EVIL})
    page = Page(html)
    assert not page.all("script")
    assert not [one for one in page.elements if any(key.startswith("on") for key in one.attrs)]
    assert "{{ 7 }}" in html or component in {"steps", "window_days", "dial"}
    assert page.unclosed == []


def test_unnamed_attributes_are_escaped_too() -> None:
    html = rendered('<c-button :hx-get="evil" data-x="{{ evil }}">Да</c-button>', {"evil": EVIL})
    button = Page(html).one("button")
    assert button.attrs["hx-get"] == EVIL
    assert button.attrs["data-x"] == EVIL


@pytest.mark.parametrize("component", COMPONENTS)
def test_component_is_described_and_shown(component: str) -> None:
    name = f"<c-{component.replace('_', '-')}"
    described = re.search(rf"^\| `{name}>` .*$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert described, f"{name}> has no line in the README"
    texts, carried = declared(component)
    assert [one for one in texts + carried if f"`{one}`" not in described[0]] == []
    shown = "".join(path.read_text() for path in (FOLDER / "templates").rglob("*.html"))
    assert re.search(rf"{name}[\s>]", shown)


@pytest.mark.parametrize("component", COMPONENTS)
def test_component_prints_no_raw_attributes(component: str) -> None:
    text = (FOLDER / "templates" / "cotton" / f"{component}.html").read_text()
    assert not re.search(r"{{\s*attrs\s*(\|safe\s*)?}}", text), "cotton does not escape them"
    assert "|safe" not in text


@pytest.mark.parametrize(
    "component",
    [one for one in COMPONENTS if one not in {"field", "choices", "tick", "months", "window_days"}],
)
def test_component_takes_nothing_from_the_page_by_itself(component: str) -> None:
    texts, carried = declared(component)
    # Cotton lets a component see the page's own variables, so each attribute has a default.
    html = rendered(
        f"<c-{component.replace('_', '-')} />", dict.fromkeys(texts + carried, "утечка")
    )
    assert html.strip()
    assert "утечка" not in html


class Letter(PageForm):
    """A form for the tests of single components."""

    text = forms.CharField(label="Вопрос", help_text="Коротко")
    way = forms.ChoiceField(
        label="Способ", choices=[("a", "Первый"), ("b", "Второй")], widget=forms.RadioSelect
    )
    photo = forms.FileField(label="Фото", required=False)


def test_field_ties_hint_and_error_to_the_input() -> None:
    page = Page(rendered('<c-field :field="form.text" />', {"form": Letter({"text": ""})}))
    box = page.one("input")
    assert box.attrs["aria-describedby"] == "id_text-hint id_text-error"
    assert box.attrs["aria-invalid"] == "true"
    assert "required" not in box.attrs
    assert page.by_id("id_text-error").text == "Заполните это поле"
    assert page.by_id("id_text-hint").text == "Коротко"
    assert_sound(page)


def test_field_without_hint_and_error_is_plain() -> None:
    page = Page(rendered('<c-field :field="form.photo" />', {"form": Letter()}))
    assert "aria-describedby" not in page.one("input").attrs
    assert page.elements[0].attrs["class"] == "field"


def test_nothing_is_preselected_and_a_choice_is_kept() -> None:
    source = '<c-choices :field="form.way" :hints="hints" />'
    fresh = Page(rendered(source, {"form": Letter(), "hints": {"a": "Быстро"}}))
    assert ["checked" in one.attrs for one in fresh.all("input")] == [False, False]
    assert fresh.by_id("id_way_0-hint").text == "Быстро"
    assert_sound(fresh)
    kept = Page(rendered(source, {"form": Letter({"way": "b"}), "hints": {}}))
    assert ["checked" in one.attrs for one in kept.all("input")] == [False, True]


def test_reading_tells_the_script_what_to_count_with() -> None:
    class Readings(PageForm):
        cold = ReadingField(label="Вода", int_digits=5, frac_digits=3)

    html = rendered(
        '<c-reading :field="form.cold" :was="was" :price="price" multiplier="40" unit="м³" />',
        {"form": Readings(), "was": Decimal("118.250"), "price": Decimal("52.36")},
    )
    page = Page(html)
    assert page.elements[0].attrs == {
        "class": "reading", "data-int": "5", "data-frac": "3", "data-was": "118.250",
        "data-price": "52.36", "data-times": "40",
    }  # fmt: skip
    assert "hidden" in page.one("output").attrs
    assert "× 40 × 52,36\u00a0₽ = " in page.elements[0].text
    assert_sound(page)


def test_reading_of_whole_numbers_has_no_red_wheels() -> None:
    class Readings(PageForm):
        day = ReadingField(label="День", int_digits=6, frac_digits=0)

    html = rendered(
        '<c-reading :field="form.day" :was="was" />', {"form": Readings(), "was": Decimal(7)}
    )
    assert "of-" not in html
    assert html.count("wheels-6") == 3
    assert "000007" in html
    assert [one.attrs["inputmode"] for one in Page(html).all("input")] == ["numeric"]


def test_wrong_reading_counts_nothing() -> None:
    class Readings(PageForm):
        cold = ReadingField(label="Вода", int_digits=5, frac_digits=3)

    html = rendered(
        '<c-reading :field="form.cold" :was="was"><c-slot name="remedy">Счётчик меняли? '
        '<a href="/x">Сообщите</a></c-slot></c-reading>',
        {"form": Readings({"cold": "12a"}), "was": Decimal(7)},
    )
    page = Page(html)
    assert page.elements[0].attrs == {"class": "reading wrong"}
    assert not page.all("output")
    assert page.by_id("id_cold-error").text.endswith("со счётчика. Счётчик меняли? Сообщите")
    assert_sound(page)


def test_shown_reading_has_no_inputs() -> None:
    html = rendered(
        '<c-reading :value="v" :was="w" :used="u" frac_digits="3" now_label="Передано" />',
        {"v": Decimal("274.816"), "w": Decimal("243.59"), "u": Decimal("31.226")},
    )
    page = Page(html)
    assert not page.all("input")
    assert not page.all("label")
    assert page.one("output").text.strip().startswith("31,226")


def test_column_sum_from_rows_and_by_hand() -> None:
    rows = [
        {"name": "Счёт", "value": "10 ₽", "sign": "", "unit": "", "total": False},
        {"name": "Осталось", "value": "7 ₽", "sign": "−", "unit": "м³", "total": True},
    ]
    html = rendered('<c-column-sum :rows="rows" caption="Остаток" />', {"rows": rows})
    page = Page(html)
    assert [row.attrs for row in page.all("tr")] == [{}, {"class": "total"}]
    assert [cell.text for cell in page.all("td")] == ["10 ₽", "−\u00a07 ₽", "м³"]


def test_form_carries_its_key_and_asks_the_server() -> None:
    page = Page(rendered('<c-form key="k-1" files="yes" action="/x"></c-form>', {}))
    form = page.one("form")
    assert "novalidate" in form.attrs
    assert form.attrs["enctype"] == "multipart/form-data"
    assert page.one("input").attrs == {"type": "hidden", "name": "key", "value": "k-1"}


def test_steps_mark_the_way() -> None:
    page = Page(rendered('<c-steps current="2" />', {}))
    assert [one.attrs for one in page.all("li")] == [
        {"class": "done"}, {"aria-current": "step"}, {},
    ]  # fmt: skip


def test_fragments_are_safe() -> None:
    assert_safe(Page(rendered('<c-empty title="Пусто" dial="yes" frac_digits="3" />', {})))
