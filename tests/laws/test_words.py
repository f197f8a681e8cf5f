"""Every model is in the glossary, every public verb says what becomes true, nothing is left undone."""

import ast
import re

import pytest
from django.apps import apps
from source import ROOMS, ROOT, SOURCE, functions, name, python_files, tree

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("abonent.")]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
def test_model_is_in_the_glossary(model):
    assert f"`{model.__name__}`" in GLOSSARY, f"{model.__name__} is not in docs/glossary.md"


def public_verbs():
    for path in python_files(ROOMS):
        parts = path.relative_to(ROOMS).parts
        if (
            "operations" in path.stem
            or "operations" in parts
            or "queries" in path.stem
            or "queries" in parts
        ):
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node


def test_public_verbs_have_docstrings():
    silent = [
        f"{name(path)}:{verb.name}" for path, verb in public_verbs() if not ast.get_docstring(verb)
    ]
    assert not silent


def test_operations_take_keywords_only_and_no_hidden_ones():
    loose = [
        f"{name(path)}:{verb.name}"
        for path, verb in public_verbs()
        if "operations" in str(path)
        and path.parent.name == "operations"
        and verb.args.kwarg is not None
    ]
    assert not loose


def test_nothing_is_left_undone():
    marks = [
        f"{name(path)}:{number}"
        for path in python_files(SOURCE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNDONE.search(line)
    ]
    assert not marks


def test_no_one_prints():
    prints = [
        f"{name(path)}:{node.lineno}"
        for path in python_files(SOURCE / "abonent" / "domain", SOURCE / "abonent" / "common")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not prints


def test_every_room_explains_itself():
    rooms = [room for room in ROOMS.iterdir() if (room / "__init__.py").exists()]
    assert not [room.name for room in rooms if not (room / "README.md").exists()]


def test_functions_are_found():
    """The reader of the code itself works: it sees this house's verbs."""
    assert any(verb.name == "submit_readings" for _, verb in public_verbs())
    assert functions(tree(ROOMS / "billing" / "rules" / "lines.py"))
