"""Foreign keys point down the order of the rooms; signals and saves have no behaviour."""

import ast

from django.apps import apps
from source import ORDER, SOURCE, name, python_files, tree


def floor(label: str) -> int:
    return next(place for place, rooms in enumerate(ORDER) if label in rooms)


def foreign_keys():
    for model in apps.get_models():
        if not model.__module__.startswith("abonent."):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is not None and field.concrete and not field.auto_created:
                yield model, field.name, target


def test_foreign_keys_point_down():
    known = set().union(*ORDER)
    wrong = [
        f"{model._meta.label}.{field} → {target._meta.label}"
        for model, field, target in foreign_keys()
        if target._meta.app_label in known
        and target._meta.app_label != model._meta.app_label
        and floor(target._meta.app_label) >= floor(model._meta.app_label)
    ]
    assert not wrong
    assert len(list(foreign_keys())) > 20


def test_no_signals():
    heard = [
        name(path)
        for path in python_files(SOURCE / "abonent")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("signals")
    ]
    assert not heard


def test_no_default_ordering():
    assert not [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("abonent.") and model._meta.ordering
    ]
