"""Sweeps: designs of many scenarios, a store that survives interruption, and the results as tables.

A sweep is a grid of missions, shocks, worlds and options, crossed with design points and replicates. What the numbers
mean (sensitivity, discovery, regret) is left to ``sim.analysis``.
"""
