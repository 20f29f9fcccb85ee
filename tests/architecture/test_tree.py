import re
import subprocess

from tests.architecture.tree import ROOT, name, repository_files

TOP_LEVEL = {
    *("config", "outreach", "visits", "templates", "tests", ".ci"),
    *("manage.py", "requirements.txt", "README.md", "pyproject.toml", "LICENSE"),
    *(".gitignore", ".gitattributes"),
}


def test_nothing_moves_into_the_top_level():
    assert {name(path).split("/")[0] for path in repository_files()} - TOP_LEVEL == set()


def test_every_requirement_is_pinned():
    for file in ("requirements.txt", "tests/requirements.txt", "visits/roads/requirements.txt"):
        lines = [line.split(" #")[0].strip() for line in (ROOT / file).read_text().splitlines()]
        packages = [
            line for line in lines if line and not line.startswith("#") and line != "-r ../requirements.txt"
        ]
        assert packages
        assert [line for line in packages if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []


def test_tests_have_the_optional_packages_at_the_same_pins():
    optional = (ROOT / "visits/roads/requirements.txt").read_text().splitlines()[1:]
    assert set(optional) <= set((ROOT / "tests/requirements.txt").read_text().splitlines())


def test_no_third_party_file_is_committed():
    foreign = re.compile(r"(^|/)(vendor|node_modules)/|\.min\.(js|css)$")
    assert [name(path) for path in repository_files() if foreign.search(name(path))] == []


def test_nothing_personal_or_generated_is_committed():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not re.search(r"\.(sqlite3|mo|pyc|pem|key)$", tracked, re.MULTILINE)


def test_ci_runs_what_the_readme_says():
    assert "tests/run" in (ROOT / ".ci" / "run").read_text()
