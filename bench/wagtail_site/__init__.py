"""The peer: a Wagtail site with one page of text and one form of three numbers.

Runs in a virtual environment of its own under var/bench/, with the same server and the same kind
of database as Thaw. May import: django and wagtail, which only that environment has.
"""
