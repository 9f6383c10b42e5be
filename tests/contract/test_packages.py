"""pyproject.toml names exactly the packages that the code uses; the lock holds them by hash, without addresses."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from typing import Any

import pytest

from tests.support.broker import PROJECT

RUNTIME = ("shared", "services", "ops", "wardline")
NOT_IMPORTED = {
    "crc32c": "kafka-python uses it when it is there",
    "psycopg": "SQLAlchemy loads it when the database's address names PostgreSQL",
    "psycopg-binary": "psycopg's compiled half",
    "httptools": "uvicorn's fast HTTP parser",
    "python-multipart": "fastapi's reader of forms",
    "uvloop": "uvicorn's fast event loop",
}
TOOLS = {"mypy", "pip-tools", "pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "ruff", "setuptools"}
TOOLS |= {"import-linter", "schemathesis", "types-pyyaml", "hypothesis", "grimp", "aiosmtpd"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(requirements: list[str]) -> set[str]:
    for requirement in requirements:
        assert "==" in requirement, f"{requirement} is not pinned"
    return {canonical(requirement.split("==")[0]) for requirement in requirements}


def imported(roots: tuple[str, ...]) -> Iterator[str]:
    """The distributions that the modules under ``roots`` import, type checking included."""
    distributions = packages_distributions()
    for root in roots:
        for path in sorted((PROJECT / root).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {*RUNTIME, "tests"}:
                    assert top in distributions, f"{path.relative_to(PROJECT)} imports {top}: not installed"
                    yield canonical(distributions[top][0])


def test_what_the_product_imports_is_declared_and_what_is_declared_is_used(project: dict[str, Any]) -> None:
    declared = pinned(project["dependencies"])
    used = set(imported(RUNTIME))
    assert used - declared == set(), "imported, not declared"
    assert declared - used - NOT_IMPORTED.keys() == set(), "declared, never imported"


def test_what_the_tests_import_is_declared(project: dict[str, Any]) -> None:
    development = pinned(project["optional-dependencies"]["dev"])
    assert set(imported(("tests",))) <= pinned(project["dependencies"]) | development
    assert development <= TOOLS | set(imported(("tests",)))


def test_the_lock_holds_every_declared_package_with_hashes_and_no_address(project: dict[str, Any]) -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text) is None
    entries = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)(?= )", text, flags=re.MULTILINE))
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        name, version = requirement.split(";")[0].strip().split("==")
        assert {canonical(each): pin for each, pin in entries.items()}[canonical(name)] == version
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        if block.strip() and not block.startswith("#"):
            assert "--hash=sha256:" in block, block.splitlines()[0]
