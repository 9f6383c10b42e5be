"""An import-linter contract that the library lacks: whatever is not allowed is forbidden."""

from collections.abc import Set as AbstractSet
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules
from importlinter.domain.imports import Module, ModuleExpression


class OnlyAllowed(Contract):
    """Each source imports itself, ``allowed_inside`` (of this project) and ``allowed_outside``, and nothing else.

    A list of what is forbidden forgets what comes next year; this one does not.
    """

    sources = fields.SetField(subfield=fields.ModuleExpressionField())
    allowed_inside = fields.SetField(subfield=fields.ModuleField())
    allowed_outside = fields.SetField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - the library's signature
        inside, outside = (
            cast("AbstractSet[Module]", self.allowed_inside),
            cast("AbstractSet[Module]", self.allowed_outside),
        )
        expressions = cast("AbstractSet[ModuleExpression]", self.sources)
        allowed = {module.name for module in inside | outside}
        faults = [
            f"{module} imports {imported}"
            for source in sorted(module.name for module in module_expressions_to_modules(graph, expressions))
            for module in sorted({source, *graph.find_descendants(source)})
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not any(imported == root or imported.startswith(f"{root}.") for root in (source, *allowed))
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(fault)
