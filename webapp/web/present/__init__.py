"""Present: turns what journeys give into what templates print.

May import the domain, babel, flask-babel, markupsafe.
"""
