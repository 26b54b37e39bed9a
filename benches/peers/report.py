"""What the measuring scripts share: the machine, fresh processes, and tables between markers in a Markdown page."""
import os
import pathlib
import platform
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
DATA = ROOT / "bench-data"


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"


class Run:
    """One process: its standard output, exit code (None: stopped at the time limit), wall and processor seconds, peak memory in MB.

    Linux counts what this script itself took so far into a child's peak: a script that reads `peak_mb` must stay small.
    """

    def __init__(self, command, limit):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.perf_counter()
            child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=ROOT)
            pid, late = 0, False
            while not pid:
                pid, status, usage = os.wait4(child.pid, os.WNOHANG)
                if not pid and time.perf_counter() - began > limit and not late:
                    late = True
                    child.send_signal(signal.SIGKILL)
                if not pid:
                    time.sleep(0.002)
            self.wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
            self.code = None if late else child.returncode
            self.cpu = usage.ru_utime + usage.ru_stime
            self.peak_mb = usage.ru_maxrss / 1024
            out.seek(0)
            self.out = out.read().decode()
            err.seek(0)
            self.err = err.read().decode(errors="replace")


def put(name, lines):
    """Replaces what stands between <!-- table:NAME --> and <!-- /table:NAME -->; adds the markers at the end if there are none."""
    head, tail = f"<!-- table:{name} -->", f"<!-- /table:{name} -->"
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    if head not in page:
        page = page.rstrip("\n") + f"\n\n{head}\n{tail}\n"
    before, rest = page.split(head, 1)
    after = rest.split(tail, 1)[1]
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(before + head + "\n" + "\n".join(lines) + "\n" + tail + after)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
