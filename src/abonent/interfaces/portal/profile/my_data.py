"""The person's data to take away: a zip of tables for a spreadsheet and one JSON of the same."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    suspend_request,
)
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.generic import TemplateView

from abonent.common.money import plain_roubles
from abonent.common.numbers import plain_decimal
from abonent.domain.journeys.export_my_data import AccountData, MyData, export_my_data
from abonent.interfaces.portal.journal import lines
from abonent.interfaces.portal.profile.views import ProfilePage

Row = Mapping[str, str]
# A spreadsheet runs what begins with these as a formula (TRUST T31).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class TakeMyData(ProfilePage, TemplateView):
    """What the file will hold, and the button that makes it; the password is asked again."""

    template_name = "portal/profile/my_data.html"

    def prepare(self, **kwargs: Any) -> HttpResponse | None:
        """Ask who it is once more: the file is the whole cabinet."""
        super().prepare(**kwargs)
        if not did_recently_reauthenticate(self.request):
            return suspend_request(self.request, reverse("account_reauthenticate"))
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Give the file."""
        data = export_my_data(user_id=self.user_id, supplier_id=self.supplier.id, now=self.now)
        response = HttpResponse(_zipped(tables_of(data)), content_type="application/zip")
        name = f"cabinet-{self.supplier.code}-{self.today:%Y-%m-%d}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def tables_of(data: MyData) -> dict[str, list[Row]]:
    """Return the tables of the file by name, their columns named in Russian."""
    person = data.person
    return {
        "profil": [
            {
                "Имя": person.full_name,
                "Логин": person.login,
                "Почта": person.email,
                "Телефон": person.phone,
                "Кабинет с": _moment(person.joined_at),
            }
        ],
        "soglasiya": [
            {
                "На что": one.purpose,
                "Редакция": one.version,
                "Дано": _moment(one.given_at),
                "Отозвано": _moment(one.withdrawn_at),
                "Текст": one.text,
            }
            for one in data.consents
        ],
        "scheta": [_account(one) for one in data.accounts],
        "pokazaniya": [row for one in data.accounts for row in _readings(one)],
        "nachisleniya": [row for one in data.accounts for row in _bills(one)],
        "platezhi": [row for one in data.accounts for row in _payments(one)],
        "zhurnal": [
            {"Когда": _moment(one.at), "Что": one.text, "Подробнее": one.detail}
            for one in lines(data.acts)
        ],
    }


def _account(one: AccountData) -> Row:
    account = one.account
    return {
        "Лицевой счёт": account.number,
        "Название": account.alias,
        "Адрес": account.address,
        "Владелец": account.full_name,
        "В кабинете с": _moment(account.since),
    }


def _readings(one: AccountData) -> Iterator[Row]:
    for service in one.readings.services if one.readings else ():
        for meter in service.meters:
            for line in meter.lines:
                yield {
                    "Лицевой счёт": one.account.number,
                    "Услуга": service.name,
                    "Счётчик": meter.serial,
                    "Зона": line.zone_name,
                    "Месяц": str(line.period),
                    "Снято": line.taken_on.isoformat(),
                    "Показание": plain_decimal(line.value),
                    "Единица": service.unit_name,
                    "Откуда": line.source,
                }


def _bills(one: AccountData) -> Iterator[Row]:
    for bill in one.bills:
        yield {
            "Лицевой счёт": one.account.number,
            "Месяц": str(bill.period),
            "Было, ₽": plain_roubles(bill.opening),
            "Начислено, ₽": plain_roubles(bill.charged),
            "Пени, ₽": plain_roubles(bill.penalty),
            "Заплачено, ₽": plain_roubles(bill.paid),
            "К оплате, ₽": plain_roubles(bill.due),
            "Оплатить до": bill.due_by.isoformat(),
        }


def _payments(one: AccountData) -> Iterator[Row]:
    for payment in one.payments:
        yield {
            "Лицевой счёт": one.account.number,
            "День": (payment.paid_on or payment.happened_on).isoformat(),
            "Сумма, ₽": plain_roubles(payment.amount_for(one.account.id)),
            "Состояние": payment.state_text,
            "Где": payment.channel_name,
            "Номер": payment.number,
        }


def _zipped(tables: Mapping[str, Sequence[Row]]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cabinet.json", json.dumps(tables, ensure_ascii=False, indent=1))
        for name, rows in tables.items():
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
    return body.getvalue()


def _csv(rows: Sequence[Row]) -> bytes:
    """Write a table as spreadsheets of Russia open it: semicolons, a mark of UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula; sums keep their minus."""
    number = value.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{value}" if value.startswith(_FORMULA) and not number else value


def _moment(at: datetime | None) -> str:
    return localtime(at).isoformat(timespec="minutes") if at else ""
