"""Keyed random numbers: every draw is a pure function of (seed, named decision, week, id), never of call order.

Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011) with key (seed, decision) and counter (week or 0, id low, id high,
sub). Two runs that differ in a policy share every draw whose key they share, which is what pairs their luck.
The enumeration of decisions is append-only: a number, once given, never goes to another decision (gaps are retired ones).
"""

from __future__ import annotations

from enum import IntEnum, unique

import numpy as np

from sim.compiled import inlined, kernel

_MASK = np.uint64(0xFFFFFFFF)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_S32 = np.uint64(32)
_S20 = np.uint64(20)
_S12 = np.uint64(12)
LARGEST_SEED = 2**32 - 1


@unique
class Decision(IntEnum):
    """Named decisions; the comment says what id the draw is keyed by. Append only."""

    # traits, from world_seed
    CONTRIBUTOR_PERMUTATION = 1  # contributor slot
    CONTRIBUTOR_TRAIT = 2  # contributor slot
    UNIT_TRAIT = 3  # unit post, tour slot
    LEADERSHIP_TRAIT = 4  # unit post, tour slot
    TOUR_PHASE = 5  # unit post, or billet where posts rotate one by one
    # traits of occupants, from seed
    PRONE = 7  # billet, tour slot
    PROPENSITY = 8  # billet, tour slot
    WOMAN = 9  # billet, tour slot
    # weekly decisions
    ACT = 10  # billet, week
    CELL_CHOICE = 12  # billet, week, act and alternative
    SERVED = 13  # billet, week, act
    OWNER = 14  # billet, week
    FACILITATOR = 15  # billet, week
    LOCAL_DEMAND = 16  # cell, week
    ENTRY = 17  # cell, week
    EXPANSION = 18  # network, week
    VENUE_EXIT = 20  # venue key, spell
    RELOCATE = 21  # venue, week
    RELOCATE_CELL = 22  # venue, week, alternative cell
    HIDE = 23  # venue, week
    SELLER_ENTRY = 24  # venue, week
    SELLER_EXIT = 25  # venue, week
    RECRUIT = 26  # venue, week
    RECRUIT_LOCAL = 27  # venue, week, recruit
    RECRUIT_ORIGIN = 28  # venue, week, recruit and alternative origin
    RAID_COUNT = 29  # country, week
    RAID_TARGET = 30  # venue, week
    RAID_LEAK = 31  # venue, week
    RAID_CLOSURE = 32  # venue, week
    REOPEN = 33  # venue, week
    DORMANT_EXIT = 35  # network, week
    # trafficked persons: id = (origin cell, ordinal), with the recruitment week, sub = entries into a state
    PERSON_THRESHOLD = 36
    PERSON_DESTINATION = 37
    PERSON_VENUE = 38
    PERSON_FOUND = 39
    PERSON_ASSISTANCE = 40
    PERSON_TESTIMONY = 41
    OWNER_PERSON = 42  # person key, week
    OWNER_RELEASE = 43  # person key, spell
    # host justice and observation
    # cases against organisers: network and step of arrest, which of its arrests; sub = charge, verdict
    CASE_CONVICTION = 44
    CASE_PRISON = 45
    CASE_DELAY = 46
    LISTED = 47  # venue, week
    INITIAL_VENUE = 48  # cell
    INITIAL_PERSON = 49  # venue
    TRANSFER = 50  # person key, week
    NETWORK_CHOICE = 51  # cell, week
    OBSERVED_CLIENTS = 52  # week
    RECRUIT_VOLUME = 53  # venue, week
    # reports: id = billet, week of the act; stages of a case carry no week of their own
    REPORTABLE = 54
    INCIDENT_PERSON = 55
    INCIDENT_THRESHOLD = 56
    PEER_REPORT = 57
    COMMANDER_FILTER = 58
    POLICE_REPORT = 59
    SCREENING = 60
    IDENTIFICATION = 61
    FACT_FINDING = 62
    PRIMA_FACIE = 63
    INVESTIGATION = 64
    SUBSTANTIATION = 65
    COMMANDER_REMOVAL = 66
    UNIT_INQUIRY = 67  # unit post, week of the last report
    INQUIRY_SUCCESS = 68  # unit post, week
    INQUIRY_PERSON = 69  # billet, week
    WAIVER = 70
    INVESTIGATOR_NAMED = 71
    REPLY = 72
    REPLY_DELAY = 73
    CHARGE = 74
    TRIAL_DELAY = 75
    VERDICT = 76
    VISIBILITY = 77
    # contributors, by anonymous number, from world_seed
    SOVEREIGNTY = 78
    CONSENT = 79
    RATIFICATION = 80
    BLOC = 81
    # contributors, from seed
    EXIT = 82  # contributor, spell
    REPLACEMENT = 83  # unit post, week
    POLICE_SUSPECT = 84  # venue, week


def number(decision: Decision) -> int:
    """Number of a decision as kernels take it: a NumPy integer, because a plain constant is compiled in, once for each."""
    return np.int64(decision)  # type: ignore[return-value]


@inlined
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """One Philox4x32-10 block: four 32-bit words from a 128-bit counter and a 64-bit key (all as uint64)."""
    w0 = np.uint64(c0) & _MASK
    w1 = np.uint64(c1) & _MASK
    w2 = np.uint64(c2) & _MASK
    w3 = np.uint64(c3) & _MASK
    low_key = np.uint64(k0) & _MASK
    high_key = np.uint64(k1) & _MASK
    for _ in range(10):
        p0 = _M0 * w0
        p1 = _M1 * w2
        w0 = (p1 >> _S32) ^ w1 ^ low_key
        w1 = p1 & _MASK
        w2 = (p0 >> _S32) ^ w3 ^ high_key
        w3 = p0 & _MASK
        low_key = (low_key + _W0) & _MASK
        high_key = (high_key + _W1) & _MASK
    return w0, w1, w2, w3


@inlined
def unit_interval(a: np.uint64, b: np.uint64) -> float:
    """A number strictly between 0 and 1 from 52 bits of two random words."""
    return (np.float64(np.int64((a << _S20) | (b >> _S12))) + 0.5) * 2.0**-52


@kernel
def uniform(seed: int, decision: int, week: int, id_low: int, id_high: int = 0, sub: int = 0) -> float:
    """A uniform number strictly between 0 and 1 (52 bits) for one keyed decision."""
    # int() drops Numba's constant types: else the block is compiled anew for every decision it is called with
    a, b, _, _ = philox(int(week), int(id_low), int(id_high), int(sub), int(seed), int(decision))
    return unit_interval(a, b)


@kernel
def uniforms(seed: int, decision: int, week: int, id_low: np.ndarray, id_high: np.ndarray, sub: int = 0) -> np.ndarray:
    """Uniform numbers for an array of ids; the i-th depends on the i-th id alone."""
    values = np.empty(id_low.size, np.float64)
    for i in range(id_low.size):
        a, b, _, _ = philox(int(week), id_low[i], id_high[i], int(sub), int(seed), int(decision))
        values[i] = unit_interval(a, b)
    return values


@kernel
def draw_each(
    seed: int, decision: int, week: int, id_low: np.ndarray, values: np.ndarray, id_high: int = 0
) -> None:
    """Write the uniform number of each id into ``values``, whose first ``id_low.size`` are written; all share ``id_high``."""
    for i in range(id_low.size):
        a, b, _, _ = philox(int(week), id_low[i], int(id_high), 0, int(seed), int(decision))
        values[i] = unit_interval(a, b)


@kernel
def draw_traits(
    seed: int, decision: int, id_low: np.ndarray, id_high: np.ndarray, sub: np.ndarray, values: np.ndarray
) -> None:
    """Write the uniform number of each id of three parts, without a week, into ``values``."""
    for i in range(id_low.size):
        a, b, _, _ = philox(0, id_low[i], id_high[i], sub[i], int(seed), int(decision))
        values[i] = unit_interval(a, b)


@kernel
def struck(
    seed: int, decision: int, week: int, rows: np.ndarray, key: np.ndarray, spell: np.ndarray, chance: float
) -> np.ndarray:
    """Those of some rows whose uniform number, keyed by (key, spell), lies below a chance that all share."""
    hit, n = np.empty(rows.size, np.int64), 0
    for r in range(rows.size):
        if uniform(seed, decision, week, key[rows[r]], spell[rows[r]]) < chance:
            hit[n] = rows[r]
            n += 1
    return hit[:n]
