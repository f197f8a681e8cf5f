"""A preset given to a supplier: everything arrives, what the supplier set stays."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from abonent.domain.suppliers import models, queries
from abonent.domain.suppliers.operations import apply_preset
from abonent.domain.support import queries as support
from abonent.domain.support.operations import define_topics
from abonent.presets.load import load_preset

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    return models.Supplier.objects.create(
        code="sesb", name="АО «Светлый дом»", inn="6600800056", ogrn="1026600000040"
    )


def apply(supplier, code="sesb", preset=None):
    return apply_preset(supplier_id=supplier.pk, preset=preset or load_preset(code).preset, now=NOW)


def test_the_cabinet_offices_services_and_policy_arrive(supplier):
    assert apply(supplier).changed
    view = queries.get_supplier("sesb")
    assert view.preset == "sesb"
    assert view.cabinet["short_name"] == "Свердловэнергосбыт"
    consent = view.cabinet["consents"]["personal_data"]["text"]
    assert "АО «Светлый дом», ИНН 6600800056, ОГРН 1026600000040" in consent
    services = queries.services(supplier_id=supplier.pk)
    assert [service.code for service in services] == [
        "cold_water", "electricity", "heat", "hot_water",
    ]  # fmt: skip
    policy = queries.rulebook(supplier_id=supplier.pk)
    assert policy.value("window_from_day", service="cold_water") == "20"
    offices = models.Office.objects.filter(supplier=supplier)
    assert offices.count() == 6
    assert offices.get(name="Центральный офис").branch.code == "ekb"


def test_applying_again_changes_nothing(supplier):
    apply(supplier)
    before = list(models.Office.objects.values().order_by("pk"))
    cabinet = queries.get_supplier("sesb").cabinet
    assert not apply(supplier).changed
    assert list(models.Office.objects.values().order_by("pk")) == before
    assert queries.get_supplier("sesb").cabinet == cabinet


def test_what_the_supplier_set_itself_stays(supplier):
    models.Rulebook.objects.create(supplier=supplier, name="window_to_day", value="23")
    models.ServiceCategory.objects.create(
        supplier=supplier, code="heat", kind="heat", name="Тепло", unit="gcal"
    )
    apply(supplier)
    assert queries.rulebook(supplier_id=supplier.pk).value("window_to_day") == "23"
    names = {service.code: service.name for service in queries.services(supplier_id=supplier.pk)}
    assert names["heat"] == "Тепло"
    assert names["cold_water"] == "Холодная вода"


def test_another_name_of_the_supplier_reaches_the_consents(supplier):
    apply(supplier)
    models.Supplier.objects.filter(pk=supplier.pk).update(name="АО «Новое имя»")
    assert apply(supplier).changed
    assert "АО «Новое имя»" in str(queries.get_supplier("sesb").cabinet["consents"])


def test_a_newer_version_replaces_the_offices_and_keeps_the_branches(supplier):
    apply(supplier)
    branch = models.Branch.objects.get(supplier=supplier, code="ekb").pk
    preset = load_preset("sesb").preset
    newer = replace(
        preset, version="next", offices=preset.offices[:1], branches=preset.branches[:1]
    )
    assert apply(supplier, preset=newer).changed
    assert models.Office.objects.filter(supplier=supplier).count() == 1
    assert list(models.Branch.objects.filter(supplier=supplier).values_list("pk", flat=True)) == [
        branch
    ]


def test_topics_follow_the_list_and_are_retired_not_removed(supplier):
    topics = load_preset("sesb").topics
    assert define_topics(supplier_id=supplier.pk, topics=topics) == len(topics)
    assert support.topics(supplier_id=supplier.pk) == list(topics)
    define_topics(supplier_id=supplier.pk, topics=topics[:2])
    assert support.topics(supplier_id=supplier.pk) == list(topics[:2])
    define_topics(supplier_id=supplier.pk, topics=topics[::-1])
    assert support.topics(supplier_id=supplier.pk) == list(topics[::-1])
