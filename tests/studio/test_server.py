"""The server answers this machine's own pages only, refuses what is malformed with a sentence, and does not pile up work."""

from __future__ import annotations

import asyncio
import http.client
import socket
from typing import Any

import pytest

from sim.cli import main
from sim.studio.choice import Choice
from sim.studio.engine import SPARE, Engine, Runs, Wish
from sim.studio.pack import rough_key, run_key
from sim.studio.scale import (
    BUDGET_SECONDS,
    COST,
    DEFAULT_SCALE,
    LONGEST_SECONDS,
    SCALES,
    bearable_scale,
    expected_seconds,
    is_late,
    quick_scale,
)
from sim.studio.worker import Answer, Job
from tests.studio.conftest import start_studio, stop_studio

WAIT_SECONDS = 240.0
pytestmark = pytest.mark.slow


def ask(address: str, path: str = "/", method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Send a request as given; return status, text and headers."""
    port = int(address.rstrip("/").rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}


def test_it_listens_on_this_machine_only(studio: str) -> None:
    assert studio.startswith("http://127.0.0.1:")
    port = int(studio.rstrip("/").rpartition(":")[2])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)} - {"127.0.0.1"}
    for other in others:
        with socket.socket() as probe, pytest.raises(OSError):
            probe.settimeout(2)
            probe.connect((other, port))


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Host": "example.org"}, 403, "answers 127.0.0.1 only"),
        ({"Host": "127.0.0.1:1"}, 403, "answers 127.0.0.1 only"),
        ({"Origin": "https://example.org"}, 403, "another page may not use"),
        ({"Origin": "null"}, 403, "another page may not use"),
        ({"Content-Length": "9999999999"}, 413, "at most 2,000,000"),
        ({"Content-Length": "lots"}, 400, ""),
    ],
)
def test_strangers_and_giants_are_refused(studio: str, headers: dict[str, str], status: int, words: str) -> None:
    got, text, _ = ask(studio, **{name.replace("-", "_"): value for name, value in headers.items()})
    assert got in (status, 413 if status == 400 else status) and words in text


def test_a_websocket_of_another_page_is_refused(studio: str) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
               "Sec_WebSocket_Version": "13"}  # fmt: skip
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    assert ask(studio, path, Origin="https://example.org", **upgrade)[0] == 403


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/runs/00000000-0-0.pack", "not kept here"),
        ("/runs/..%2f..%2fsecret.pack", ""),
        ("/runs/x.pack", "not kept here"),
        ("/ground/nowhere.json", "not shown here"),
        ("/static/../server.py", ""),
        ("/static/nothing.js", ""),
        ("/changes?since=lots", "since = lots: not a version"),
        ("/changes?since=%3Cscript%3E", "not a version"),
    ],
)
def test_what_is_not_there_is_answered_in_words(studio: str, path: str, words: str) -> None:
    status, text, _ = ask(studio, path)
    assert status == 404 and words in text and "Traceback" not in text


def test_the_page_forbids_requests_elsewhere(studio: str) -> None:
    status, text, headers = ask(studio)
    policy = headers["content-security-policy"]
    assert status == 200 and "default-src 'self'" in policy and "connect-src 'self'" in policy
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text


def test_what_changed_is_a_page_under_the_same_policy(studio: str) -> None:
    status, text, headers = ask(studio, "/changes?since=0.1.0")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in headers["content-security-policy"] and "http" not in text
    assert text.index("0.2.0") < text.index("<summary>Up to 0.1.0</summary>") and "0.2.0" in ask(studio, "/changes")[1]


def test_wrong_words_are_refused_before_anything_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    for words, message in (
        (["mission=kosvo"], "kosvo: unknown"), (["port=lots"], "port = lots"), (["port=70000"], "port = 70000"),
        (["sprot=1"], "sprot"), (["--fast"], "unknown option"),
    ):  # fmt: skip
        assert main(["studio", *words]) == 2
        assert message in capsys.readouterr().err


def test_a_port_in_use_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["studio", f"port={taken.getsockname()[1]}"]) == 4
    assert "in use" in capsys.readouterr().err


def test_it_stops_on_request_with_code_0() -> None:
    process, address = start_studio("mission=generic")
    assert ask(address)[0] == 200
    assert stop_studio(process) == 0


def test_runs_are_kept_up_to_a_number_and_the_oldest_go() -> None:
    runs = Runs(most=2)
    for name in ("a", "b"):
        runs.keep(name, name.encode())
    assert runs.get("a") == b"a"  # now b is the oldest
    runs.keep("c", b"c")
    assert runs.get("b") is None and runs.get("a") == b"a" and len(runs) == 2


def scenarios(n: int) -> list[Any]:
    """Short scenarios that differ in their luck."""
    values = {"scale": 0.1, "mission.horizon_weeks": 60}
    return [Choice("generic", values={**values, "seed": seed}).scenario("b") for seed in range(1, n + 1)]


async def until(condition: Any) -> None:
    """Wait for something in the loop."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def test_of_a_flood_the_last_wins_little_is_wasted_and_other_tabs_are_served() -> None:
    async def flood() -> tuple[Engine, list[str], list[str], list[str]]:
        engine, done, other, failed = Engine(n_workers=1), [], [], []
        engine.start()
        try:
            engine.ask(Wish("warm", "run", scenarios(1), lambda key, _: done.append(key), failed.append))
            await until(lambda: done)
            done.clear()
            engine.ask(Wish("two", "run", scenarios(201)[-1:], lambda key, _: other.append(key), failed.append))
            for scenario in scenarios(200):
                engine.ask(Wish("one", "run", [scenario], lambda key, _: done.append(key), failed.append))
                await asyncio.sleep(0.005)
            await until(lambda: engine.is_idle)
        finally:
            engine.stop()
        return engine, done, other, failed

    engine, done, other, failed = asyncio.run(flood())
    assert done[-1] == run_key(scenarios(200)[-1]), "the last change is what is shown"
    assert other == [run_key(scenarios(201)[-1])] and failed == []
    assert engine.n_wasted <= 2


def test_a_closed_tab_is_no_longer_computed_and_a_kept_run_costs_nothing() -> None:
    async def story() -> tuple[list[str], int, int]:
        engine, done = Engine(n_workers=1), []
        engine.start()
        try:
            first = scenarios(1)
            engine.ask(Wish("a", "run", list(first), lambda key, _: done.append(key), done.append))
            await until(lambda: done)
            started = engine.n_started
            engine.ask(Wish("a", "run", list(first), lambda key, _: done.append(key), done.append))
            await until(lambda: len(done) == 2)
            again = engine.n_started - started
            engine.ask(Wish("b", "run", scenarios(5)[1:], lambda key, _: done.append(key), done.append))
            engine.forget("b")
            await until(lambda: engine.is_idle)
            return done, again, engine.n_started - started
        finally:
            engine.stop()

    done, again, begun = asyncio.run(story())
    assert done == [run_key(scenarios(1)[0])] * 2
    assert again == 0 and begun <= 1


def test_a_worker_that_dies_is_replaced_and_the_tab_is_told() -> None:
    async def story() -> tuple[list[str], list[str]]:
        engine, done, failed = Engine(n_workers=1), [], []
        engine.start()
        try:
            engine.ask(Wish("a", "run", scenarios(1), lambda key, _: done.append(key), failed.append))
            await asyncio.sleep(0.2)
            engine.processes[0].kill()
            await until(lambda: failed)
            engine.ask(Wish("a", "run", scenarios(1), lambda key, _: done.append(key), failed.append))
            await until(lambda: done)
            return done, failed
        finally:
            engine.stop()

    done, failed = asyncio.run(story())
    assert len(done) == 1 and len(failed) == 1 and "ended" in failed[0]


def test_the_scale_is_the_largest_that_answers_in_time() -> None:
    assert quick_scale(0.0, 520.0) == DEFAULT_SCALE, "on a laptop the runs that ship stay as they are"
    assert quick_scale(BUDGET_SECONDS / 520.0 / COST[0.2], 520.0) == 0.2
    assert quick_scale(1.01 * BUDGET_SECONDS / 520.0 / COST[0.2], 520.0) == 0.1
    assert quick_scale(BUDGET_SECONDS / 520.0 / COST[0.2], 200.0) == 1.0, "a short mission is shown at full size"
    assert quick_scale(1.0, 520.0) == min(SCALES), "a slow machine gets the quickest"
    assert bearable_scale(0.0, 520.0, 0.1) == 0.1, "before anything is timed nothing changes"
    assert bearable_scale(LONGEST_SECONDS / 520.0, 520.0, 0.2) == 0.2
    assert bearable_scale(1.01 * LONGEST_SECONDS / 520.0, 520.0, 0.2) == 0.1
    assert bearable_scale(1.0, 520.0, 0.05) == 0.05, "never a larger one"
    assert expected_seconds(0.001, 500.0, 0.2) == pytest.approx(0.5)
    assert expected_seconds(0.001, 500.0, 0.3) == pytest.approx(0.5 * COST[0.5]), "as the next larger one measured"
    assert not is_late(0.0, 520.0, 1.0), "nothing was timed"
    assert [is_late(x * LONGEST_SECONDS / 520.0, 520.0, 0.2) for x in (0.99, 1.01)] == [False, True]


def test_the_engine_learns_how_quick_runs_are_from_the_trial_and_from_quicker_runs_since() -> None:
    engine, run = Engine(n_workers=1), scenarios(1)[0]
    weeks = run.mission.horizon_weeks

    def learn(kind: str, seconds: float, value: float = 0.0) -> float:
        engine._learn(Job(0, kind, run), Answer(0, value, seconds=seconds))
        return engine.seconds_per_week

    assert learn("run", 60.0) == 0.0, "a first run may have compiled the rules"
    assert learn("trial", 60.0, 2.0) == pytest.approx(2.0 / weeks / COST[run.scale])
    assert learn("run", 3.0) == learn("rough", 0.1) == pytest.approx(2.0 / weeks / COST[run.scale])
    assert learn("run", 1.0) == pytest.approx(1.0 / weeks / COST[run.scale])
    assert learn("run", 5.0) == pytest.approx(1.0 / weeks / COST[run.scale]), "a busy moment says nothing of the machine"


def test_spare_work_waits_a_moment_and_is_forgotten_with_the_next_wish() -> None:
    async def story() -> tuple[list[int], list[str], list[str]]:
        engine, done, spare, begun = Engine(n_workers=1), [], [], []
        engine.start()
        first, second, third = scenarios(3)
        try:
            engine.ask(Wish("a", "run", [first], lambda key, _: spare.append(key), spare.append, rank=SPARE))
            begun.append(engine.n_started)
            engine.ask(Wish("a", "run", [second], lambda key, _: done.append(key), done.append))
            begun.append(engine.n_started)
            await until(lambda: engine.is_idle)
            engine.ask(Wish("a", "run", [third], lambda key, _: spare.append(key), spare.append, rank=SPARE))
            begun.append(engine.n_started)
            assert not engine.is_idle
            await until(lambda: engine.is_idle)
            engine.ask(Wish("a", "run", [first], lambda key, _: spare.append(key), spare.append, rank=SPARE))
            engine.forget("a")
            assert engine.is_idle, "nothing of a closed tab is begun later"
        finally:
            engine.stop()
        return begun, done, spare

    begun, done, spare = asyncio.run(story())
    _, second, third = scenarios(3)
    assert begun == [0, 1, 1] and done == [run_key(second)] and spare == [run_key(third)]


def test_spare_work_gives_way_and_a_rough_run_is_finished_when_the_next_is_asked_for() -> None:
    async def story() -> tuple[list[str], list[str]]:
        engine, done, spare = Engine(n_workers=1), [], []
        engine.start()
        first, second, third = scenarios(3)
        long = Choice("generic", values={"mission.horizon_weeks": 2000}).scenario("a")
        try:
            engine.ask(Wish("a", "run", [long], lambda key, _: spare.append(key), spare.append, rank=SPARE))
            await until(lambda: engine.n_started == 1)
            engine.ask(Wish("b", "rough", [first], lambda key, _: done.append(key), done.append))
            await until(lambda: engine.n_started == 2)
            engine.ask(Wish("b", "rough", [second], lambda key, _: done.append(key), done.append))
            engine.ask(Wish("b", "rough", [third], lambda key, _: done.append(key), done.append))
            await until(lambda: engine.is_idle)
        finally:
            engine.stop()
        return done, spare

    done, spare = asyncio.run(story())
    first, _, third = scenarios(3)
    assert done == [rough_key(first), rough_key(third)], "one that runs is finished, of those that wait the last is done"
    assert spare == [], "nobody waits for it"
