import ast

from tests.architecture.tree import name, ours

LINES_PER_FILE = 500
LINES_PER_FUNCTION = 60


def test_no_file_is_longer_than_500_lines():
    lengths = {name(path): len(path.read_text().splitlines()) for path in ours(".py", ".js", ".css", ".html")}
    assert lengths, "no file was looked at"
    assert {path: lines for path, lines in lengths.items() if lines > LINES_PER_FILE} == {}


def test_no_function_is_longer_than_60_lines():
    too_long = {}
    for path in ours(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LINES_PER_FUNCTION:
                    too_long[f"{name(path)}:{node.lineno} {node.name}"] = lines
    assert too_long == {}
