"""Dialects without a database: every shipped one is whole, and its calls mean one thing only."""

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from abonent.adapters.agents import answering, asking, dialect, flat_xml
from abonent.adapters.agents.channel import WrongChannel, channel_of
from abonent.adapters.agents.family import FamilyAgent
from abonent.adapters.agents.signatures import signature_of
from abonent.domain.payments.ports import AgentCall
from abonent.domain.payments.rules import (
    AgentAnswer,
    CheckAsked,
    PayAsked,
    Unanswerable,
    Verdict,
)

SHIPPED = sorted(path.stem for path in Path(dialect.__file__).parent.glob("dialects/*.toml"))
NOWHERE = Path("/nonexistent")


def call(told):
    from urllib.parse import urlencode

    return AgentCall("GET", urlencode(told).encode(), b"", "", "", "", "")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_dialect_pays_and_answers(name):
    spoken = dialect.dialect(name, NOWHERE)
    words = {theirs: ours for ours, theirs in spoken.commands.items()}
    names = spoken.parameters
    moment = date(2026, 11, 1).strftime(spoken.moment_format)
    told = {
        names["command"]: words["pay"], names["number"]: "1234567", names["account"]: "0010012345",
        names["sum"]: "1000.00", names["moment"]: moment,
    }  # fmt: skip
    if spoken.signature:
        told[spoken.signature.parameter] = signature_of(told, spoken.signature, "s")
    asked = asking.read(call(told), spoken, "s")
    assert asked == PayAsked("1234567", "0010012345", 100_000, date(2026, 11, 1))
    channel = channel_of("x", {"protocol": name, "addresses": ["127.0.0.1"]}, NOWHERE)
    for verdict in Verdict:
        answer = AgentAnswer(verdict, ours=41078, amount=100_000)
        reply = answering.write(call(told), asked, answer, spoken, channel.zone)
        found = flat_xml.values(reply.body, spoken.encoding)
        good = verdict in {Verdict.ACCEPTED, Verdict.CANCELLED}
        assert ("41078" in found.values()) == good
        assert spoken.code(verdict, repeated=False) in found.values()


def test_no_other_split_of_a_signed_text_is_a_call():
    """T23: every way to cut the same text into the same parameters, or more of them."""
    spoken = dialect.dialect("eps2", NOWHERE)
    honest = {"account": "0010012345", "command": "pay", "sum": "1000.00",
              "txn_date": "20261101120005", "txn_id": "1234567"}  # fmt: skip
    mark = signature_of(honest, spoken.signature, "s")
    text = "".join(honest[name] for name in sorted(honest))
    begins = len("0010012345pay")
    tried = accepted = 0
    for one, two in product(range(begins, len(text) + 1), repeat=2):
        cut = {"account": "0010012345", "command": "pay", "sum": text[begins:one],
               "txn_date": text[one:two], "txn_id": text[two:]}  # fmt: skip
        for extra in ({}, {"trm_id": ""}, {"zz": ""}):
            told = {name: value for name, value in (cut | extra).items() if value or extra}
            if one > two or signature_of(told, spoken.signature, "s") != mark:
                continue
            tried += 1
            asked = asking.read(call(told | {"hash": mark}), spoken, "s")
            accepted += not isinstance(asked, Unanswerable)
    for place in range(begins, len(text)):
        lent = honest | {"txn_id": text[place:], "zz": ""}
        lent["txn_id"], lent["zz"] = honest["txn_id"][: place - begins], text[place:]
        if signature_of(lent, spoken.signature, "s") == mark:
            tried += 1
            accepted += not isinstance(
                asking.read(call(lent | {"hash": mark}), spoken, "s"), Unanswerable
            )
    assert tried > 300
    assert accepted == 1, "the honest one"


def test_an_own_dialect_lies_beside_the_file_and_tells_only_what_differs(tmp_path):
    (tmp_path / "dialects").mkdir()
    own = 'based_on = "eps"\n[parameters]\naccount = "LS"\n[codes]\nnot_found = "33"\n'
    (tmp_path / "dialects" / "town.toml").write_text(own)
    spoken = dialect.dialect("town", tmp_path)
    assert asking.read(call({"ACTION": "check", "LS": "17"}), spoken, "") == CheckAsked("17")
    assert spoken.code(Verdict.NOT_FOUND, repeated=False) == "33"
    assert spoken.code(Verdict.ACCEPTED, repeated=True) == "8"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("nobody", "", "нет протокола"),
        ("../osmp", "", "нет протокола"),
        ("round", 'based_on = "round"', "нет протокола"),
        ("bare", 'root = "x"', "неполно"),
        ("words", 'based_on = "osmp"\n[commands]\nsteal = "steal"', "commands: steal"),
        ("sums", 'based_on = "osmp"\nencoding = "utf-16"', "encoding: utf-16"),
        ("loose", 'based_on = "osmp"\n[signature]\nparameter = "h"\nmethod = "md5"', "signed call"),
    ],
)
def test_a_description_that_is_wrong_is_named(tmp_path, name, text, says):
    (tmp_path / "dialects").mkdir()
    if text:
        (tmp_path / "dialects" / f"{name}.toml").write_text(text)
    with pytest.raises(dialect.WrongDialect, match=says):
        dialect.dialect(name, tmp_path)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "нет обязательного ключа 'protocol'"),
        ({"protocol": "osmp"}, "открыт всем"),
        ({"protocol": "osmp", "secret_env": "HOME"}, "открыт всем"),
        ({"protocol": "eps2", "addresses": ["::1"]}, "нужен secret"),
        ({"protocol": "osmp", "password": "x"}, "password не пишут сюда"),
        ({"protocol": "osmp", "user": "x"}, "нужен пароль"),
        ({"protocol": "osmp", "user": "x", "password_env": "NO_SUCH"}, "password пуст"),
        ({"protocol": "osmp", "secret_file": "none"}, "неверное значение"),
        ({"protocol": "osmp", "adresses": []}, "неизвестные ключи adresses"),
        ({"protocol": "osmp", "addresses": ["x"]}, "неверное значение"),
        ({"protocol": "osmp", "addresses": ["::1"], "minimum": "1.005"}, "неверное значение"),
        ({"protocol": "osmp", "addresses": ["::1"], "timezone": "Mars"}, "неверное значение"),
        ({"protocol": "osmp", "addresses": ["::1"], "unknown_account": "x"}, "неверное значение"),
    ],
)
def test_a_channel_that_is_wrong_is_named(told, says):
    with pytest.raises(WrongChannel, match=says):
        FamilyAgent(channel_of("x", told, NOWHERE), dialect.dialect(told["protocol"], NOWHERE))
