"""Files under 400 lines, functions under 60: what is longer says two things."""

from source import ROOT, SOURCE, functions, name, python_files, tree

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60


def test_no_file_is_long():
    files = [*python_files(SOURCE, ROOT / "tests"), *SOURCE.rglob("*.css"), *SOURCE.rglob("*.js")]
    long = {
        name(path): lines
        for path in files
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_FILE_LINES
    }
    assert not long


def test_no_function_is_long():
    long = {
        f"{name(path)}:{function.name}": lines
        for path in python_files(SOURCE)
        for function in functions(tree(path))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    }
    assert not long
