"""The store: rows in, frozen dataclasses out. The only room that knows SQLAlchemy.

May import: domain, sqlalchemy, alembic, cryptography and a database driver.
"""
