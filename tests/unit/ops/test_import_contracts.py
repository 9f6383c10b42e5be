"""The import rule of this project catches what it says it catches."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import ImportGraph, build_graph

from tests.support.import_contracts import OnlyAllowed


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImportGraph]:
    """A product of three modules: a core, a shell and the contracts; the core breaks the rule in four ways."""
    package = tmp_path / "sample_product"
    for folder in (package, package / "core", package / "contracts"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    (package / "shell.py").write_text("import os\n")
    (package / "core" / "rules.py").write_text(
        "import json\nimport random\nfrom asyncio import sleep\nimport kafka.errors\n"
        "from sample_product import contracts, shell\nfrom sample_product.core import other\n"
    )
    (package / "core" / "other.py").write_text("def inside() -> None:\n    import time\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield build_graph("sample_product", include_external_packages=True, cache_dir=None)
    sys.modules.pop("sample_product", None)


def contract() -> OnlyAllowed:
    return OnlyAllowed(
        name="pure",
        session_options={},
        contract_options={
            "sources": ["sample_product.core"],
            "allowed_inside": ["sample_product.contracts"],
            "allowed_outside": ["json"],
        },
    )


def test_everything_that_is_not_allowed_is_told_wherever_it_stands(graph: ImportGraph) -> None:
    check = contract().check(graph, verbose=False)
    assert not check.kept
    assert check.metadata["faults"] == [
        "sample_product.core.other imports time",
        "sample_product.core.rules imports asyncio",
        "sample_product.core.rules imports kafka",
        "sample_product.core.rules imports random",
        "sample_product.core.rules imports sample_product.shell",
    ]


def test_what_is_allowed_is_kept(graph: ImportGraph) -> None:
    for module in ("time", "asyncio", "kafka", "random", "sample_product.shell"):
        for importer in ("sample_product.core.rules", "sample_product.core.other"):
            graph.remove_import(importer=importer, imported=module)
    assert contract().check(graph, verbose=False).kept
