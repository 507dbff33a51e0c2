"""The whole weekly step once more, as ordinary Mesa agents: one Python object for each row of every table.

Written from the design and the documentation, not from the compiled rules, so that it can catch a wrong rule; fed by the
same keyed draws, so that it must agree agent by agent. It is also the plain yardstick of speed.
"""
