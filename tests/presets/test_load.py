"""Every shipped preset is sound and says what its article says; faults are named."""

import re
from pathlib import Path

import pytest

from abonent.domain.accounts.rules import WEAK_FIELDS
from abonent.domain.suppliers.rules import ServiceKind
from abonent.interfaces.design.theme import check_theme
from abonent.presets import load

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "preset.md"
SIX = ["nesk", "sesb", "teplo-nn", "tmesbyt", "tns-kuban", "tns-voronezh"]
ALL = [*SIX, "plain"]


def cabinet(code):
    return load.load_preset(code).preset.cabinet


def test_the_six_and_the_plain_one_are_shipped():
    assert load.shipped_codes() == sorted(ALL)


@pytest.mark.parametrize("code", ALL)
def test_theme_is_readable(code):
    assert check_theme(cabinet(code)["theme"]) == []


@pytest.mark.parametrize("code", ALL)
def test_texts_have_no_forgotten_words_in_braces(code):
    left = set(re.findall(r"\{[a-z_]+\}", str(cabinet(code)["consents"])))
    assert left == {"{name}", "{inn}", "{ogrn}"}


@pytest.mark.parametrize("code", ALL)
@pytest.mark.parametrize("purpose", ["personal_data", "mailings"])
def test_a_consent_says_all_that_the_law_asks(code, purpose):
    consent = cabinet(code)["consents"][purpose]
    assert consent["version"]
    for word in (
        "Оператор: {name}, ИНН {inn}",
        "Цель:",
        "Данные:",
        "Действия:",
        "Срок:",
        "тозвать",
    ):
        assert word in consent["text"], word


def test_the_consent_of_a_preset_lists_its_own_data():
    assert "номер дома и квартиры" in cabinet("sesb")["consents"]["personal_data"]["text"]
    assert "номер дома и квартиры" not in cabinet("teplo-nn")["consents"]["personal_data"]["text"]


@pytest.mark.parametrize("code", ALL)
def test_every_way_can_be_walked(code):
    ways = [cabinet(code)["sign_up"], *cabinet(code).get("sign_up_also", [])]
    for way in ways:
        assert set(way.get("optional", [])) <= set(way.get("fields", []))
        assert {"contact_code", "bill_code"} <= set(way["evidence"])
        assert not set(way.get("consents", [])) & set(way.get("optional_consents", []))
        if way["method"] != "issued":
            assert "personal_data" in way["consents"]
            assert set(way["evidence"]) & set(WEAK_FIELDS)


@pytest.mark.parametrize("code", SIX)
def test_a_supplier_has_offices_topics_and_answers(code):
    shipped = load.load_preset(code)
    assert shipped.preset.offices
    assert len({topic.code for topic in shipped.topics}) == len(shipped.topics) >= 8
    assert {"complaint"} <= {topic.kind for topic in shipped.topics}
    assert len(shipped.faq) >= 5
    assert any(line.topic for line in shipped.faq)
    assert shipped.preset.cabinet["hotline"]
    assert shipped.preset.cabinet["payment_channels"]


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("teplo-nn", {ServiceKind.HEAT, ServiceKind.HOT_WATER}),
        ("tmesbyt", {ServiceKind.ELECTRICITY}),
        ("tns-voronezh", {ServiceKind.ELECTRICITY}),
        (
            "sesb",
            {
                ServiceKind.ELECTRICITY,
                ServiceKind.HEAT,
                ServiceKind.HOT_WATER,
                ServiceKind.COLD_WATER,
            },
        ),
        ("nesk", {ServiceKind.ELECTRICITY}),
        ("tns-kuban", {ServiceKind.ELECTRICITY}),
    ],
)
def test_services(code, kinds):
    assert {service.kind for service in load.load_preset(code).preset.services} == kinds


def test_sign_up_goes_as_the_articles_tell():
    fields = {code: cabinet(code)["sign_up"].get("fields") for code in SIX}
    assert fields["teplo-nn"] == [
        "full_name", "email", "password", "password_again", "phone", "phone_code",
    ]  # fmt: skip
    assert fields["tmesbyt"] == ["login", "password", "password_again", "email", "city"]
    assert fields["tns-voronezh"] == ["account", "last_paid", "email", "email_again"]
    assert fields["sesb"] == [
        "account", "house", "letter", "flat", "flat_extension", "email", "password",
    ]  # fmt: skip
    assert fields["nesk"] == [
        "account", "branch", "locality", "street", "house", "corpus", "flat", "login",
        "password", "password_again", "email", "email_again", "phone", "send_letter",
    ]  # fmt: skip
    assert fields["tns-kuban"] is None
    assert cabinet("tns-kuban")["sign_up"]["method"] == "issued"
    assert cabinet("nesk")["sign_up"]["activation_days"] == 14
    organisation = cabinet("teplo-nn")["sign_up_organisation"]
    assert organisation["fields"] == ["inn", "password", "email", "phone"]
    assert [way["method"] for way in cabinet("nesk")["sign_up_also"]] == ["email_or_phone"]


def test_sign_in_goes_as_the_articles_tell():
    assert cabinet("teplo-nn")["sign_in"] == ["email", "phone"]
    assert cabinet("tns-voronezh")["sign_in"] == ["account"]
    assert cabinet("sesb")["sign_in"] == ["email"]
    assert "login" in cabinet("tmesbyt")["sign_in"]


def test_policies_go_as_the_articles_tell():
    def policy(code, name, service="electricity"):
        return load.load_preset(code).preset.policy.value(name, service=service, kind=service)

    assert policy("tmesbyt", "minimum_payment") == "50"
    assert policy("nesk", "fraction_policy") == "truncate"
    assert (policy("sesb", "window_from_day"), policy("sesb", "window_to_day")) == ("15", "25")
    assert policy("sesb", "window_from_day", "cold_water") == "20"
    assert policy("teplo-nn", "window_to_day", "hot_water") == "25"


def test_an_empty_name_is_the_plain_preset():
    assert load.load_preset("") == load.load_preset("plain")
    assert load.load_preset("").preset.code == ""
    assert load.load_preset("").preset.cabinet["sign_up"]["method"] == "email"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(load.UnknownPreset) as refusal:
        load.load_preset("atlantis")
    assert "atlantis" in refusal.value.text
    assert all(code in refusal.value.text for code in ALL)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('citi = "Пермь"', "citi"),
        ('[sign_up]\nmethod = "email"\nfieldz = []', "fieldz"),
        ('[sign_up]\nmethod = "telepathy"', "telepathy"),
        ('sign_in = "email"', "sign_in"),
        ('sign_in = ["passport"]', "passport"),
        ("city = 7", "city"),
        ('[policy]\nwindow = "15"', "window"),
        ('[policy]\nfraction_policy = "guess"', "guess"),
        ('[policy]\nwindow_to_day = "32"', "window_to_day"),
        ('[policy.steam]\nwindow_to_day = "20"', "steam"),
        ('[[offices]]\nname = "Офис"\naddress = "а"\nbranch = "nowhere"', "nowhere"),
        ('[[offices]]\nname = "Офис"', "address"),
        ('[[offices]]\nname = "Офис"\naddress = "а"\nlatitude = "север"', "север"),
        ('[[topics]]\ntopic = "t"\nkind = "shout"', "shout"),
        ("city = ", "supplier.toml"),
    ],
)
def test_a_fault_is_named(tmp_path, text, named):
    (tmp_path / "supplier.toml").write_text(text, encoding="utf-8")
    with pytest.raises(load.UnfitPreset) as refusal:
        load.read_preset(tmp_path)
    assert named in refusal.value.text


def test_the_same_key_in_two_files_is_named(tmp_path):
    (tmp_path / "supplier.toml").write_text('city = "Пермь"', encoding="utf-8")
    (tmp_path / "more.toml").write_text('city = "Пермь"', encoding="utf-8")
    with pytest.raises(load.UnfitPreset) as refusal:
        load.read_preset(tmp_path)
    assert "city" in refusal.value.text


def test_what_is_not_given_is_as_in_the_plain_preset(tmp_path):
    (tmp_path / "supplier.toml").write_text('city = "Пермь"', encoding="utf-8")
    shipped = load.read_preset(tmp_path)
    plain = load.load_preset("plain")
    assert shipped.preset.cabinet == {**plain.preset.cabinet, "city": "Пермь"}
    assert shipped.topics == plain.topics
    assert shipped.preset.version != plain.preset.version


def keys_of(shape):
    """Return every key that a preset may have, at any depth."""
    if isinstance(shape, dict):
        return set(shape).union(*(keys_of(part) for part in shape.values()))
    return keys_of(shape[0]) if isinstance(shape, list) else set()


def test_the_guide_explains_every_key_and_word():
    text = GUIDE.read_text(encoding="utf-8")
    words = {*load.EVIDENCE, *load.SIGN_UP_METHODS, *load.SIGN_UP_FIELDS, *load.SIGN_IN}
    unexplained = {key for key in keys_of(load._SHAPE) | words if f"`{key}`" not in text}
    assert unexplained == set()
