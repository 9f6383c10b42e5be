"""One module for each change of the tables, in their order; a released one is never edited."""
