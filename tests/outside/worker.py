#!/usr/bin/env python3
"""The real binary while somebody kills its solving process, or takes its memory away. It is target/release/dyad, or $DYAD.

    worker.py [--deadline]

With --deadline it measures instead how long `dyad match` takes after a deadline of 1 ms, and judges nothing.
"""
import json
import os
import pathlib
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import answers

LIMIT = 300  # seconds for one run: a safeguard against hanging
PAUSE = 0.001


def programme(folder, coaches=6, coachees=40):
    """Minutes that count and are short: generalised assignment, which only the solving process can settle."""
    chance = random.Random(11)
    folder.mkdir()
    (folder / "programme.toml").write_text(
        'name = "Minutes"\npreset = "bare"\nstarts = 2026-08-24\nobjective = ["coverage", "score"]\n\n[rules]\n'
        'pairs = { level = "soft", weight = 1, only_listed = true }\ntravel_budget = { level = "hard" }\n')
    minutes = {(c, e): chance.randint(5, 25) for c in range(coaches) for e in range(coachees)}
    budgets = [sum(minutes[c, e] for e in range(coachees)) * 8 // 10 // coaches for c in range(coaches)]
    (folder / "coaches.csv").write_text("id,max,minutes_budget\n" + "".join(f"C{c:02},{coachees},{budgets[c]}\n" for c in range(coaches)))
    (folder / "coachees.csv").write_text("id\n" + "".join(f"E{e:03}\n" for e in range(coachees)))
    rows = [f"C{c:02},E{e:03},{40 + m + chance.randint(0, 9)},{m}\n" for (c, e), m in minutes.items()]
    (folder / "pairs.csv").write_text("coach,coachee,score,minutes\n" + "".join(rows))
    return folder


def workers(pid):
    """The solving processes of a process."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(c) for c in children if b"solve-worker" in pathlib.Path(f"/proc/{c}/cmdline").read_bytes()]
    except OSError:  # one of them has ended meanwhile
        return []


def match(folder, meddle):
    """Exit code, standard output, standard error, and how often `meddle` did something to a worker it had not met before."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        run = subprocess.Popen([answers.DYAD, "match", folder, "--format", "json", "--quiet"], stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        met, done, end = {}, 0, time.monotonic() + LIMIT
        while run.poll() is None and time.monotonic() < end:
            for worker in workers(run.pid):
                met.setdefault(worker, time.monotonic())
                if met[worker] is not None and meddle(worker, done, time.monotonic() - met[worker]):
                    met[worker], done = None, done + 1
            time.sleep(PAUSE)
        if run.poll() is None:
            run.kill()
            raise AssertionError(f"no answer after {LIMIT} s")
        out.seek(0)
        err.seek(0)
        return run.returncode, out.read().decode(), err.read().decode(), done


def killing(times, after):
    """Kills so many workers, each once it has worked for a while."""
    def meddle(worker, done, age):
        if done >= times or age < after:
            return False
        os.kill(worker, signal.SIGKILL)
        return True
    return meddle


def starving(worker, done, age):
    """Leaves a worker no more memory than it has already."""
    try:
        resource.prlimit(worker, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    except ProcessLookupError:
        return False
    return True


def timeless(text):
    answer = json.loads(text)
    answer.pop("timing")
    return answer


def examine(folder):
    said = []
    code, out, err, seen = match(folder, lambda worker, done, age: True)
    if code != 0 or not seen:
        return [f"undisturbed: exit {code} after {seen} workers: {err}"]
    expected = timeless(out)
    for after in (0.0, 0.05):
        code, out, err, killed = match(folder, killing(1, after))
        if killed != 1 or code != 0 or timeless(out) != expected:
            said.append(f"killed {killed} times after {after} s: exit {code}, {'the same plan' if code == 0 and timeless(out) == expected else 'no such plan'}: {err}")
    for what, meddle in (("killed twice", killing(2, 0.0)), ("without memory", starving)):
        code, out, err, done = match(folder, meddle)
        if done < 2 or code != 1 or "solver-died" not in err or out.strip():
            said.append(f"{what}: exit {code} after {done} workers: {err}{out[:200]}")
    return said


def deadline(folder):
    times = []
    for _ in range(20):
        began = time.perf_counter()
        run = answers.dyad("match", folder, "--time-limit", "1ms", "--format", "json", "--quiet")
        times.append((time.perf_counter() - began) * 1000)
        read = json.loads(run.stdout)["timing"]["read_ms"]
    print(f"a deadline of 1 ms: an answer after {statistics.median(times):.0f} ms (at most {max(times):.0f}), reading {read:.0f} ms included, exit {run.returncode}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        if "--deadline" in sys.argv:
            return deadline(programme(pathlib.Path(folder) / "minutes", 40, 400))
        said = examine(programme(pathlib.Path(folder) / "minutes"))
    print("\n".join(said) or "killed and starved workers: 5 runs as they should be")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
