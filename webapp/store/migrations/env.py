"""How alembic reaches the database: always through the engine it is handed.

May import: alembic, schema.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from webapp.store.schema import Base

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    if connection.dialect.name == "postgresql":  # an index over years of rows takes its time
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
