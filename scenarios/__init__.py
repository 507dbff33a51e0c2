"""Scenario files: missions, shocks, policies, packages and worlds; installed as `sim.scenarios`."""
