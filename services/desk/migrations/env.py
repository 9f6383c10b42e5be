"""Alembic's own entry: runs the migrations on the connection that the desk gives it."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
