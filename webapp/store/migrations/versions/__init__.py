"""Migrations: how each database gets to the schema this code expects."""
