"""An auditor's figures directly from the ledger, and the signed bundle that anybody with the ledger can check."""
