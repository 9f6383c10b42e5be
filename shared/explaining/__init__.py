"""A decision explained, in words that a duty officer reads aloud and as JSON. Pure: told from what is given."""
