"""Lists the packages: all below sim/, found by their __init__.py, and sim.scenarios, which is ./scenarios."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["sim", "sim.*"]), "sim.scenarios"])
