"""Hours read from the words on a door, and whether a place is open at a moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest

from abonent.domain.suppliers import models, queries
from abonent.domain.suppliers.queries import OfficeWish
from abonent.domain.suppliers.rules.calendar import SHIPPED, ProductionCalendar
from abonent.domain.suppliers.rules.hours import read_hours, standing
from abonent.interfaces.design.place_map import Place, draw_places
from abonent.presets.load import load_preset, shipped_codes

CENTRE = "пн–пт 8:00–20:00, сб 9:00–16:00"


def words(text: str, moment: str, calendar=SHIPPED) -> str:
    hours = read_hours(text)
    assert hours is not None
    found = standing(hours, datetime.fromisoformat(moment), calendar)
    assert found.is_open == found.words.startswith("Открыто")
    return found.words


@pytest.mark.parametrize(
    ("text", "moment", "said"),
    [
        (CENTRE, "2026-11-24T08:00", "Открыто до 20:00"),  # Tuesday
        (CENTRE, "2026-11-24T07:59", "Закрыто, откроется сегодня в 8:00"),
        (CENTRE, "2026-11-24T20:00", "Закрыто, откроется завтра в 8:00"),
        (CENTRE, "2026-11-28T15:59", "Открыто до 16:00"),
        (CENTRE, "2026-11-28T16:00", "Закрыто, откроется в понедельник, 30\u00a0ноября, в 8:00"),
        ("по будням с 8:00 до 17:00", "2026-11-24T16:00", "Открыто до 17:00"),
        ("пн–чт 8:00–17:00, пт 8:00–16:00", "2026-11-27T16:30",
         "Закрыто, откроется в понедельник, 30\u00a0ноября, в 8:00"),
        ("пн-пт 8:00-17:00, перерыв 12:00-13:00", "2026-11-24T09:00", "Открыто, перерыв 12:00–13:00"),
        ("пн–пт 8:00–17:00, перерыв 12:00–13:00", "2026-11-24T12:30",
         "Закрыто, откроется сегодня в 13:00"),
        ("пн–пт 8:00–17:00, перерыв 12:00–13:00", "2026-11-24T13:00", "Открыто до 17:00"),
        ("ежедневно 9:00–21:00", "2027-01-01T12:00", "Открыто до 21:00"),
        ("круглосуточно", "2027-01-01T23:59", "Открыто круглосуточно"),
        ("многоканальный, круглосуточно", "2026-11-24T03:00", "Открыто круглосуточно"),
        ("вт–сб 9:00–18:00", "2026-11-23T10:00", "Закрыто, откроется завтра в 9:00"),
        # The fourth of November is a holiday in the middle of the week.
        (CENTRE, "2026-11-04T12:00", "Закрыто, откроется завтра в 8:00"),
        # A Saturday among the holidays of January.
        (CENTRE, "2027-01-02T10:00", "Закрыто, откроется в субботу, 9\u00a0января, в 9:00"),
    ],
)  # fmt: skip
def test_a_place_is_open_or_says_when_it_opens(text: str, moment: str, said: str):
    assert words(text, moment) == said


def test_a_saturday_that_works_is_as_a_friday_and_own_days_off_are_off():
    moved = ProductionCalendar(working=frozenset({date(2026, 11, 28)}))
    assert words("пн–пт 8:00–17:00", "2026-11-28T10:00", moved) == "Открыто до 17:00"
    off = ProductionCalendar(off=frozenset({date(2026, 11, 24)}))
    assert words("пн–пт 8:00–17:00", "2026-11-24T10:00", off) == "Закрыто, откроется завтра в 8:00"


@pytest.mark.parametrize(
    "text", ["", "по записи", "пн–пт", "пн–пт 8–17", "25:00–26:00", "пн–пт 17:00–8:00", "до 17:00"]
)
def test_words_that_are_not_understood_tell_nothing(text: str):
    assert read_hours(text) is None


def test_every_shipped_place_has_hours_that_are_understood():
    found = [office for code in shipped_codes() for office in load_preset(code).preset.offices]
    assert len(found) > 15
    assert not [office.hours for office in found if office.hours and not read_hours(office.hours)]


@dataclass(frozen=True)
class Spot:
    """A place of the table below."""

    name: str
    hours: str = CENTRE
    self_service: bool = False
    accessible: bool = False
    load: str = ""
    rush: str = ""
    kind: str = "office"


SPOTS = (
    Spot("агент", "ежедневно 9:00–22:00", self_service=True, load="low", kind="agent"),
    Spot("центр", load="high", rush="17:00–19:00", accessible=True, self_service=True),
    Spot("север", "пн–пт 8:00–17:00", load="medium", accessible=True),
    Spot("без часов", "по записи"),
)


@pytest.fixture
def supplier(db: None) -> queries.SupplierView:
    row = models.Supplier.objects.create(code="s", name="S", timezone="Asia/Yekaterinburg")
    for spot in SPOTS:
        models.Office.objects.create(supplier=row, address="г. Тагил, ул. 1", **vars(spot))
    return queries.get_supplier("s")


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ({}, ["центр", "север", "без часов", "агент"]),
        ({"open_now": True}, ["центр", "агент"]),
        ({"self_service": True}, ["центр", "агент"]),
        ({"accessible": True}, ["центр", "север"]),
        ({"quiet": True}, ["агент"]),
        ({"accessible": True, "open_now": True}, ["центр"]),
    ],
)
def test_places_are_chosen_by_the_wish_at_this_hour(supplier, wish, names):
    evening = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 18:00 in Yekaterinburg
    found = queries.offices(supplier=supplier, wish=OfficeWish(**wish), now=evening)
    assert [office.name for office in found] == names
    assert [office.place for office in found] == list(range(1, len(names) + 1))


def test_a_busy_place_is_quiet_outside_its_rush(supplier):
    morning = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    found = queries.offices(supplier=supplier, wish=OfficeWish(quiet=True), now=morning)
    assert [office.name for office in found] == ["центр", "агент"]


def test_the_map_keeps_north_above_and_joins_what_lies_together():
    drawn = draw_places(
        [Place(1, 56.9, 60.6), Place(2, 56.8, 60.6), Place(3, 56.8, 60.6001), Place(4, 56.85, 60.7)]
    )
    assert drawn is not None
    north, south, east = drawn.dots
    assert (north.label, south.label, east.label) == ("1", "2, 3", "4")
    assert north.y < east.y < south.y
    assert east.x > south.x
    assert all(0 < dot.x < drawn.width and 0 < dot.y < drawn.high for dot in drawn.dots)
    assert draw_places([Place(1, 56.9, 60.6)]) is None
    assert draw_places([Place(1, 0, 0), Place(2, 0, 0)]).dots[0].label == "1, 2"


def test_the_time_of_a_span_is_whole():
    assert read_hours("пн 9:05–9:06").days[0] == ((time(9, 5), time(9, 6)),)
