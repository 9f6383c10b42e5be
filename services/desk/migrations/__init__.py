"""How the desk's database comes to have its tables: Alembic, run by whoever opens the database first."""
