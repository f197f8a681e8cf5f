"""The simulator stands apart: no code of the house, nothing but the standard library."""

import ast
import sys
from pathlib import Path

import bank_simulator

FOLDER = Path(bank_simulator.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module


def test_it_imports_only_itself_and_the_standard_library():
    assert len(MODULES) > 20
    roots = {name.split(".")[0] for path in MODULES for name in imported(path)}
    assert roots - set(sys.stdlib_module_names) == {"bank_simulator"}


def test_the_house_does_not_import_it():
    """Whoever needs it starts it as a process and talks to it over the wire, the soak too."""
    for path in (FOLDER.parent / "abonent").rglob("*.py"):
        assert not [name for name in imported_or_nothing(path) if name.startswith("bank_simulator")]


def imported_or_nothing(path):
    """Return absolute imports; a file of the house may be relative or half-written by law tests."""
    return [
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]


def test_files_and_functions_stay_small():
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, (path, node.name)
