"""The code as the laws read it."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src"
ROOMS = SOURCE / "abonent" / "domain"

# The order of the rooms, lowest first (HOUSE 4); a foreign key may only point down.
ORDER = [
    {"ledger", "documents", "messaging", "journal"},
    {"identity", "suppliers"},
    {"accounts"},
    {"metering", "tariffs"},
    {"billing"},
    {"payments"},
    {"invoicing"},
    {"contracts", "orders", "support"},
    {"reports", "exchange"},
    {"journeys"},
]


def python_files(*folders: Path) -> list[Path]:
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
