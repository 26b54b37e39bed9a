#!/usr/bin/env python3
"""Stored programmes with grpcio: a planner's whole year, with the server killed in the middle of it, and writers whose server is
killed again and again: nothing that was acknowledged is lost, and nothing is done twice."""
import argparse
import contextlib
import json
import pathlib
import random
import subprocess
import tempfile
import threading
import time

import grpc

from served import DYAD, LIMIT, ROOT, Server, details, document, dyad, programmes_pb2 as pb, programmes_pb2_grpc, refused, roster, same, timeless

EAST = ROOT / "scenarios/east-ayrshire/comfortable"
GONE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED)


class Planner:
    """A client with a token; every answer comes within the limit."""

    def __init__(self, running, token):
        options = [("grpc.max_receive_message_length", 32 << 20), ("grpc.enable_retries", 0)]
        self.channel = grpc.insecure_channel(running.address, options=options)
        self.stub = programmes_pb2_grpc.ProgrammesStub(self.channel)
        self.metadata = [("authorization", f"Bearer {token}")]

    def __getattr__(self, method):
        def call(**fields):
            request = getattr(pb, f"{method}Request")(**fields)
            return getattr(self.stub, method)(request, metadata=self.metadata, timeout=LIMIT)

        return call

    def close(self):
        self.channel.close()


@contextlib.contextmanager
def planner(running, token):
    client = Planner(running, token)
    try:
        yield client
    finally:
        client.close()


def watched(client, run, after=0):
    """The run to its end; events move forward, at most five a second."""
    start, events = time.monotonic(), []
    for event in client.WatchRun(programme=run.programme, run=run.run, after_sequence=after):
        events.append(event.run)
    sequences = [event.sequence for event in events]
    assert sequences == sorted(set(sequences)) and sequences, sequences
    assert len(events) <= 5 * (time.monotonic() - start) + 2, events
    return events[-1]


def a_year(folder):
    """Create, upload, run, watch, approve, publish; lose a coach; run again, compare, approve, publish."""
    store = f"sqlite:{folder / 'dyad.db'}"
    running = Server(store=store)
    token = running.token
    message = roster(EAST)
    with planner(running, token) as client:
        client.CreateProgramme(request_id="create", programme="east", title="East Ayrshire")
        put = client.PutRoster(request_id="put", programme="east", roster=message).revision
        run = client.StartRun(request_id="run", programme="east").run
        # The server dies before the run has ended, or after; either way its plan is there once the server is back.
    running.kill()
    running = Server(store=store)
    assert running.token is None
    with planner(running, token) as client:
        assert client.StartRun(request_id="run", programme="east").run.run == run.run
        ended = watched(client, run)
        assert ended.state == pb.RUN_STATE_SUCCEEDED, ended
        # Resumed where nothing more is to be told: the end, once more.
        assert watched(client, run, ended.sequence).sequence == ended.sequence
        first = client.GetPlan(programme="east", plan=ended.plan)
        printed = dyad("match", EAST)
        same(document(first.plan), timeless(printed))
        early = refused(client.PublishPlan, programme="east", plan=ended.plan)
        assert (early.code(), details(early)[0].reason) == (grpc.StatusCode.FAILED_PRECONDITION, "STATE_UNFIT")
        client.ApprovePlan(request_id="approve", programme="east", plan=ended.plan, note="as discussed")
        client.PublishPlan(programme="east", plan=ended.plan)
        lost = first.plan.pairs[0].coach
        patched = client.PatchRoster(programme="east", etag=put.etag, changes=[pb.RosterChange(drop=lost)]).revision
        stale = refused(client.PatchRoster, programme="east", etag=put.etag, changes=[pb.RosterChange(drop=lost)])
        assert (stale.code(), details(stale)[0].reason) == (grpc.StatusCode.ABORTED, "VERSION_CONFLICT")
        bad = [pb.RosterChange(drop="nobody"), pb.RosterChange(), pb.RosterChange(set_places=pb.SetPlaces(coach="nobody"))]
        wrong = refused(client.PatchRoster, programme="east", changes=bad)
        assert [field for field, _ in details(wrong)[1]] == ["changes[0].drop", "changes[1]", "changes[2].set_places.coach"], details(wrong)
        again = watched(client, client.StartRun(programme="east", baseline=ended.plan).run)
        assert again.revision == patched.revision == 2
        second = client.GetPlan(programme="east", plan=again.plan)
        assert all(pair.coach != lost for pair in second.plan.pairs)
        compared = client.ComparePlans(programme="east", before=ended.plan, after=again.plan).comparison
        assert len(compared.kept) == sum(pair.state == 2 for pair in second.plan.pairs)
        client.ApprovePlan(programme="east", plan=again.plan)
        client.PublishPlan(programme="east", plan=again.plan)
        states = [plan.state for plan in client.ListPlans(programme="east").plans]
        assert states == [pb.PLAN_STATE_PUBLISHED, pb.PLAN_STATE_PUBLISHED]
        reader = subprocess.run(
            [DYAD, "token", "create", "--store", store, "--name", "reader", "--scope", "plan:read", "--format", "json"],
            capture_output=True, check=True, text=True, timeout=LIMIT,
        )
        with planner(running, json.loads(reader.stdout)["token"]) as other:
            assert other.GetPlan(programme="east", plan=again.plan).summary.plan == again.plan
            denied = refused(other.ApprovePlan, programme="east", plan=again.plan)
            assert (denied.code(), details(denied)[0].reason) == (grpc.StatusCode.PERMISSION_DENIED, "SCOPE_REQUIRED")
        listed = dyad("token", "list", "--store", store)
        assert [token["name"] for token in listed] == ["first", "reader"]
        revoked = ["token", "revoke", "--store", store, listed[1]["id"]]
        subprocess.run([DYAD, *revoked], check=True, timeout=LIMIT)
        with planner(running, json.loads(reader.stdout)["token"]) as other:
            error = refused(other.GetPlan, programme="east", plan=again.plan)
            assert (error.code(), details(error)[0].reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")
    assert running.stop()[0] == 0
    # What was declared, and the secret of a token, are nowhere in the files; the key is nobody else's to read.
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert token.encode() not in path.read_bytes(), path


class Writers:
    """Several clients that create programmes, each with a roster and a run; who is not answered asks again."""

    def __init__(self, token, message):
        self.token, self.message, self.running = token, message, None
        self.done, self.stop, self.failed = [], threading.Event(), []
        self.lock = threading.Lock()

    def write(self, writer):
        try:
            number = 0
            while not self.stop.is_set():
                name = f"w{writer}-{number}"
                self.until_answered(name, "CreateProgramme", programme=name, title=name)
                revision = self.until_answered(name, "PutRoster", programme=name, roster=self.message).revision
                run = self.until_answered(name, "StartRun", programme=name).run
                ended = self.until_over(run)
                with self.lock:
                    self.done.append((name, revision.etag, run.run, ended.plan))
                number += 1
        except BaseException as error:
            self.failed.append(error)
            raise

    def until_answered(self, name, method, **fields):
        while True:
            with planner(self.running, self.token) as client:
                try:
                    return getattr(client, method)(request_id=f"{name}-{method}", **fields)
                except grpc.RpcError as error:
                    assert error.code() in GONE or details(error)[0].reason == "TENANT_LIMIT", error
            time.sleep(0.02)

    def until_over(self, run):
        after = 0
        while True:
            with planner(self.running, self.token) as client:
                try:
                    for event in client.WatchRun(programme=run.programme, run=run.run, after_sequence=after):
                        after = event.run.sequence
                    assert event.run.state == pb.RUN_STATE_SUCCEEDED, event
                    return event.run
                except grpc.RpcError as error:
                    assert error.code() in GONE, error
            time.sleep(0.02)


def killed_again_and_again(folder, cycles, writers=4):
    """kill -9 at any moment: what was acknowledged is there, once."""
    store = f"sqlite:{folder / 'dyad.db'}"
    message = roster(ROOT / "scenarios/pairs" / sorted(p.name for p in (ROOT / "scenarios/pairs").glob("*.toml"))[0])
    running = Server(store=store)
    work = Writers(running.token, message)
    work.running = running
    threads = [threading.Thread(target=work.write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    chance, slowest = random.Random(11), 0.0
    for _ in range(cycles):
        time.sleep(chance.uniform(0.05, 0.6))
        work.running.kill()
        start = time.monotonic()
        work.running = Server(store=store)
        slowest = max(slowest, time.monotonic() - start)
    work.stop.set()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert not work.failed, work.failed
    with planner(work.running, work.token) as client:
        names, page = [], ""
        while True:
            answer = client.ListProgrammes(page_token=page)
            names += [programme.programme for programme in answer.programmes]
            page = answer.next_page_token
            if not page:
                break
        assert sorted(names) == sorted(name for name, *_ in work.done), "programmes lost or doubled"
        for name, etag, run, plan in work.done:
            assert client.GetRoster(programme=name).revision.etag == etag
            assert [r.run for r in client.ListRuns(programme=name).runs] == [run]
            assert [p.plan for p in client.ListPlans(programme=name).plans] == [plan]
            client.GetPlan(programme=name, plan=plan)
    assert work.running.stop()[0] == 0
    print(f"stored: {cycles} kills, {len(work.done)} plans acknowledged, none lost or doubled; back after at most {slowest:.2f} s")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=5)
    kills = arguments.parse_args().kills
    with tempfile.TemporaryDirectory() as name:
        a_year(pathlib.Path(name))
    with tempfile.TemporaryDirectory() as name:
        killed_again_and_again(pathlib.Path(name), kills)
    print("stored: a planner's year, with the server killed in it")


if __name__ == "__main__":
    main()
