"""The frames around pages, the error pages, the gallery, and answers to htmx."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from design_pages import Page, assert_safe, assert_sound
from django import forms
from django.http import Http404
from django.template import Context, Template, engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from abonent.common.refusals import Refusal
from abonent.interfaces import design
from abonent.interfaces.design import htmx
from abonent.interfaces.design.errors import ErrorLink, add_refusal, error_links
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.gallery import FRAME, sample_context
from abonent.interfaces.design.long_work import LongWork, TrackStep
from abonent.interfaces.design.views import gallery

FOLDER = Path(design.__file__).parent
FRAMES = ["page", "open_page", "desk_page", "plain"]
ERRORS = ["400", "403", "403_csrf", "404", "429", "500"]
GUEST = Frame(supplier_name="Ромашка", supplier_code="r", sign_in_url="/sign-in/")


class Letter(PageForm):
    """A form with a mistake to make."""

    text = forms.CharField(label="Вопрос")
    way = forms.ChoiceField(label="Способ", choices=[("a", "A")], widget=forms.RadioSelect)


def drawn(frame_name: str, body: str, values: dict[str, object]) -> Page:
    """Render a page that extends one of the frames."""
    source = '{% extends "design/' + frame_name + '.html" %}' + body
    template = engines["django"].from_string(source)
    return Page(template.render(values, RequestFactory().get("/")))


TITLE = "{% block title %}Счета «{{ name }}»{% endblock %}"


@pytest.mark.parametrize("frame_name", FRAMES)
def test_heading_and_title_agree(frame_name: str) -> None:
    page = drawn(frame_name, TITLE, {"frame": FRAME, "name": "<Д>"})
    assert page.one("h1").text == "Счета «<Д>»"
    assert page.one("title").text == "Счета «<Д>» – Свердловэнергосбыт"
    assert page.one("html").attrs == {"lang": "ru"}
    assert page.one("main").attrs["id"] == "main"
    assert page.unclosed == []
    assert_safe(page)
    assert_sound(page)


def test_errors_come_first_and_change_the_title() -> None:
    form = Letter({"text": ""})
    page = drawn("page", TITLE, {"frame": FRAME, "form": form})
    assert page.one("title").text.startswith("Ошибка: Счета")
    assert page.one("h1").text.startswith("Счета")
    box = page.by_id("errors")
    assert box.attrs["tabindex"] == "-1"
    assert "autofocus" not in box.attrs
    links = [one for one in page.all("a") if one.attrs["href"].startswith("#id_")]
    assert [(one.text, one.attrs["href"]) for one in links] == [
        ("Вопрос: заполните это поле", "#id_text"), ("Способ: выберите ответ", "#id_way_0"),
    ]  # fmt: skip
    assert any("focus-errors" in one.attrs["src"] for one in page.all("script"))


def test_no_errors_no_box() -> None:
    page = drawn("page", TITLE, {"frame": FRAME, "form": Letter()})
    assert not [one for one in page.elements if one.attrs.get("id") == "errors"]
    assert not any("focus-errors" in one.attrs["src"] for one in page.all("script"))


def test_errors_given_by_the_view_are_shown() -> None:
    errors = (ErrorLink("Банк не отвечает. Попробуйте позже"),)
    page = drawn("page", TITLE, {"frame": FRAME, "errors": errors})
    assert page.one("title").text.startswith("Ошибка: ")
    assert "Банк не отвечает. Попробуйте позже" in page.by_id("errors").text


def test_refusal_of_the_domain_stands_at_its_field() -> None:
    form = Letter({"text": "?", "way": "a"})
    assert form.is_valid()
    add_refusal(form, Refusal("Слишком коротко. Добавьте подробностей.", field="text"))
    add_refusal(form, Refusal("Сегодня не принимаем. Приходите завтра", field="unknown"))
    assert error_links(form) == (
        ErrorLink("Сегодня не принимаем. Приходите завтра"),
        ErrorLink("Вопрос: слишком коротко", "id_text"),
    )


def test_signed_in_person_can_leave_from_a_phone_too() -> None:
    page = drawn("page", TITLE, {"frame": FRAME})
    assert [one.text for one in page.all("button")] == ["Выйти", "Выйти"]
    assert {one.attrs["method"] for one in page.all("form")} == {"post"}
    assert page.all("input")[0].attrs["name"] == "csrfmiddlewaretoken"


def test_guest_is_offered_to_sign_in() -> None:
    page = drawn("open_page", TITLE, {"frame": GUEST})
    assert not page.all("form")
    assert [one.text for one in page.all("a") if one.attrs["href"] == "/sign-in/"] == ["Войти"]
    assert not page.all("footer")


def test_current_places_are_marked() -> None:
    page = drawn("page", TITLE, {"frame": FRAME})
    marked = {
        one.attrs["aria-current"]: one.text for one in page.all("a") if "aria-current" in one.attrs
    }
    assert marked["page"] == "Образцы"
    assert marked["true"].startswith("Моя квартира")
    assert [one.attrs["aria-label"] for one in page.all("nav")] == ["Разделы", "Лицевые счета"]


def test_theme_comes_after_the_sheet_and_view_is_kept() -> None:
    frame = dataclasses.replace(FRAME, theme_url="/theme/r.css", view_classes="large contrast")
    page = drawn("page", TITLE, {"frame": frame})
    sheets = [one.attrs["href"] for one in page.all("link") if one.attrs["rel"] == "stylesheet"]
    assert len(sheets) == 2
    assert sheets[1] == "/theme/r.css"
    assert page.one("html").attrs["class"] == "large contrast"


def test_demo_says_that_money_is_not_real() -> None:
    assert "деньги не настоящие" in drawn("page", TITLE, {"frame": FRAME}).one("body").text
    assert "деньги не настоящие" not in drawn("page", TITLE, {"frame": GUEST}).one("body").text


def test_frame_escapes_what_it_shows() -> None:
    evil = '"><script>alert(1)</script>'
    item = NavItem(evil, evil, current=True, hint=evil)
    frame = Frame(
        supplier_name=evil, supplier_code=evil, hotline=evil, hotline_hours=evil,
        sections=(item,), accounts=(item,) * 6, person_name=evil, sign_out_url=evil,
        profile_url=evil, theme_url=evil, is_demo=True, home_url=evil, imprint=(item,),
        view_classes=evil,
    )  # fmt: skip
    for name in FRAMES:
        page = drawn(name, TITLE, {"frame": frame, "name": evil})
        assert all(one.attrs.get("src", "").startswith("/static/") for one in page.all("script"))
        assert page.one("title").text.endswith(evil)


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_nothing_and_names_a_remedy(name: str) -> None:
    # Django renders the page of an accident with no context at all.
    page = Page(render_to_string(f"{name}.html"))
    assert page.unclosed == []
    assert_safe(page)
    assert_sound(page)
    assert page.one("h1").text in page.one("title").text
    assert re.search(
        r"Вернитесь|обновите|войдите|Проверьте|Подождите|Попробуйте", page.one("main").text
    )
    assert [one.text for one in page.all("a")][-1] == "Перейти на главную"


@pytest.mark.parametrize("name", ["400", "404"])
def test_error_page_tells_the_refusal(name: str) -> None:
    refusal = Refusal("Счёт закрыт. Позвоните нам")
    page = Page(render_to_string(f"{name}.html", {"refusal": refusal, "frame": FRAME}))
    assert "Счёт закрыт. Позвоните нам" in page.one("main").text


def work(*, done: int = 214, result_url: str = "") -> LongWork:
    """Return a piece of long work."""
    return LongWork(
        title="Готовим акт", doing="Сверяем платежи", done=done, total=391, page_url="/w/",
        steps=(TrackStep("14:06", "Собрали", "done"), TrackStep("сейчас", "Сверяем", "current")),
        poll_url="/w/part/", result_url=result_url,
    )  # fmt: skip


def test_long_work_polls_until_it_is_over() -> None:
    page = Page(render_to_string("design/long_work.html", {"frame": FRAME, "work": work()}))
    assert page.by_id("long-work").attrs["hx-get"] == "/w/part/"
    assert page.one("progress").attrs["value"] == "214"
    assert [one.attrs["href"] for one in page.all("a") if one.text == "Обновить"] == ["/w/"]
    assert_safe(page)
    over = Page(
        render_to_string("design/long_work_fragment.html", {"work": work(result_url="/akt.pdf")})
    )
    assert "hx-get" not in over.by_id("long-work").attrs
    assert over.all("a")[0].attrs == {"class": "button", "href": "/akt.pdf"}
    assert work(done=391).is_over


def test_htmx_is_told_to_show_errors_and_to_keep_the_policy() -> None:
    html = Template("{% load abonent %}{% htmx %}").render(Context())
    page = Page(html)
    config = json.loads(page.one("meta").attrs["content"])
    assert config["includeIndicatorStyles"] is False
    assert config["allowEval"] is False
    handled = {rule["code"]: rule["swap"] for rule in config["responseHandling"]}
    first = next(code for code in handled if re.search(code, "422"))
    assert handled[first] is True
    assert page.one("script").attrs["src"].endswith("htmx-2.min.js")
    assert_safe(page)


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False), ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)  # fmt: skip
def test_answer_is_a_page_or_its_part(headers: dict[str, str], part: bool) -> None:
    request = RequestFactory().get("/", headers=headers)
    context = {"frame": FRAME, "work": work()}
    response = htmx.page_or_fragment(
        request, page="design/long_work.html", fragment="design/long_work_fragment.html",
        context=context,
    )  # fmt: skip
    assert (b"<html" not in response.content) is part
    assert "HX-Request" in response.headers["Vary"]


def test_form_again_is_unprocessable() -> None:
    request = RequestFactory().post("/")
    context = {"frame": FRAME, "work": work()}
    response = htmx.form_again(request, page="design/long_work.html", context=context)
    assert response.status_code == 422
    assert b"<html" in response.content


def test_gallery_is_safe_and_sound(settings: object) -> None:
    html = render_to_string("design/gallery.html", sample_context(), RequestFactory().get("/"))
    page = Page(html)
    assert page.unclosed == []
    assert_safe(page)
    assert_sound(page)
    filled = [one for one in page.elements if one.attrs.get("class") == "button"]
    assert len(filled) == 1, "one filled button a page"


def test_gallery_is_shown_only_where_nothing_is_real(settings) -> None:  # type: ignore[no-untyped-def]  # a test's fixture
    request = RequestFactory().get("/gallery/")
    settings.DEBUG, settings.DEMO = False, True
    assert gallery(request).status_code == 200
    settings.DEMO = False
    with pytest.raises(Http404):
        gallery(request)


@pytest.mark.parametrize("script", sorted((FOLDER / "static" / "design").glob("*.js")))
def test_scripts_are_tiny_and_need_no_eval(script: Path) -> None:
    text = script.read_text()
    assert len(text.encode()) < 4000
    assert not re.search(r"\beval\b|new Function|innerHTML|\.style\b|https?:", text)
