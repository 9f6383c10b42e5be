"""How each event changes the state: one module per noun. Pure, and blind to policy."""
