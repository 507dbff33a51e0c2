"""The rules for personnel once more, as ordinary Mesa agents: one Python object per peacekeeper.

Written from the design and the mechanisms page, not from the compiled code, so that it can serve as its oracle at small
size and as the yardstick of its speed. It leaves out what networks, trafficked persons and institutions do.
"""
