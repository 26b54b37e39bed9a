#!/usr/bin/env python3
"""The server against clients that mean it no good, by hand over real sockets: each of these hangs, floods or fools a server
that takes its libraries' defaults. What waits for a limit of seconds waits side by side with the others."""
import concurrent.futures
import os
import resource
import socket
import struct
import time

import grpc
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, RemoteSettingsChanged, ResponseReceived, SettingsAcknowledged, StreamEnded, StreamReset, TrailersReceived
from h2.settings import SettingCodes

from refusals import base, frame
from served import LIMIT, Server, details, matching_pb2, refused, server, stub
from service import long_search

TICKS = os.sysconf("SC_CLK_TCK")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Client:
    """HTTP/2 by hand."""

    def __init__(self, port, **settings):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.events = []
        self.h2.initiate_connection()
        self.flush()
        if settings:
            self.h2.update_settings({getattr(SettingCodes, name.upper()): value for name, value in settings.items()})
            self.flush()
            self.until(SettingsAcknowledged, lambda event: event.changed_settings)

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def call(self, path, body=None, headers=(), end=True):
        stream = self.h2.get_next_available_stream_id()
        names = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "dyad"), ("te", "trailers")]
        self.h2.send_headers(stream, [*names, ("content-type", "application/grpc"), *headers])
        self.flush()
        if body is not None:
            self.body(stream, body, end)
        return stream

    def body(self, stream, body, end=True):
        while body:
            size = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(body))
            if size == 0:
                self.read()
                continue
            self.h2.send_data(stream, body[:size])
            body = body[size:]
            self.flush()
        if end:
            self.h2.end_stream(stream)
            self.flush()

    def read(self, take=True):
        """The next events; False at the end of the connection."""
        data = self.sock.recv(65536)
        if not data:
            return False
        for event in self.h2.receive_data(data):
            self.events.append(event)
            if isinstance(event, DataReceived) and take and event.flow_controlled_length:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self.flush()
        return True

    def until(self, kind, wanted=lambda event: True):
        """Reads until such an event; None if the connection ends first."""
        while True:
            found = next((e for e in self.events if isinstance(e, kind) and wanted(e)), None)
            if found or not self.read():
                return found

    def status(self, stream):
        """The gRPC status of a stream."""
        self.until((StreamEnded, StreamReset), lambda e: e.stream_id == stream)
        found = [e for e in self.events if isinstance(e, (ResponseReceived, TrailersReceived)) and e.stream_id == stream]
        codes = [dict(e.headers).get("grpc-status") for e in found]
        return next((int(code) for code in reversed(codes) if code), None)

    def close(self):
        self.sock.close()


def closed_after(port, data, least, most, more=()):
    """The server ends the connection between so many seconds after these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
        start = time.monotonic()
        sock.sendall(data)
        for piece in more:
            time.sleep(1)
            sock.sendall(piece)
        try:
            while sock.recv(65536):
                pass
        except ConnectionResetError:
            pass
        took = time.monotonic() - start
    assert least <= took <= most, (data[:30], took)


def half_headers():
    """A HEADERS frame without END_HEADERS: nothing else may follow it but more headers."""
    settings = struct.pack(">I", 0)[1:] + b"\x04\x00" + b"\x00" * 4
    block = b"\x83\x86\x84"  # POST, http, /
    headers = struct.pack(">I", len(block))[1:] + b"\x01\x00" + struct.pack(">I", 1) + block
    return PREFACE + settings + headers


def slow_clients(port):
    """Whoever does not get to the point is put out: before the preface, in headers of either version."""
    return [
        (closed_after, port, b"", 4, 9),
        (closed_after, port, PREFACE[:10], 4, 9),
        (closed_after, port, PREFACE[:3], 4, 9, [PREFACE[3:5], PREFACE[5:6]]),
        (closed_after, port, b"POST / HTTP/1.1\r\nhost: dyad\r\nx", 9, 15),
        (closed_after, port, half_headers(), 9, 25),
    ]


def connections_from_one_address(port):
    """64, and not one more; a place that is given back can be taken."""
    clients = [Client(port) for _ in range(64)]
    try:
        for client in clients:
            assert client.until(RemoteSettingsChanged), "a connection within the limit is closed"
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as extra:
            try:
                assert extra.recv(1) == b"", "the 65th connection is served"
            except ConnectionResetError:
                pass
    finally:
        for client in clients:
            client.close()
    again(port)


def again(port):
    """A call goes through, once the server has seen who went."""
    for _ in range(100):
        try:
            client = Client(port)
            message = frame(matching_pb2.CheckRequest(roster=base()).SerializeToString())
            code = client.status(client.call("/dyad.v1.Matching/Check", message))
            client.close()
            if code == 0:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server does not recover")


def streams_of_one_connection(port):
    """100 at once: it says so, and refuses the next."""
    client = Client(port)
    settings = client.until(RemoteSettingsChanged).changed_settings
    assert settings[SettingCodes.MAX_CONCURRENT_STREAMS].new_value == 100, settings
    assert settings[SettingCodes.MAX_HEADER_LIST_SIZE].new_value == 16 << 10, settings
    # A client that does not care what was said.
    client.h2.remote_settings[SettingCodes.MAX_CONCURRENT_STREAMS] = 1000
    client.h2.remote_settings.acknowledge()
    streams = [client.call("/dyad.v1.Matching/Check") for _ in range(101)]
    reset = client.until((StreamReset, ConnectionTerminated))
    assert isinstance(reset, StreamReset), reset
    assert (reset.stream_id, reset.error_code) == (streams[-1], ErrorCodes.REFUSED_STREAM), reset
    client.close()


def rapid_reset(port):
    """Streams opened and reset at once: GOAWAY, not ten thousand handlers."""
    client = Client(port)
    client.until(RemoteSettingsChanged)
    try:
        for _ in range(100):
            for _ in range(50):
                stream = client.h2.get_next_available_stream_id()
                names = [(":method", "POST"), (":path", "/dyad.v1.Matching/Check"), (":scheme", "http"), (":authority", "dyad")]
                client.h2.send_headers(stream, [*names, ("content-type", "application/grpc")])
                client.h2.reset_stream(stream, ErrorCodes.CANCEL)
            client.flush()
        ended = client.until(ConnectionTerminated)
        assert ended and ended.error_code == ErrorCodes.ENHANCE_YOUR_CALM, ended
    except (BrokenPipeError, ConnectionResetError):
        # The server has said so and closed while we were still writing.
        pass
    client.close()


def many_headers(port):
    """More than 16 KiB of headers reach no service."""
    client = Client(port)
    client.until(RemoteSettingsChanged)
    client.h2.remote_settings[SettingCodes.MAX_HEADER_LIST_SIZE] = 1 << 20
    stream = client.call("/dyad.v1.Matching/Check", headers=[(f"x-{n}", "y" * 1000) for n in range(20)])
    answer = client.until((ResponseReceived, StreamReset, ConnectionTerminated))
    assert isinstance(answer, ResponseReceived) and dict(answer.headers)[":status"] == "431", (stream, answer)
    client.close()


def tiny_pieces(port):
    """A message in pieces of one byte is a message; pieces of nothing, hundreds of them, are an attack."""
    client = Client(port)
    client.until(RemoteSettingsChanged)
    message = frame(matching_pb2.CheckRequest(roster=base()).SerializeToString())
    stream = client.call("/dyad.v1.Matching/Check")
    for at in range(len(message)):
        client.h2.send_data(stream, message[at : at + 1])
    client.h2.end_stream(stream)
    client.flush()
    assert client.status(stream) == 0
    stream = client.call("/dyad.v1.Matching/Check")
    for _ in range(1000):
        client.h2.send_data(stream, b"")
    try:
        client.flush()
        assert client.until(ConnectionTerminated).error_code == ErrorCodes.ENHANCE_YOUR_CALM
    except (BrokenPipeError, ConnectionResetError):
        pass
    client.close()


def browsers(port):
    """gRPC-web over HTTP/1.1 on the same port; anything else there is refused as HTTP."""
    message = frame(matching_pb2.CheckRequest(roster=base()).SerializeToString())
    head = f"POST /dyad.v1.Matching/Check HTTP/1.1\r\nhost: dyad\r\nconnection: close\r\ncontent-length: {len(message)}\r\n"
    for kind, status, inside in [
        ("application/grpc-web+proto", b"200", b"grpc-status:0"),
        ("application/json", b"400", b""),
    ]:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
            sock.sendall(f"{head}content-type: {kind}\r\n\r\n".encode() + message)
            answer = b""
            while piece := sock.recv(65536):
                answer += piece
        assert answer.split(b" ")[1] == status and inside in answer, answer[:300]
    # A message that is refused is refused in the language of the caller.
    bad = frame(b"\xff")
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
        sock.sendall(f"{head.replace(str(len(message)), str(len(bad)))}content-type: application/grpc-web+proto\r\n\r\n".encode() + bad)
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    assert b"grpc-status: 3" in answer or b"grpc-status:3" in answer, answer[:300]


def ticks(running):
    """Processor time of the server so far, in seconds."""
    fields = open(f"/proc/{running.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def still(running, what):
    """A quarter of a second later nobody works any more."""
    time.sleep(0.25)
    before = ticks(running)
    time.sleep(1)
    worked = ticks(running) - before
    assert worked < 0.3, f"{worked} s of work in the second after {what}"


def deadlines(running, message):
    """On streams too, by the server's own clock: this client never cancels. Then the work has stopped."""
    for path in ("Match", "MatchStream"):
        client = Client(running.port)
        client.until(RemoteSettingsChanged)
        request = frame(matching_pb2.MatchRequest(roster=message).SerializeToString())
        start = time.monotonic()
        stream = client.call(f"/dyad.v1.Matching/{path}", request, [("grpc-timeout", "700m")])
        code = client.status(stream)
        took = time.monotonic() - start
        assert code == 4 and 0.6 < took < 2, (path, code, took)
        still(running, f"the deadline of {path}")
        client.close()


def callers_who_go(running, message):
    """A reset stream and a connection that ends stop the work."""
    for leave in ("reset", "close"):
        client = Client(running.port)
        client.until(RemoteSettingsChanged)
        request = frame(matching_pb2.MatchRequest(roster=message).SerializeToString())
        before = ticks(running)
        stream = client.call("/dyad.v1.Matching/Match", request)
        while ticks(running) - before < 0.5:
            time.sleep(0.02)
        if leave == "reset":
            client.h2.reset_stream(stream, ErrorCodes.CANCEL)
            client.flush()
        else:
            client.close()
        still(running, f"a caller's {leave}")
        client.close()


def overload(running, message):
    """More searches than slots and queue hold: some are sent away, with a time to come again; none is lost."""
    slots = max(os.cpu_count() - 1, 1)
    with stub(running) as calls:
        asked = [calls.Match.future(matching_pb2.MatchRequest(roster=message), timeout=LIMIT) for _ in range(slots + 32 + 8)]
        sent_away = [call for call in asked if waits(call)]
        assert len(sent_away) >= 8, len(sent_away)
        for call in sent_away:
            info, _, retry = details(call)
            assert (call.code(), info.reason, retry) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", True), call
        # A short call does not wait behind searches.
        calls.Check(matching_pb2.CheckRequest(roster=base()), timeout=10)
        for call in asked:
            call.cancel()
        calls.Match(matching_pb2.MatchRequest(roster=base()), timeout=10)


def waits(call):
    """Whether the call is refused while the others still wait."""
    try:
        return call.exception(timeout=0.5) is not None
    except grpc.FutureTimeoutError:
        return False


def no_descriptor_left():
    """At the limit of descriptors the server neither spins nor dies, and serves again afterwards."""
    running = Server(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
    sockets = [socket.create_connection(("127.0.0.1", running.port), timeout=LIMIT) for _ in range(60)]
    before = ticks(running)
    time.sleep(2)
    worked = ticks(running) - before
    assert worked < 0.5, f"{worked} s of work in two seconds of waiting"
    for sock in sockets:
        sock.close()
    again(running.port)
    code, said = running.stop()
    assert code == 0, (code, said)


def a_shutdown_that_ends():
    """Clients that never close, half a call, and one that takes no answer do not hold the server for good."""
    running = Server()
    idle = Client(running.port)
    idle.until(RemoteSettingsChanged)
    half = Client(running.port)
    half.call("/dyad.v1.Matching/Check", frame(b"", length=100), end=False)
    # A window of nothing: the answer cannot be sent.
    deaf = Client(running.port, initial_window_size=0)
    deaf.until(RemoteSettingsChanged)
    deaf.call("/dyad.v1.Matching/Match", frame(matching_pb2.MatchRequest(roster=base()).SerializeToString()))
    deaf.until(ResponseReceived)
    start = time.monotonic()
    code, said = running.stop()
    took = time.monotonic() - start
    assert code == 0 and took < 28, (code, took, said)
    for client in (idle, half, deaf):
        client.close()


def main():
    with server() as running:
        port = running.port
        message = long_search()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(*work) for work in slow_clients(port)]
            waiting += [pool.submit(no_descriptor_left), pool.submit(a_shutdown_that_ends)]
            for work in waiting:
                work.result()
        streams_of_one_connection(port)
        rapid_reset(port)
        many_headers(port)
        tiny_pieces(port)
        browsers(port)
        connections_from_one_address(port)
        deadlines(running, message)
        callers_who_go(running, message)
        overload(running, message)
        again(port)
    print("traps: every one is shut")


if __name__ == "__main__":
    main()
