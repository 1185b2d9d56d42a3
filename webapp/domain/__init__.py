"""The domain: what Thaw knows about people, check-ins, flags and days.

Pure: no input or output, no clock, no framework. May import the standard library only,
and other modules of this room.
"""
