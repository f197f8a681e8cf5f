"""Filling in the sheet of readings of Anna's flat."""

from abonent.common.periods import Period
from flat import COLD, HOT, LIGHT, PREVIEW, READINGS
from seen import field_error, hidden, words

NOVEMBER, DECEMBER = Period(2026, 11), Period(2026, 12)
KEY = "0123456789abcdef0123456789abcdef"


def fields(registers, **typed):
    """Return the form: ``day``, ``night``, ``cold``, ``hot`` as they are typed."""
    places = {
        "day": (LIGHT, "day"), "night": (LIGHT, "night"),
        "cold": (COLD, "single"), "hot": (HOT, "single"),
    }  # fmt: skip
    names = {name: f"r{registers[place].pk}" for name, place in places.items()}
    return {"key": KEY, **{names[name]: value for name, value in typed.items()}}


def usual(registers, **typed):
    return fields(registers, **{"day": "14331", "night": "06189", "cold": "128,4", **typed})


def check(client, form):
    answer = client.post(PREVIEW, form, follow=True)
    assert answer.redirect_chain[-1][0].startswith(PREVIEW), words(answer)
    return answer


def refused(client, form, address=PREVIEW):
    """Send what is wrong; return the sheet that says so."""
    answer = client.post(address, form, follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"{READINGS}draft/"), words(answer)
    assert "<title>Ошибка: " in answer.content.decode()
    return answer


def confirm(client, form, **more):
    return client.post(READINGS, hidden(check(client, form)) | more)


def scale_error(answer, registers, place) -> str:
    return field_error(answer, f"r{registers[place].pk}")
