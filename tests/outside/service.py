#!/usr/bin/env python3
"""The service from end to end with grpcio: check, match, stream, verify and compare of realistic programmes, held against
what the command line prints for the same files; health, reflection, and a shut-down in the middle of a search."""
import pathlib
import random
import subprocess
import tempfile
import threading
import time

import grpc
from google.protobuf import descriptor_pool, duration_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from served import DYAD, LIMIT, ROOT, Server, details, document, dyad, matching_pb2, plain, refused, roster, same, server, stub, timeless

EAST = ROOT / "scenarios/east-ayrshire/comfortable"
OTHERS = ["co-coaching/heads-of-21-schools", "co-coaching/heads-of-18-schools-in-triads", "event-pairs/register-of-101"]


def every_method(calls, programme):
    """The same answers as the command line's, byte for byte."""
    message = roster(programme)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "plan.json"
        printed = dyad("match", programme, "--out", path, codes=(0, 3, 4))
        plan = calls.Match(matching_pb2.MatchRequest(roster=message), timeout=LIMIT).plan
        same(document(plan), timeless(printed))
        events = list(calls.MatchStream(matching_pb2.MatchStreamRequest(roster=message), timeout=LIMIT))
        assert [event.WhichOneof("event") for event in events][-1] == "plan"
        same(document(events[-1].plan), timeless(printed))
        check = plain(calls.Check(matching_pb2.CheckRequest(roster=message), timeout=LIMIT))
        assert check.pop("faults") == []
        same(check, dyad("check", programme, codes=(0, 3)))
        verified = plain(calls.Verify(matching_pb2.VerifyRequest(roster=message, plan=plan), timeout=LIMIT))
        same(verified, dyad("verify", programme, "--plan", path))
        # Without a coach: another plan, and the comparison of the two.
        other = type(message)()
        other.CopyFrom(message)
        (other.coaches or other.participants)[0].status = "withdrawn"
        after = calls.Match(matching_pb2.MatchRequest(roster=other), timeout=LIMIT).plan
        compared = plain(calls.Compare(matching_pb2.CompareRequest(before=plan, after=after), timeout=LIMIT))
        assert compared["same_instance"] is False and compared["kept"], compared
        again = plain(calls.Compare(matching_pb2.CompareRequest(before=plan, after=plan), timeout=LIMIT))
        assert again["same_instance"] is True and again["moved"] == []
        same(again, dyad("compare", programme, "--plan", path, "--plan", path))
        # A plan that somebody has changed, and one of another programme.
        tampered = type(plan)()
        tampered.CopyFrom(plan)
        tampered.matched += 1
        verdict = calls.Verify(matching_pb2.VerifyRequest(roster=message, plan=tampered), timeout=LIMIT)
        assert not verdict.clean and verdict.violations
        error = refused(calls.Verify, matching_pb2.VerifyRequest(roster=other, plan=plan))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert details(error)[1] == [("plan.instance", "PLAN_MISMATCH")], details(error)


def outcomes_are_answers(calls):
    """Infeasible and partial are OK."""
    for story in sorted((ROOT / "scenarios").glob("*/*.toml")):
        text = story.read_text()
        if 'outcome = "infeasible"' in text and "rejected" not in str(story):
            plan = calls.Match(matching_pb2.MatchRequest(roster=roster(story)), timeout=LIMIT).plan
            same(document(plan), timeless(dyad("match", story, codes=(4,))))
            assert plan.clashes
            return
    raise AssertionError("no story about a contradiction")


def long_search(people=120):
    """Triads by chance: nothing but search finds the best."""
    chance = random.Random(7)
    message = matching_pb2.MatchRequest().roster
    message.programme.name, message.programme.preset, message.programme.starts = "Long", "bare", "2026-08-24"
    message.programme.rules.update({"group_size": {"level": "hard", "size": 3}, "pairs": {"level": "soft", "weight": 1}})
    for one in range(people):
        message.participants.add(id=f"P{one:03}")
        for other in range(one):
            message.pairs.add(coach=f"P{other:03}", coachee=f"P{one:03}", score=str(chance.randrange(1_000)))
    return message


def progress_is_told(calls, message):
    """With the time, at most five a second; then the best plan so far."""
    start = time.monotonic()
    request = matching_pb2.MatchStreamRequest(roster=message, time_limit=duration_pb2.Duration(seconds=2))
    events = list(calls.MatchStream(request, timeout=LIMIT))
    took = time.monotonic() - start
    told = [event.progress for event in events[:-1]]
    assert events[-1].WhichOneof("event") == "plan"
    assert 1 < len(told) <= 5 * took + 1, (len(told), took)
    assert all(0 <= p.matched <= p.wanted for p in told)
    elapsed = [p.elapsed.ToMilliseconds() for p in told]
    assert elapsed == sorted(elapsed)
    assert plain(events[-1].plan)["stop"] == "time-limit"


def a_time_limit_gives_the_best_so_far(calls, message):
    limit = duration_pb2.Duration(nanos=1_000_000)
    plan = calls.Match(matching_pb2.MatchRequest(roster=message, time_limit=limit), timeout=LIMIT).plan
    assert plain(plan)["stop"] == "time-limit" and plain(plan)["outcome"] in ("feasible", "unknown"), plain(plan)["outcome"]


def standard_services(running):
    with grpc.insecure_channel(running.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("", "dyad.v1.Matching"):
            answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=LIMIT)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        assert refused(health.Check, health_pb2.HealthCheckRequest(service="nobody")).code() == grpc.StatusCode.NOT_FOUND
        database = ProtoReflectionDescriptorDatabase(channel)
        services = set(database.get_services())
        assert {"dyad.v1.Matching", "grpc.health.v1.Health"} <= services, services
        found = descriptor_pool.DescriptorPool(database).FindServiceByName("dyad.v1.Matching")
        assert [m.name for m in found.methods] == ["Check", "Match", "MatchStream", "Verify", "Compare"]


def calls_in_flight_end_before_the_server(message):
    """SIGTERM in the middle of a search: the answer still comes, a new call does not, and the server ends with 0."""
    running = Server()
    answers = []
    with stub(running) as calls:
        started = threading.Event()

        def search():
            limit = duration_pb2.Duration(seconds=3)
            stream = calls.MatchStream(matching_pb2.MatchStreamRequest(roster=message, time_limit=limit), timeout=LIMIT)
            for event in stream:
                started.set()
                answers.append(event.WhichOneof("event"))

        thread = threading.Thread(target=search)
        thread.start()
        assert started.wait(LIMIT)
        code, said = running.stop()
        thread.join(LIMIT)
    assert (code, answers[-1]) == (0, "plan"), (code, answers, said)
    with stub(running) as calls:
        assert refused(calls.Compare, matching_pb2.CompareRequest(), timeout=LIMIT).code() == grpc.StatusCode.UNAVAILABLE


def node(running):
    """The same from Node."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        dyad("convert", EAST, folder / "roster.json")
        dyad("match", EAST, "--out", folder / "plan.json")
        files = [folder / "roster.json", folder / "plan.json"]
        subprocess.run(["node", ROOT / "tests/outside/service.mjs", running.address, *files], check=True, timeout=LIMIT)


def plaintext_stays_on_the_machine():
    for address in ("0.0.0.0:0", "[::]:0"):
        run = subprocess.run([DYAD, "serve", "--listen", address, "--store", "none"], capture_output=True, text=True, timeout=LIMIT)
        assert run.returncode == 2 and "no TLS" in run.stderr, (run.returncode, run.stderr)


def main():
    plaintext_stays_on_the_machine()
    with server() as running, stub(running) as calls:
        every_method(calls, EAST)
        for programme in OTHERS:
            every_method(calls, ROOT / "scenarios" / programme)
        outcomes_are_answers(calls)
        standard_services(running)
        progress_is_told(calls, long_search())
        a_time_limit_gives_the_best_so_far(calls, long_search())
        node(running)
    calls_in_flight_end_before_the_server(long_search())
    print("service: every method answers as the command line does")


if __name__ == "__main__":
    main()
