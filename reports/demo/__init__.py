"""The demo: invented records, each on its own, that add up to the figures of the seed's speeches.

`load(today, say)` fills an empty database in one transaction; every record lies before `today`.
"""
