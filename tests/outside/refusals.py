#!/usr/bin/env python3
"""Bad requests by hand, each with the exact code, reason and field path that the service answers; then bytes by chance over
a real socket: only codes of the closed set, never UNKNOWN."""
import random
import socket
import struct
import sys

import grpc
from google.protobuf import duration_pb2
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

from served import LIMIT, details, matching_pb2, refused, roster_pb2, server, stub

# What may leave the service, by number. UNIMPLEMENTED is HTTP's 404.
CLOSED = {0, 1, 3, 4, 8, 12, 13, 14}
INVALID, EXHAUSTED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED


def base():
    """Two coaches, three coachees, two schools, a manager."""
    r = roster_pb2.Roster()
    r.programme.name, r.programme.preset, r.programme.starts = "Small", "aspiring-leaders", "2026-08-24"
    r.schools.add(id="S1", name="One", sector="primary")
    r.schools.add(id="S2", name="Two", sector="secondary")
    r.people.add(id="M1", name="Mo", school=["S1"])
    for c in range(2):
        r.coaches.add(id=f"C{c}", name=f"Coach {c}", school=["S1"], role="HT", max=2)
    for e in range(3):
        r.coachees.add(id=f"E{e}", name=f"Coachee {e}", school=["S2"], role="PT")
    return r


def at(path, **values):
    """Sets fields of one row: `coaches[1]`."""

    def change(r):
        name, _, row = path.partition("[")
        target = getattr(r, name)
        target = target[int(row[:-1])] if row else target
        for key, value in values.items():
            if isinstance(value, list):
                del getattr(target, key)[:]
                getattr(target, key).extend(value)
            else:
                setattr(target, key, value)

    return change


def add(table, **values):
    return lambda r: getattr(r, table).add(**values)


def rules(**values):
    return lambda r: r.programme.rules.update(values)


def both(*changes):
    return lambda r: [change(r) for change in changes]


def clear(path, field):
    def change(r):
        name, _, row = path.partition("[")
        target = getattr(r, name)
        (target[int(row[:-1])] if row else target).ClearField(field)

    return change


NAN, INF = float("nan"), float("inf")
COACH, COACHEE, PROGRAMME = "roster.coaches[1]", "roster.coachees[1]", "roster.programme"
LOCK = dict(kind="pin", coach="C0", coachee="E0", author="Ann", reason="agreed")
# What is changed in the small roster, the reason, and the field.
ROWS = [
    # What is missing.
    (clear("programme", "name"), "FIELD_REQUIRED", f"{PROGRAMME}.name"),
    (clear("programme", "preset"), "FIELD_REQUIRED", f"{PROGRAMME}.preset"),
    (clear("programme", "starts"), "FIELD_REQUIRED", f"{PROGRAMME}.starts"),
    (clear("coaches[1]", "max"), "FIELD_REQUIRED", f"{COACH}.max"),
    (clear("coaches[1]", "id"), "FIELD_REQUIRED", f"{COACH}.id"),
    (clear("schools[1]", "name"), "FIELD_REQUIRED", "roster.schools[1].name"),
    (add("locks", **{**LOCK, "author": ""}), "FIELD_REQUIRED", "roster.locks[0].author"),
    (add("locks", **{**LOCK, "reason": " "}), "FIELD_REQUIRED", "roster.locks[0].reason"),
    (add("travel", **{"from": "S1", "to": "S2"}), "FIELD_REQUIRED", "roster.travel[0].minutes"),
    # Numbers.
    (at("coaches[1]", max=4_000_000_000), "NUMBER_OUT_OF_RANGE", f"{COACH}.max"),
    (at("coaches[1]", max=1_000_001), "NUMBER_OUT_OF_RANGE", f"{COACH}.max"),
    (at("coaches[1]", min=3), "MIN_ABOVE_MAX", f"{COACH}.min"),
    (at("coachees[1]", priority=0), "NUMBER_OUT_OF_RANGE", f"{COACHEE}.priority"),
    (at("coachees[1]", priority=10), "NUMBER_OUT_OF_RANGE", f"{COACHEE}.priority"),
    (at("coachees[1]", wanted=0), "NUMBER_OUT_OF_RANGE", f"{COACHEE}.wanted"),
    (at("coachees[1]", wanted=10), "NUMBER_OUT_OF_RANGE", f"{COACHEE}.wanted"),
    (at("coaches[1]", hours="NaN"), "NUMBER_NOT_FINITE", f"{COACH}.hours"),
    (at("coaches[1]", hours="-1"), "NUMBER_OUT_OF_RANGE", f"{COACH}.hours"),
    (at("coaches[1]", hours="twelve"), "NUMBER_MALFORMED", f"{COACH}.hours"),
    (at("coaches[1]", cost="inf"), "NUMBER_NOT_FINITE", f"{COACH}.cost"),
    (at("coaches[1]", cost="1e3"), "NUMBER_MALFORMED", f"{COACH}.cost"),
    (at("coaches[1]", lat="91", lon="0"), "COORDINATES_INVALID", f"{COACH}.lat"),
    (at("coaches[1]", lat="NaN", lon="0"), "NUMBER_NOT_FINITE", f"{COACH}.lat"),
    (at("coaches[1]", lat="55.5"), "COORDINATES_INVALID", f"{COACH}.lon"),
    (add("pairs", coach="C0", coachee="E0", score="-Infinity"), "NUMBER_NOT_FINITE", "roster.pairs[0].score"),
    (add("pairs", coach="C0", coachee="E0", score="1000000001"), "NUMBER_OUT_OF_RANGE", "roster.pairs[0].score"),
    (add("pairs", coach="C0", coachee="E0", score="0.0000001"), "NUMBER_MALFORMED", "roster.pairs[0].score"),
    (rules(travel={"weight": NAN}), "NUMBER_NOT_FINITE", f"{PROGRAMME}.rules.travel.weight"),
    (rules(travel={"weight": INF}), "NUMBER_NOT_FINITE", f"{PROGRAMME}.rules.travel.weight"),
    (rules(travel={"weight": -1}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.weight"),
    (rules(travel={"weight": 1e300}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.weight"),
    (rules(travel={"free_minutes": 60, "full_minutes": 20}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.full_minutes"),
    (at("coaches[1]", strengths=[roster_pb2.Strength(tag="change", level=4)]), "STRENGTH_MALFORMED", f"{COACH}.strengths"),
    # Words.
    (at("programme", preset="aspiring-leader"), "UNKNOWN_PRESET", f"{PROGRAMME}.preset"),
    (rules(travle={"weight": 1}), "UNKNOWN_RULE", f"{PROGRAMME}.rules.travle"),
    (rules(school="hrd"), "UNKNOWN_WORD", f"{PROGRAMME}.rules.school"),
    (rules(capacity="soft"), "UNKNOWN_WORD", f"{PROGRAMME}.rules.capacity"),
    (rules(travel={"wieght": 1}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.wieght"),
    (rules(travel={"weight": [1, 2]}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.weight"),
    (rules(travel={"weight": {"is": 1}}), "PARAMETER_INVALID", f"{PROGRAMME}.rules.travel.weight"),
    (at("programme", objective=["coverage", "scores"]), "OBJECTIVE_INVALID", f"{PROGRAMME}.objective"),
    (at("programme", objective=["score", "score"]), "OBJECTIVE_INVALID", f"{PROGRAMME}.objective"),
    (at("coaches[1]", status="gone"), "UNKNOWN_WORD", f"{COACH}.status"),
    (at("coaches[1]", training="some"), "UNKNOWN_WORD", f"{COACH}.training"),
    (at("coaches[1]", sectors=["tertiary"]), "UNKNOWN_WORD", f"{COACH}.sectors"),
    (at("schools[1]", sector="tertiary"), "UNKNOWN_WORD", "roster.schools[1].sector"),
    (at("coachees[1]", language="gd", language_level="maybe"), "UNKNOWN_WORD", f"{COACHEE}.language_level"),
    (add("conflicts", person="C0", other="E0", kind="feud"), "UNKNOWN_WORD", "roster.conflicts[0].kind"),
    (add("locks", **{**LOCK, "kind": "glue"}), "UNKNOWN_WORD", "roster.locks[0].kind"),
    (add("history", coach="C0", coachee="E0", outcome="so-so"), "UNKNOWN_WORD", "roster.history[0].outcome"),
    (add("plan", coach="C0", coachee="E0", state="maybe"), "UNKNOWN_WORD", "roster.plan[0].state"),
    # Texts, dates, places.
    (at("coaches[1]", id="C;1"), "ID_MALFORMED", f"{COACH}.id"),
    (at("coaches[1]", id="C" * 101), "ID_MALFORMED", f"{COACH}.id"),
    (at("coaches[1]", name="a\x01b"), "TEXT_MALFORMED", f"{COACH}.name"),
    (at("coaches[1]", name="a" * 10_001), "TEXT_TOO_LONG", f"{COACH}.name"),
    (at("programme", starts="08/24/2026"), "DATE_MALFORMED", f"{PROGRAMME}.starts"),
    (at("programme", starts="2026-02-30"), "DATE_MALFORMED", f"{PROGRAMME}.starts"),
    (at("programme", ends="2026-08-23"), "DATES_REVERSED", f"{PROGRAMME}.ends"),
    (add("conflicts", person="C0", other="E0", kind="personal", **{"from": "2026-02-02", "to": "2026-02-01"}), "DATES_REVERSED", "roster.conflicts[0].to"),
    (at("coaches[1]", postcode="ZZ99 9ZZ"), "POSTCODE_UNKNOWN", f"{COACH}.postcode"),
    # People.
    (at("coaches[1]", id="C0"), "DUPLICATE_ID", f"{COACH}.id"),
    (at("coachees[2]", id="E1"), "DUPLICATE_ID", "roster.coachees[2].id"),
    (add("schools", id="S1", name="One again"), "DUPLICATE_ID", "roster.schools[2].id"),
    (add("conflicts", person="C0", other="E9", kind="personal"), "REFERENCE_MISSING", "roster.conflicts[0].other"),
    (at("coachees[1]", manager="M2"), "REFERENCE_MISSING", f"{COACHEE}.manager"),
    (at("coachees[1]", sponsor="Nobody"), "REFERENCE_MISSING", f"{COACHEE}.sponsor"),
    (at("coachees[1]", school=["S9"]), "REFERENCE_MISSING", f"{COACHEE}.school"),
    (at("coachees[1]", preferences=["C9"]), "REFERENCE_MISSING", f"{COACHEE}.preferences"),
    (at("coachees[1]", preferences=["E0"]), "REFERENCE_MISPLACED", f"{COACHEE}.preferences"),
    (at("coachees[1]", needs=["a", "b", "c", "d"]), "TOO_MANY_VALUES", f"{COACHEE}.needs"),
    (at("coachees[1]", needs=["a", "a"]), "DUPLICATE_ROW", f"{COACHEE}.needs"),
    (at("coaches[1]", manager="C1"), "SELF_REFERENCE", f"{COACH}.manager"),
    (both(at("coaches[0]", manager="C1"), at("coaches[1]", manager="C0")), "MANAGEMENT_CYCLE", "roster.coaches[0].manager"),
    (add("conflicts", person="C0", other="C0", kind="personal"), "SELF_REFERENCE", "roster.conflicts[0].other"),
    (add("people", id="C1", name="Another name"), "FACTS_DISAGREE", "roster.people[1].name"),
    (add("locks", **{**LOCK, "coachee": ""}), "LOCK_INCOMPLETE", "roster.locks[0].coachee"),
    (add("waivers", rule="capacity", coach="C0", coachee="E0", author="A", reason="B"), "RULE_NOT_WAIVABLE", "roster.waivers[0].rule"),
    (add("waivers", rule="travle", coach="C0", coachee="E0", author="A", reason="B"), "UNKNOWN_RULE", "roster.waivers[0].rule"),
    (add("participants", id="H1"), "LIST_MISPLACED", "roster.participants"),
    (at("programme", stable=True, objective=["score"]), "RULES_DISAGREE", f"{PROGRAMME}.stable"),
]


def the_table(calls):
    wrong = []
    for change, reason, field in ROWS:
        r = base()
        change(r)
        for call, request in [
            (calls.Check, matching_pb2.CheckRequest(roster=r)),
            (calls.Match, matching_pb2.MatchRequest(roster=r)),
            (calls.MatchStream, matching_pb2.MatchStreamRequest(roster=r)),
        ]:
            error = refused(call, request, timeout=LIMIT)
            info, violations, _ = details(error)
            found = (error.code(), info.reason, violations, info.domain, info.metadata["faults"])
            if found != (INVALID, reason, [(field, reason)], "dyad", "1"):
                wrong.append((reason, field, found))
    assert not wrong, "\n".join(map(str, wrong))


def several_at_once(calls):
    """Every fault, each with its own reason; those that no status holds are counted, and listed by Check."""
    r = base()
    at("coaches[1]", hours="NaN")(r)
    at("coachees[1]", manager="M2", priority=0)(r)
    error = refused(calls.Match, matching_pb2.MatchRequest(roster=r, time_limit=duration_pb2.Duration(seconds=601)), timeout=LIMIT)
    info, violations, _ = details(error)
    assert (error.code(), info.reason, info.metadata["faults"]) == (INVALID, "SEVERAL_FAULTS", "4"), info
    assert sorted(violations) == [
        (f"{COACHEE}.manager", "REFERENCE_MISSING"),
        (f"{COACHEE}.priority", "NUMBER_OUT_OF_RANGE"),
        (f"{COACH}.hours", "NUMBER_NOT_FINITE"),
        ("time_limit", "NUMBER_OUT_OF_RANGE"),
    ], violations
    r = base()
    for e in range(500):
        r.coachees.add(id=f"F{e}", manager=f"N{e}")
    error = refused(calls.Match, matching_pb2.MatchRequest(roster=r), timeout=LIMIT)
    info, violations, _ = details(error)
    assert (info.reason, info.metadata["faults"]) == ("REFERENCE_MISSING", "500") and 10 < len(violations) < 500
    listed = calls.Check(matching_pb2.CheckRequest(roster=r, list_faults=True), timeout=LIMIT).faults
    assert len(listed) == 500 and {f.code for f in listed} == {"E020"}
    assert {f.field for f in listed} == {f"roster.coachees[{e + 3}].manager" for e in range(500)}


def requests_without_programme(calls):
    """What only a message can get wrong."""
    good = calls.Match(matching_pb2.MatchRequest(roster=base()), timeout=LIMIT).plan

    def plan(**values):
        changed = type(good)()
        changed.CopyFrom(good)
        for key, value in values.items():
            setattr(changed, key, value)
        return changed

    def deep(change):
        changed = plan()
        change(changed)
        return changed

    verify = lambda p: (calls.Verify, matching_pb2.VerifyRequest(roster=base(), plan=p))
    compare = lambda a, b: (calls.Compare, matching_pb2.CompareRequest(before=a, after=b))
    limit = lambda **d: (calls.Match, matching_pb2.MatchRequest(roster=base(), time_limit=duration_pb2.Duration(**d)))
    rows = [
        ((calls.Check, matching_pb2.CheckRequest()), "FIELD_REQUIRED", "roster"),
        ((calls.Match, matching_pb2.MatchRequest()), "FIELD_REQUIRED", "roster"),
        ((calls.Verify, matching_pb2.VerifyRequest(roster=base())), "FIELD_REQUIRED", "plan"),
        ((calls.Compare, matching_pb2.CompareRequest(before=good)), "FIELD_REQUIRED", "after"),
        (limit(seconds=0), "NUMBER_OUT_OF_RANGE", "time_limit"),
        (limit(seconds=-1), "NUMBER_OUT_OF_RANGE", "time_limit"),
        (limit(seconds=600, nanos=1), "NUMBER_OUT_OF_RANGE", "time_limit"),
        (limit(nanos=999_999), "NUMBER_OUT_OF_RANGE", "time_limit"),
        (verify(plan(outcome=0)), "UNKNOWN_ENUM", "plan.outcome"),
        (verify(plan(proof=99)), "UNKNOWN_ENUM", "plan.proof"),
        (verify(plan(stop=0)), "UNKNOWN_ENUM", "plan.stop"),
        (verify(plan(score="much")), "PLAN_MISMATCH", "plan.score"),
        (verify(plan(score="")), "FIELD_REQUIRED", "plan.score"),
        (verify(plan(floor="1e3")), "PLAN_MISMATCH", "plan.floor"),
        (verify(deep(lambda p: p.ClearField("certificate"))), "FIELD_REQUIRED", "plan.certificate"),
        (verify(deep(lambda p: setattr(p.pairs[1], "state", 0))), "UNKNOWN_ENUM", "plan.pairs[1].state"),
        (verify(deep(lambda p: setattr(p.pairs[0].parts[0], "rule", "travle"))), "PLAN_MISMATCH", "plan.pairs[0].parts[0].rule"),
        (verify(deep(lambda p: setattr(p.certificate.stages[0], "claim", 0))), "UNKNOWN_ENUM", "plan.certificate.stages[0].claim"),
        (verify(deep(lambda p: setattr(p.certificate.stages[0].multipliers, "score", "x"))), "PLAN_MISMATCH", "plan.certificate.stages[0].multipliers.score"),
        (verify(deep(lambda p: setattr(p.timing, "read_ms", NAN))), "NUMBER_NOT_FINITE", "plan.timing.read_ms"),
        (verify(deep(lambda p: setattr(p.timing, "read_ms", -1))), "NUMBER_OUT_OF_RANGE", "plan.timing.read_ms"),
        (verify(plan(instance="sha256:0")), "PLAN_MISMATCH", "plan.instance"),
        (compare(good, plan(outcome=0)), "UNKNOWN_ENUM", "after.outcome"),
        (compare(deep(lambda p: p.tiers.add(name=0)), good), "UNKNOWN_ENUM", f"before.tiers[{len(good.tiers)}].name"),
    ]
    for (call, request), reason, field in rows:
        error = refused(call, request, timeout=LIMIT)
        info, violations, _ = details(error)
        assert (error.code(), info.reason, violations) == (INVALID, reason, [(field, reason)]), (error.details(), info.reason, violations, field)
    return len(rows)


def too_large(calls):
    r = base()
    for c in range(5_000):
        r.coaches.add(id=f"D{c}", max=1)
        r.coachees.add(id=f"F{c}")
    error = refused(calls.Match, matching_pb2.MatchRequest(roster=r), timeout=LIMIT)
    assert (error.code(), details(error)[0].reason) == (EXHAUSTED, "PROBLEM_TOO_LARGE"), error
    # Four characters of a name are worth a byte each: past 4 MiB.
    r.people.add(id="L", name="n" * (5 << 20))
    error = refused(calls.Match, matching_pb2.MatchRequest(roster=r), timeout=LIMIT)
    info, _, _ = details(error)
    assert (error.code(), info.reason, info.metadata["limit"]) == (EXHAUSTED, "MESSAGE_TOO_LARGE", str(4 << 20)), error


def raw(port, path, body, headers=()):
    """One call by hand over HTTP/2: the gRPC status, or None where the stream was reset."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
        connection = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        connection.initiate_connection()
        names = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "dyad"), ("te", "trailers")]
        connection.send_headers(1, [*names, ("content-type", "application/grpc"), *headers])
        connection.send_data(1, body, end_stream=True)
        sock.sendall(connection.data_to_send())
        status = None
        while True:
            data = sock.recv(65536)
            assert data, "the connection is closed in the middle of a call"
            for event in connection.receive_data(data):
                if isinstance(event, (ResponseReceived, TrailersReceived)):
                    status = dict(event.headers).get("grpc-status", status)
                elif isinstance(event, DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, 1)
                elif isinstance(event, (StreamEnded, StreamReset)):
                    return None if status is None else int(status)
            sock.sendall(connection.data_to_send())


def frame(message, flag=0, length=None):
    return struct.pack(">BI", flag, len(message) if length is None else length) + message


def bytes_by_hand(port):
    match = "/dyad.v1.Matching/Match"
    rows = [
        (match, b"", (), 3),  # no message
        (match, frame(b"\xff\xff\xff"), (), 3),  # no protobuf
        (match, frame(b"\x0a\x05abc"), (), 3),  # a field longer than its message
        (match, frame(b"\x0a\x02\x0a\x00", flag=7), (), 3),  # no flag
        (match, frame(b"\x0a\x02\x0a\x00", flag=1), (), 3),  # compressed by nothing
        (match, frame(b"abc", length=9), (), 3),  # cut off
        (match, frame(b"", length=(4 << 20) + 1), (), 8),  # too long, said before it comes
        (match, frame(b"\x0a\x03\xff\xfe\xfd"), (), 3),  # no UTF-8
        (match, frame(b""), [("grpc-encoding", "gzip")], 12),
        (match, frame(b""), [("grpc-timeout", "soon")], 3),
        (match, frame(b""), [("grpc-timeout", "123456789S")], 3),
        (match, frame(b""), [("grpc-timeout", "-1S")], 3),
        (match, frame(b""), [("grpc-timeout", "0n")], 4),
        ("/dyad.v1.Matching/Guess", frame(b""), (), 12),
        ("/dyad.v1.Nothing/Match", frame(b""), (), 12),
        ("/", frame(b""), (), 12),
    ]
    for path, body, headers, wanted in rows:
        found = raw(port, path, body, headers)
        assert found == wanted, (path, body[:20], headers, found, wanted)
    return len(rows)


def bytes_by_chance(port, count):
    """Noise, and real requests with some bytes changed."""
    chance = random.Random(11)
    methods = ["Check", "Match", "MatchStream", "Verify", "Compare"]
    good = matching_pb2.CheckRequest(roster=base()).SerializeToString()
    for turn in range(count):
        message = bytearray(chance.randbytes(chance.randrange(200)) if turn % 2 else good)
        for _ in range(chance.randrange(4)):
            if message:
                message[chance.randrange(len(message))] = chance.randrange(256)
        whole = chance.random() < 0.9
        body = frame(bytes(message)) if whole else bytes(message)
        code = raw(port, f"/dyad.v1.Matching/{chance.choice(methods)}", body)
        assert code in CLOSED, (turn, code)
        assert code != 13, f"an incident: {bytes(message)!r}"


def noise_on_the_socket(port, count):
    """No HTTP at all: the connection ends, the server does not."""
    chance = random.Random(12)
    for turn in range(count):
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
            preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" if turn % 2 else b""
            try:
                sock.sendall(preface + chance.randbytes(chance.randrange(1, 400)))
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
            except OSError:
                pass


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with server() as running, stub(running) as calls:
        assert calls.Check(matching_pb2.CheckRequest(roster=base()), timeout=LIMIT).counts.coachees == 3
        the_table(calls)
        several_at_once(calls)
        rows = len(ROWS) + requests_without_programme(calls) + bytes_by_hand(running.port)
        too_large(calls)
        bytes_by_chance(running.port, count)
        noise_on_the_socket(running.port, count)
        assert calls.Check(matching_pb2.CheckRequest(roster=base()), timeout=LIMIT).counts.coachees == 3
    print(f"refusals: {rows} bad requests by hand and {2 * count} by chance")


if __name__ == "__main__":
    main()
