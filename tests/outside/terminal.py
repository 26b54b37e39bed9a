#!/usr/bin/env python3
"""The real binary on a pseudo-terminal: the bar of progress, and Ctrl-C. The binary is target/release/dyad, or $DYAD.

Needs nothing but Python. The programme grows until the work is long enough to be watched.
"""
import json
import os
import pathlib
import pty
import random
import select
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DYAD = os.environ.get("DYAD", str(ROOT / "target/release/dyad"))
BAR = "matching"
LIMIT = 300  # seconds for one run: a safeguard against hanging, far above what any takes


def programme(folder, coachees):
    """Places for nine in ten, so that the last of the coachees have to push others aside."""
    chance = random.Random(7)
    coaches = coachees // 10
    folder.mkdir()
    rules = '[rules]\npairs = { level = "soft", weight = 1, only_listed = true }\n'
    (folder / "programme.toml").write_text(f'name = "Long"\npreset = "bare"\nstarts = 2026-08-24\n{rules}')
    (folder / "coaches.csv").write_text("id,max\n" + "".join(f"C{c:06},9\n" for c in range(coaches)))
    (folder / "coachees.csv").write_text("id\n" + "".join(f"E{e:06}\n" for e in range(coachees)))
    with open(folder / "pairs.csv", "w") as out:
        out.write("coach,coachee,score\n")
        for e in range(coachees):
            for c in chance.sample(range(coaches), 30):
                out.write(f"C{c:06},E{e:06},{chance.randrange(1_000_000)}\n")


def on_terminal(arguments, environment=(), when=None):
    """Runs with standard error on a terminal. `when` is asked after every piece of what it shows; answers exit code,
    standard output and everything shown."""
    parent, child = pty.openpty()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [DYAD, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=child, env={**os.environ, "TERM": "xterm", **dict(environment)}
        )
        os.close(child)
        shown, end = b"", time.monotonic() + LIMIT
        while time.monotonic() < end:
            if select.select([parent], [], [], 1)[0]:
                try:
                    piece = os.read(parent, 65536)
                except OSError:  # nobody has the other end any more
                    piece = b""
                if not piece:
                    break
                shown += piece
                if when:
                    when(process, shown.decode(errors="replace"))
        else:
            process.kill()
            raise AssertionError(f"{arguments} does not end")
        os.close(parent)
        code = process.wait()
        out.seek(0)
        return code, out.read(), shown.decode(errors="replace")


def a_long_programme(folder):
    """The first size whose bar is seen, with what was seen."""
    for coachees in (20_000, 40_000, 80_000, 160_000):
        path = folder / str(coachees)
        programme(path, coachees)
        run = on_terminal(["match", str(path), "--format", "json"])
        if BAR in run[2]:
            return path, run
    raise AssertionError("no bar was ever drawn")


def the_bar_is_drawn_and_wiped(run):
    code, out, shown = run
    assert code in (0, 3), code
    assert json.loads(out)["outcome"] == "optimal"
    wiped(shown)


def wiped(shown):
    last = shown[shown.rindex(BAR):]
    # Back to the start of the line and clear what is after it: the answer stands alone.
    assert last.rindex("\x1b[2K") > last.rindex("coachees"), last


def nothing_is_drawn_for_nobody(path, expected):
    code, out, shown = on_terminal(["match", str(path), "--format", "json", "--quiet"])
    assert (code, shown) == (expected, ""), (code, shown)
    run = subprocess.run([DYAD, "match", path, "--format", "json"], capture_output=True, timeout=LIMIT)
    assert (run.returncode, run.stderr) == (expected, b""), run.stderr


def no_color_means_no_colour(path):
    shown = on_terminal(["match", str(path), "--format", "json"], [("NO_COLOR", "1")])[2]
    assert BAR in shown
    # Moves and clearing end in letters other than m.
    assert not [part for part in shown.split("\x1b[")[1:] if part.lstrip("0123456789;")[:1] == "m"], shown


def the_first_interrupt_asks_for_a_plan(path, folder):
    asked = []

    def interrupt(process, shown):
        if BAR in shown and not asked:
            asked.append(process.send_signal(signal.SIGINT))

    out = folder / "plan.json"
    code, answer, shown = on_terminal(["match", str(path), "--format", "json", "--out", str(out)], when=interrupt)
    plan = json.loads(answer)
    assert asked
    wiped(shown)
    if plan["outcome"] == "optimal":  # the work was done before the signal came
        return False
    assert (plan["stop"], plan["proof"]) == ("cancelled", "none"), plan["stop"]
    if plan["outcome"] == "unknown":
        assert code == 5 and not out.exists(), code
    else:
        assert plan["outcome"] == "feasible" and code in (0, 3), code
        assert json.loads(out.read_text())["plan"] == plan["plan"]
    assert [f.name for f in folder.iterdir() if not f.is_dir()] in ([], ["plan.json"])
    return True


def the_second_interrupt_ends_at_once(path, folder):
    """The second comes as soon as the first is seen to be taken: until then a SIGINT is one and the same."""
    sent = []

    def interrupt(process, shown):
        if BAR in shown and not sent:
            sent.append(process.send_signal(signal.SIGINT))
            while process.poll() is None and pending(process.pid):
                pass
            process.send_signal(signal.SIGINT)

    out = folder / "plan.json"
    out.unlink(missing_ok=True)
    code, answer, _ = on_terminal(["match", str(path), "--format", "json", "--out", str(out)], when=interrupt)
    left = [f.name for f in folder.iterdir() if not f.is_dir()]
    # Written whole or not at all, and nothing beside it.
    assert left in ([], ["plan.json"]) and (not left or json.loads(out.read_text())), left
    return code == 130 and answer == b""


def pending(pid):
    """Whether the process has still to take a SIGINT."""
    status = pathlib.Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    masks = [int(line.split()[1], 16) for line in lines if line.startswith("ShdPnd:")]
    return any(mask >> (signal.SIGINT - 1) & 1 for mask in masks)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path, run = a_long_programme(folder)
        the_bar_is_drawn_and_wiped(run)
        nothing_is_drawn_for_nobody(path, run[0])
        no_color_means_no_colour(path)
        # A signal may come when the work is done already; of ten not all do.
        assert any(the_first_interrupt_asks_for_a_plan(path, folder) for _ in range(10)), "never stopped"
        assert any(the_second_interrupt_ends_at_once(path, folder) for _ in range(10)), "never ended at once"
    print("terminal: bar and Ctrl-C hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
