"""The payer's pages: plain HTML, no scripts, another organisation than the shop."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bank_simulator.bank import LATE_BY
from bank_simulator.cards import TRIAL_CARDS, read_card
from bank_simulator.payer import Payer, Step
from bank_simulator.records import CONFIRMATION_EXPIRED, BankRefusal, State
from bank_simulator.web import Answer, NotReadable
from bank_simulator.words import REASONS, declinable, sum_of, time_of, tries_left

if TYPE_CHECKING:
    from bank_simulator.bank import Bank
    from bank_simulator.payer import Challenge
    from bank_simulator.records import Operation
    from bank_simulator.web import Request

PATH = re.compile(r"/pay/(?P<id>[0-9a-f-]{1,64})(?:/(?P<act>card|code|close|decline|late))?")
ASSETS = {"bank.css": "text/css; charset=utf-8", "bank.svg": "image/svg+xml"}
CARD_FIELDS = (
    ("number", "Номер карты", "16 цифр, пробелы можно оставить", 24, ""),
    ("validity", "Действует до", "Например, 12/30; черту можно не ставить", 7, ' class="short"'),
    ("code", "Код с оборота", "Три цифры", 3, ' class="short"'),
)
CODE_FIELDS = (("code", "Код из СМС", "Шесть цифр", 6, ' class="short"'),)
STATES = {
    State.HELD: ("Деньги удержаны", "Магазин подтвердит списание и пришлёт чек."),
    State.CAPTURED: ("Оплата прошла", "Магазин получил деньги и пришлёт чек."),
}


class Pages:
    """Pages and the forms on them. A form sent twice does the thing once."""

    def __init__(self, bank: Bank, payer: Payer) -> None:
        self._bank = bank
        self._payer = payer
        folder = files("bank_simulator").joinpath("templates")
        self._templates = {
            name: Template(folder.joinpath(f"{name}.html").read_text(encoding="utf-8"))
            for name in ("frame", "card", "code", "result", "note")
        }

    def answer(self, request: Request) -> Answer:
        """Answer a browser."""
        if request.path.startswith("/assets/"):
            return self._asset(request.path.removeprefix("/assets/"))
        if request.path == "/":
            text = "Сюда приходят из магазина, чтобы оплатить. Начните оплату в магазине."
            return self._note(200, "Банк-имитатор работает", text)
        try:
            return self._payment(request)
        except BankRefusal as refusal:
            return self._missing() if refusal.word == "unknown" else self._conflict()
        except NotReadable:
            return self._conflict()

    def _payment(self, request: Request) -> Answer:
        found = PATH.fullmatch(request.path)
        if found is not None and request.method == "GET":
            return self._show(found["id"], asks_code=found["act"] == "code")
        if found is not None and request.method == "POST" and found["act"]:
            return self._take(found["id"], found["act"], request.form())
        return self._missing()

    # Showing

    def _show(self, identifier: str, *, asks_code: bool) -> Answer:
        with self._bank.work() as now:
            operation = self._bank.operation(identifier)
            challenge = self._payer.challenge(operation)
            refusals = self._bank.traces(operation).refusals
            if operation.state == State.PENDING:
                self._bank.visit(operation, now=now)
        if operation.state != State.PENDING or not operation.return_url:
            return self._result(operation)
        if asks_code and challenge is not None:
            return self._code_form(operation, challenge, {})
        if asks_code:
            return Answer.redirect(f"/pay/{identifier}")
        return self._card_form(operation, {}, {}, refused=_refused(refusals))

    def _card_form(
        self,
        operation: Operation,
        typed: dict[str, str],
        wrong: dict[str, str],
        *,
        refused: str = "",
    ) -> Answer:
        """Return the form; what was typed is given back, except the code."""
        cards = "\n".join(
            f'<li><span class="number">{card.spaced}</span><br>{escape(card.promise)}</li>'
            for card in TRIAL_CARDS
        )
        reasons = "\n".join(
            f'<option value="{word}">{escape(text)}</option>' for word, text in declinable().items()
        )
        return self._page(
            "card",
            422 if wrong else 200,
            back=operation.way_back,
            raw={
                "errors": _errors(wrong) or refused,
                "lines": _lines(operation),
                "fields": _fields(CARD_FIELDS, typed, wrong),
                "cards": cards,
                "reasons": reasons,
            },
            texts={
                "title": _titled("Оплата картой", wrong),
                "id": operation.id,
                "amount": sum_of(operation.amount),
                "deadline": time_of(operation.confirm_until),
            },
        )

    def _code_form(
        self, operation: Operation, challenge: Challenge, wrong: dict[str, str]
    ) -> Answer:
        return self._page(
            "code",
            422 if wrong else 200,
            back=operation.way_back,
            raw={"errors": _errors(wrong), "fields": _fields(CODE_FIELDS, {}, wrong)},
            texts={
                "title": _titled("Подтвердите оплату кодом", wrong),
                "id": operation.id,
                "amount": sum_of(operation.amount),
                "card": f"{challenge.card.system} ••\u00a0{challenge.card.last4}",
                "code": challenge.code,
            },
        )

    def _result(self, operation: Operation) -> Answer:
        if operation.state in STATES:
            title, text = STATES[operation.state]
        elif operation.cancel_reason == CONFIRMATION_EXPIRED:
            title = "Время на оплату вышло"
            text = "Деньги не списаны. Вернитесь в магазин и начните оплату заново."
        elif operation.state == State.PENDING:
            title, text = "Банк проводит платёж", "Ничего делать не нужно."
        else:
            reason = REASONS.get(operation.cancel_reason, "Банк отказал")
            title, text = "Оплата не прошла", f"{reason}. Деньги не списаны."
        back = (
            f'<p><a class="back" href="{escape(operation.way_back)}">Вернуться в магазин</a></p>'
            if operation.return_url
            else ""
        )
        return self._page(
            "result",
            200,
            raw={"back": back, "lines": _lines(operation)},
            texts={"title": title, "amount": sum_of(operation.amount), "text": text},
        )

    # Taking

    def _take(self, identifier: str, act: str, typed: dict[str, str]) -> Answer:
        with self._bank.work() as now:
            operation = self._bank.operation(identifier)
            if operation.state != State.PENDING:
                return _leave(operation)
            if act == "card":
                card, wrong = read_card(typed, now=now)
                if card is None:
                    return self._card_form(operation, typed, wrong)
                if self._payer.show_card(operation, card, now=now) == Step.ASKED_CODE:
                    return Answer.redirect(f"/pay/{identifier}/code")
            elif act == "code":
                return self._take_code(operation, typed)
            elif act == "decline":
                reason = typed.get("reason", "")
                if reason not in declinable():
                    return self._conflict()
                self._payer.act(identifier, act=act, reason=reason, after=LATE_BY, now=now)
            elif act == "late":
                self._payer.act(identifier, act="pay_late", reason="", after=LATE_BY, now=now)
            return _after(self._bank.operation(identifier), act)

    def _take_code(self, operation: Operation, typed: dict[str, str]) -> Answer:
        with self._bank.work() as now:
            code = re.sub(r"\s", "", typed.get("code", ""))
            challenge = self._payer.challenge(operation)
            if challenge is not None and not code:
                wrong = {"code": "Введите шесть цифр из сообщения банка."}
                return self._code_form(operation, challenge, wrong)
            step = self._payer.answer_code(operation, code, now=now)
            challenge = self._payer.challenge(operation)
            if step == Step.WRONG_CODE and challenge is not None:
                wrong = {"code": f"Код не подошёл. {tries_left(challenge.left)}"}
                return self._code_form(operation, challenge, wrong)
            return _after(self._bank.operation(operation.id), "code")

    # Parts

    def _page(
        self,
        name: str,
        status: int,
        *,
        texts: dict[str, str],
        raw: dict[str, str],
        back: str = "",
    ) -> Answer:
        """Return a page: texts are escaped here, ``raw`` is HTML made in this module."""
        safe = {word: escape(text) for word, text in texts.items()} | raw
        body = self._templates[name].substitute(safe)
        html = self._templates["frame"].substitute(title=safe["title"], body=body)
        return Answer(status, html.encode(), "text/html; charset=utf-8", _headers(back))

    def _note(self, status: int, title: str, text: str) -> Answer:
        return self._page("note", status, texts={"title": title, "text": text}, raw={})

    def _asset(self, name: str) -> Answer:
        if name not in ASSETS:
            return self._missing()
        body = files("bank_simulator").joinpath("assets", name).read_bytes()
        return Answer(200, body, ASSETS[name], (("Cache-Control", "max-age=3600"),))

    def _missing(self) -> Answer:
        text = "Проверьте адрес или вернитесь в магазин и начните оплату заново."
        return self._note(404, "Такой страницы нет", text)

    def _conflict(self) -> Answer:
        text = "Вернитесь на шаг назад и выберите действие на странице оплаты."
        return self._note(400, "Это действие не получилось", text)


def _after(operation: Operation, act: str) -> Answer:
    """Send the payer on: to another try if a card was refused and the page takes one more."""
    if operation.state == State.PENDING and act in {"card", "code", "decline"}:
        return Answer.redirect(f"/pay/{operation.id}")
    return _leave(operation)


def _leave(operation: Operation) -> Answer:
    """Send the payer back to the shop; to our own page if the hour was simply missed."""
    missed = operation.cancel_reason == CONFIRMATION_EXPIRED
    if missed or not operation.return_url:
        return Answer.redirect(f"/pay/{operation.id}")
    return Answer.redirect(operation.way_back)


def _refused(refusals: tuple[str, ...]) -> str:
    """Say that the last card did not pass, while the page takes another."""
    if not refusals:
        return ""
    reason = REASONS.get(refusals[-1], "Банк отказал")
    return (
        f'<div class="errors" role="alert"><h2>Карта не прошла</h2>'
        f"<p>{escape(reason)}. Попробуйте другую карту.</p></div>"
    )


def _headers(return_url: str) -> tuple[tuple[str, str], ...]:
    """Return the headers of a page; forms may lead back to the shop and nowhere else."""
    shop = f" {_origin(return_url)}" if return_url else ""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action 'self'{shop}"
    )
    return (
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    )


def _origin(url: str) -> str:
    """Return scheme, host and port in ASCII, so that nothing else gets into the policy."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return re.sub(r"[^0-9A-Za-z.:/\[\]-]", "", f"{parts.scheme}://{host}{port}")


def _titled(title: str, wrong: dict[str, str]) -> str:
    return f"Ошибка: {title}" if wrong else title


def _lines(operation: Operation) -> str:
    pairs = (("Получатель", operation.payee), ("Назначение", operation.title))
    return "\n".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value)


def _errors(wrong: dict[str, str]) -> str:
    if not wrong:
        return ""
    lines = "".join(
        f'<li><a href="#{name}">{escape(text)}</a></li>' for name, text in wrong.items()
    )
    return f'<div class="errors" role="alert"><h2>Исправьте</h2><ul>{lines}</ul></div>'


def _fields(
    fields: tuple[tuple[str, str, str, int, str], ...],
    typed: dict[str, str],
    wrong: dict[str, str],
) -> str:
    """Return inputs with their labels, hints and errors; the code is never given back."""
    shown = []
    for name, label, hint, most, width in fields:
        value = "" if name == "code" else escape(typed.get(name, ""))
        error = wrong.get(name, "")
        described = f"{name}-error {name}-hint" if error else f"{name}-hint"
        invalid = ' aria-invalid="true"' if error else ""
        message = f'<span class="error" id="{name}-error">{escape(error)}</span>' if error else ""
        shown.append(
            f'<p class="field{" wrong" if error else ""}"><label for="{name}">{label}</label>'
            f'<span class="hint" id="{name}-hint">{hint}</span>{message}'
            f'<input{width} id="{name}" name="{name}" value="{value}" type="text"'
            f' inputmode="numeric" autocomplete="off" maxlength="{most}"'
            f' aria-describedby="{described}"{invalid}></p>'
        )
    return "\n".join(shown)
