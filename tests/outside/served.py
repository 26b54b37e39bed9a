"""A real `dyad serve` for the tests of the service, and its messages in Python. The binary is target/release/dyad, or $DYAD."""
import atexit
import contextlib
import importlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
DYAD = os.environ.get("DYAD", str(ROOT / "target/release/dyad"))
LIMIT = 120  # seconds: a safeguard against hanging, far above what anything takes


def generated():
    """The modules that protoc makes of proto/: roster, plan, matching, programmes, and the stubs."""
    folder = tempfile.mkdtemp(prefix="dyad-proto-")
    atexit.register(shutil.rmtree, folder)
    files = sorted(str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto").rglob("*.proto"))
    known = pathlib.Path(protoc.__file__).parent / "_proto"
    code = protoc.main(["", f"-I{ROOT / 'proto'}", f"-I{known}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files])
    assert code == 0, "the proto does not compile"
    sys.path.insert(0, folder)
    return [importlib.import_module(f"dyad.v1.{name}") for name in MODULES]


MODULES = ("roster_pb2", "plan_pb2", "matching_pb2", "matching_pb2_grpc", "programmes_pb2", "programmes_pb2_grpc")
roster_pb2, plan_pb2, matching_pb2, matching_pb2_grpc, programmes_pb2, programmes_pb2_grpc = generated()


class Server:
    """A process that serves on a port of its own choice."""

    def __init__(self, *arguments, preexec=None, store="none"):
        new = not pathlib.Path(store.removeprefix("sqlite:")).exists()
        command = [DYAD, *arguments, "serve", "--listen", "127.0.0.1:0", "--store", store]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=preexec
        )
        # No test that fails leaves a server behind.
        atexit.register(self.process.kill)
        line = self.process.stderr.readline()
        found = re.search(r" on 127\.0\.0\.1:(\d+)$", line.strip())
        assert found, f"the server does not start: {line}"
        # A new store says its first token once.
        self.token = None
        if store.startswith("sqlite:") and new:
            told = re.search(r"(dyad_\w+)$", self.process.stderr.readline().strip())
            assert told, "a new store tells no token"
            self.token = told[1]
        self.port = int(found[1])
        self.address = f"127.0.0.1:{self.port}"

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait(LIMIT)

    def stop(self):
        """SIGTERM; answers the exit code and what was written to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            said = self.process.communicate(timeout=LIMIT)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said


@contextlib.contextmanager
def server(*arguments, **options):
    """A server that must end cleanly."""
    running = Server(*arguments, **options)
    try:
        yield running
    finally:
        code, said = running.stop()
    assert code == 0, (code, said)


@contextlib.contextmanager
def stub(running, **options):
    """A client of the Matching service."""
    settings = [("grpc.max_receive_message_length", 32 << 20), *options.items()]
    with grpc.insecure_channel(running.address, options=settings) as channel:
        yield matching_pb2_grpc.MatchingStub(channel)


def dyad(*arguments, codes=(0,)):
    """The command line; its one JSON document."""
    run = subprocess.run([DYAD, *map(str, arguments), "--format", "json", "--quiet"], capture_output=True, timeout=LIMIT)
    assert run.returncode in codes, (run.returncode, run.stderr.decode())
    return json.loads(run.stdout)


def roster(programme):
    """A programme as a message, by way of its proto3 JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "roster.json"
        dyad("convert", programme, path)
        return json_format.Parse(path.read_text(), roster_pb2.Roster())


def word(enum, number):
    """`OUTCOME_OPTIMAL` as files spell it: `optimal`."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    return enum.values_by_number[number].name.removeprefix(prefix).lower().replace("_", "-")


def plain(message):
    """A message with the keys, the words and the order of the JSON that the command line prints."""
    out = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            one = plain if field.message_type else (lambda item: item)
            out[field.name] = [one(item) for item in value]
        elif field.has_presence and not message.HasField(field.name):
            out[field.name] = None
        elif field.message_type:
            out[field.name] = plain(value)
        elif field.enum_type:
            out[field.name] = word(field.enum_type, value)
        else:
            out[field.name] = value
    return out


def document(plan):
    """A plan as the document that `dyad match` prints, timing aside."""
    out = plain(plan)
    del out["pairs" if out.pop("grouped") else "groups"]
    proof = out["certificate"]["groups"]
    if proof is None:
        del out["certificate"]["groups"]
    elif proof["nodes"]:
        del proof["lists"]
        for node in proof["nodes"]:
            if node["branch"] is None:
                del node["branch"]
    else:
        del proof["scale"], proof["nodes"]
    for stage in out["certificate"]["stages"]:
        if stage["groups"] is None:
            del stage["groups"]
        else:
            stage["groups"]["cases"] = [
                {"prices": case["prices"]} if case["split"] is None else case["split"] for case in stage["groups"]["cases"]
            ]
    del out["timing"]
    return out


def timeless(plan):
    """The printed document, timing aside."""
    return {key: value for key, value in plan.items() if key != "timing"}


def same(one, other):
    """Bytes, not meaning: the order of keys counts."""
    one, other = (json.dumps(value, ensure_ascii=False, indent=1) for value in (one, other))
    if one != other:
        pairs = zip(one.splitlines(), other.splitlines())
        raise AssertionError(next((pair for pair in pairs if pair[0] != pair[1]), "one is longer"))


def details(error):
    """Of a failed call: ErrorInfo, the violations as (field, reason), whether there is a RetryInfo."""
    trailers = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    info, violations, retry = error_details_pb2.ErrorInfo(), [], False
    for detail in status.details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            bad = error_details_pb2.BadRequest()
            detail.Unpack(bad)
            violations += [(v.field, v.reason) for v in bad.field_violations]
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            retry = True
    return info, violations, retry


def refused(call, *arguments, **options):
    """The error of a call that must fail."""
    try:
        answer = call(*arguments, **options)
        if hasattr(answer, "__next__"):
            for _ in answer:
                pass
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call does not fail")
