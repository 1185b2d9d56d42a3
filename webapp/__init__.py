"""Thaw: explains cryoneurolysis, asks patients how they are, shows clinicians who needs a human.

`create_app` is the one place where the rooms meet.
"""
