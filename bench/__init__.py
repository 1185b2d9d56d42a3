"""Benchmarks: what Thaw costs beside a bare Flask floor and a Wagtail form, in one interleaved run.

`make bench` prints one table of ratios. Absolute numbers belong to the machine and the minute, so
only ratios of the same run are worth quoting; the calibration lines say how quiet it was.
"""
