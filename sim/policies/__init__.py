"""Policies by name, one small file each."""

from __future__ import annotations

from sim.policies.base import InstitutionSpec, Policy

POLICIES: dict[str, type[Policy]] = {}

__all__ = ["POLICIES", "InstitutionSpec", "Policy"]
