"""What Alembic runs for each upgrade: on the connection, and in the transaction, that `database` gives it."""

from alembic import context

from pipeline.feedback.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
