"""Limit test 16: results do not depend on order, on contributors' names, on processes, or on Python's hash seed."""

from __future__ import annotations

import csv
import dataclasses
from concurrent.futures import ProcessPoolExecutor
from importlib import resources
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import assert_identical, differing, fingerprint, generic, lively, python, series_of

from sim.institutions.bodies import bodies
from sim.model import MandateModel
from sim.runs.results import make_run
from sim.runs.simulate import simulate
from sim.world import deployment
from sim.world.columns import owned_by
from sim.world.missions import TABLE_NAMES
from sim.world.person_states import RECRUITED
from sim.world.state import World

NAMES = ["EMPLOYER-1", "TCC-1", "TCC-2", "TCC-3", "TCC-4", "TCC-5", "TCC-6", "UN-STAFF"]


def copy_tables(folder: Path, rename: dict[str, str], backwards: bool = False) -> Path:
    """The generic mission's tables in a folder, contributors renamed, rows in reverse if asked."""
    folder.mkdir()
    for name in TABLE_NAMES:
        source = resources.files("sim.scenarios") / "mission" / "generic" / f"{name}.csv"
        rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
        for row in rows:
            if "contributor" in row:
                row["contributor"] = rename.get(row["contributor"], row["contributor"])
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows[::-1] if backwards else rows)
    return folder


def with_tables(folder: Path):
    """A lively run on one's own tables, in which contributors differ much."""
    return lively({"mission.tables": str(folder), "parameters.involvement.contributor_sd": 1.5}, weeks=26)


def test_16_names_of_contributors_do_not_matter(tmp_path: Path) -> None:
    """16. Other names in the same order: the same run, events included."""
    plain = simulate(with_tables(copy_tables(tmp_path / "plain", {})))
    other = simulate(with_tables(copy_tables(tmp_path / "other", {name: f"X {name} renamed" for name in NAMES})))
    assert_identical(plain.series, other.series)
    assert_identical(plain.events, other.events)


def test_16_labels_travel_with_their_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """16. Names in another order, with each contributor's number following it: the same run.

    Without relabelled numbers the traits fall on other contributors and the run differs.
    """
    renamed = dict(zip(NAMES, [f"{chr(90 - i)}-new" for i in range(len(NAMES))], strict=True))
    plain_scenario = with_tables(copy_tables(tmp_path / "plain", {}))
    other_scenario = with_tables(copy_tables(tmp_path / "other", renamed))
    plain = series_of(plain_scenario)
    assert differing(plain, series_of(other_scenario))
    original = deployment.contributor_numbers
    back = {new: old for old, new in renamed.items()}

    def relabelled(contingents, world_seed):
        named_back = tuple(dataclasses.replace(c, contributor=back[c.contributor]) for c in contingents)
        return {renamed[old]: number for old, number in original(named_back, world_seed).items()}

    monkeypatch.setattr(deployment, "contributor_numbers", relabelled)
    assert_identical(plain, series_of(other_scenario))


def test_16_contributor_numbers_are_permuted_by_the_world_seed() -> None:
    """16. Numbers are 1..n, a permutation that changes with the world seed and not with the seed of luck."""
    world = MandateModel(generic(weeks=1)).world
    drawn = [deployment.contributor_numbers(world.contingents, seed) for seed in range(20)]
    seen = {tuple(numbers[name] for name in NAMES) for numbers in drawn}
    assert all(sorted(numbers) == list(range(1, len(NAMES) + 1)) for numbers in seen)
    assert len(seen) > 15
    other_luck = MandateModel(generic(weeks=1), seed=77).world
    np.testing.assert_array_equal(world.units.contributor, other_luck.units.contributor)


def test_16_order_of_rows_in_the_tables_does_not_matter(tmp_path: Path) -> None:
    """16. Every table read backwards gives the same run, but for towns, whose order spreads the billets."""
    plain = copy_tables(tmp_path / "plain", {})
    backwards = copy_tables(tmp_path / "backwards", {}, backwards=True)
    (backwards / "places.csv").write_text((plain / "places.csv").read_text())
    assert_identical(series_of(with_tables(plain)), series_of(with_tables(backwards)))


def reverse_people(world: World) -> None:
    """Put the rows of persons in reverse, and follow them wherever a row is remembered."""
    people, n = world.people, world.n_people
    for field in dataclasses.fields(people):
        column = getattr(people, field.name)
        column[:n] = column[:n][::-1].copy()
    affected = world.incidents.person[: world.n_incidents]
    affected[:] = np.where(affected >= 0, n - 1 - affected, affected)
    for case in [case for oversight in bodies(world).oversight for case in oversight.cases]:
        case.person = n - 1 - case.person if case.person >= 0 else case.person


def run_with_people_reordered(reorder: bool) -> pd.DataFrame:
    """A lively run in which, from time to time, the rows of persons are put in reverse."""
    model = MandateModel(lively())
    world, remembered = model.world, 0
    for step in range(world.clock.n_steps):
        model.step()
        remembered += int((world.incidents.person[: world.n_incidents] >= 0).sum())
        if reorder and step % 5 == 0:
            reverse_people(world)
    assert world.n_people > 100 and (world.people.state[: world.n_people] > RECRUITED).any() and remembered > 100
    return make_run(model).series


def test_16_order_of_persons_does_not_matter() -> None:
    """16. Persons may be activated in any order: the same series bit for bit."""
    assert_identical(run_with_people_reordered(False), run_with_people_reordered(True))


def run_with_units_reordered(reorder: bool) -> pd.DataFrame:
    """A lively run with the unit posts, and their blocks of billets, in another order."""
    model = MandateModel(lively())
    world = model.world
    if reorder:
        order = np.arange(len(world.units))[::-1].copy()
        old_first, sizes = world.units.first_billet.copy(), world.units.n_billets.copy()
        rows = np.concatenate([np.arange(old_first[u], old_first[u] + sizes[u]) for u in order])
        for table, index in ((world.units, order), (world.billets, rows)):
            for field in dataclasses.fields(table):
                getattr(table, field.name)[:] = getattr(table, field.name)[index].copy()
        world.units.first_billet[:] = np.concatenate(([0], np.cumsum(world.units.n_billets)[:-1]))
        world.billets.unit[:] = np.argsort(order)[world.billets.unit]
        world.planned_present[:] = world.planned_present[order].copy()
        world.planned_strength[:] = world.planned_strength[order].copy()
        world.authorised[:] = world.authorised[order].copy()
        world.spread[:] = world.spread[order].copy()
        world.places.women_share[:] = world.places.women_share[order].copy()
        world.places.unit_order[:] = np.argsort(world.units.key)
    for _ in range(world.clock.n_steps):
        model.step()
    return make_run(model).series


def test_16_order_of_units_does_not_matter() -> None:
    """16. Units and billets in reverse: equal counts; reals to 1e-9, because sums run in another order."""
    plain, reordered = run_with_units_reordered(False), run_with_units_reordered(True)
    assert plain["true_acts"].sum() > 0
    pd.testing.assert_frame_equal(plain, reordered, rtol=1e-9, atol=1e-9)


def alike(model: MandateModel) -> MandateModel:
    """Make all contributors of a model that are states the same in everything but their number."""
    world = model.world
    states = np.flatnonzero(world.contributors.is_state)
    for name in owned_by("build"):
        table, column = name.split(".")
        if table == "contributors":
            values = getattr(world.contributors, column)
            values[states] = values[states[0]]
    world.purchase_offence[states] = world.purchase_offence[states[0]]
    return model


def test_16_replacing_a_contributor_by_an_identical_one() -> None:
    """16. States without differences swap their contingents, vetting, courts and sanctions included: nothing changes.

    Whether they withdraw, and who replaces them, is luck of the number, and left out.
    """
    same = {"parameters.involvement.contributor_sd": 0.0, "parameters.switches.contributor_response": False,
            "parameters.contributor_response.replacement_weeks": 260.0}
    a, b = (alike(MandateModel(lively(same, weeks=20))) for _ in range(2))
    states = np.flatnonzero(b.world.contributors.is_state)
    swapped = np.arange(len(b.world.contributors))
    swapped[states] = states[::-1]
    b.world.units.contributor[:] = swapped[b.world.units.contributor]
    for _ in range(20):
        a.step()
        b.step()
    assert a.world.contributors.withdrawals.sum() == 0 < (a.world.contributors.sanctioned > 0).sum()
    assert (a.world.units.filled_share < 1).any()
    pd.testing.assert_frame_equal(make_run(a).series, make_run(b).series, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("workers", [1, 2])
def test_16_number_of_workers_does_not_matter(workers: int) -> None:
    """16. Four seeds in one or two fresh worker processes give the runs of this process."""
    scenarios = [lively(weeks=20, seed=seed) for seed in (1, 2, 3)]
    here = [fingerprint(scenario) for scenario in scenarios]
    assert len(set(here)) == 3
    plain = [generic(weeks=20, seed=seed) for seed in (1, 2, 3)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(fingerprint, plain)) == [fingerprint(scenario) for scenario in plain]
        assert list(pool.map(fingerprint, scenarios)) == here


def test_16_hash_seed_and_process_do_not_matter() -> None:
    """16. Two interpreters with different hash seeds give the hash of this one."""
    code = "from support import fingerprint, lively; print(fingerprint(lively(weeks=20)))"
    here = fingerprint(lively(weeks=20))
    for hash_seed in ("0", "12345"):
        assert python(code, PYTHONHASHSEED=hash_seed).strip() == here


def test_16_runs_do_not_disturb_each_other() -> None:
    """16. Two models stepped in turn give what each gives alone."""
    scenarios = lively(weeks=12, seed=1), lively(weeks=12, seed=2)
    models = [MandateModel(scenario) for scenario in scenarios]
    for _ in range(12):
        for model in models:
            model.step()
    for model, scenario in zip(models, scenarios, strict=True):
        assert_identical(make_run(model).series, series_of(scenario))
