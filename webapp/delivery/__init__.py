"""Delivery: the only network out. One adapter for each channel behind one small protocol.

May import: domain, and network clients.
"""
