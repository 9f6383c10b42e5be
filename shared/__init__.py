"""Code that all services share: `contracts` (pure data) and `runtime` (clients, clocks, ledger)."""
