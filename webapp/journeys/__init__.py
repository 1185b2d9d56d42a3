"""Journeys: what people do, one file a story, one visible transaction each.

May import: domain, library, store and delivery's protocol. No framework.
"""
