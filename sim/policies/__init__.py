"""Policies by name, one small file each."""

from __future__ import annotations

from sim.policies.base import AUTHORITIES, InstitutionSpec, Policy
from sim.policies.external_experts import ExternalExperts
from sim.policies.follow_up import FollowUp
from sim.policies.host_jurisdiction_convention import HostJurisdictionConvention
from sim.policies.in_country_courts import InCountryCourts
from sim.policies.leadership_accountability import LeadershipAccountability
from sim.policies.off_limits import OffLimits
from sim.policies.suspend_contributions import SuspendContributions
from sim.policies.training import Training
from sim.policies.transnational_response import TransnationalResponse
from sim.policies.upstream_prevention import UpstreamPrevention
from sim.policies.victim_channels import VictimChannels
from sim.policies.waive_immunity import WaiveImmunity
from sim.policies.withhold_pay import WithholdPay
from sim.policies.women_share import WomenShare
from sim.policies.zero_tolerance import ZeroTolerance

# Along the chain: conduct, reports, investigation, contributors, courts, market.
POLICIES: dict[str, type[Policy]] = {
    "zero_tolerance": ZeroTolerance,
    "training": Training,
    "leadership_accountability": LeadershipAccountability,
    "off_limits": OffLimits,
    "women_share": WomenShare,
    "victim_channels": VictimChannels,
    "external_experts": ExternalExperts,
    "follow_up": FollowUp,
    "withhold_pay": WithholdPay,
    "suspend_contributions": SuspendContributions,
    "waive_immunity": WaiveImmunity,
    "in_country_courts": InCountryCourts,
    "host_jurisdiction_convention": HostJurisdictionConvention,
    "transnational_response": TransnationalResponse,
    "upstream_prevention": UpstreamPrevention,
}

__all__ = ["AUTHORITIES", "POLICIES", "InstitutionSpec", "Policy"]
