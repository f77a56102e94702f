# SPDX-License-Identifier: MIT
"""A throw-away container with real systemd, made of the running root under a volatile overlay.

    with Box() as box:
        box.run(["systemctl", "is-system-running"])

Everything written inside is in memory and gone with the box. Any number of boxes can be up at the
same time: each has its own name, network, mounts and processes. The mounts live in a mount
namespace of the container's own, and the kernel ends the container when the process that made it
ends, however that ends. While a box is up, the host's root must not be changed (no apt).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

ROOT_OF_BOXES = Path("/run/primum-box")
BOOT_SECONDS = 90
# Started only once it is known that nothing of the host's own software runs inside.
UNITS_THAT_BELONG = {
    "dbus.service",
    "dbus.socket",
    "getty.target",
    "machines.target",
    "remote-fs.target",
    "systemd-journald.service",
    "systemd-logind.service",
    "systemd-pstore.service",
}
ALSO_MASKED = ["apt-daily.timer", "apt-daily-upgrade.timer", "console-getty.service",
               "e2scrub_reap.service", "getty@tty1.service", "networking.service",
               "systemd-resolved.service", "systemd-timesyncd.service",
               "systemd-networkd.service", "systemd-networkd.socket"]


class BoxError(RuntimeError):
    """The box could not be made, or a command in it failed."""


def why_not():
    """Why no box can run here, in words; None when one can."""
    if os.geteuid() != 0:
        return "the box needs root"
    for tool in ("systemd-nspawn", "nsenter", "unshare", "setpriv"):
        if shutil.which(tool) is None:
            return f"the box needs {tool} (packaging/dependencies box)"
    return None


# $0: where the root goes; $1: how many cgroups; those; then the command.
_ENTER = """
set -e
count=$1; shift
while [ "$count" -gt 0 ]; do echo $$ >"$1"; shift; count=$((count - 1)); done
mount --bind / "$0"
cd /
exec "$@"
"""


def _units_to_mask(wanted):
    """Every enabled unit of the host that is neither part of a bare system nor wanted."""
    masked = set(ALSO_MASKED)
    for wants in Path("/etc/systemd/system").glob("*.wants"):
        masked.update(entry.name for entry in wants.iterdir())
    for script in Path("/etc").glob("rc[2-5].d/S[0-9][0-9]*"):
        masked.add(f"{script.name[3:]}.service")
    return sorted(masked - UNITS_THAT_BELONG - set(wanted))


def _children(pid):
    try:
        return [int(word) for word in
                Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def _is_init_of_a_namespace(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("NSpid:"):
                return line.split()[1:][-1] == "1" and len(line.split()) > 2
    except OSError:
        pass
    return False


def _cgroup_dirs():
    """This process's own cgroups in the hierarchies that a systemd inside would manage."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind == "cgroup2" or "name=systemd" in options:
            mounts[kind] = (left.split()[3], left.split()[4])
    dirs = []
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        number, controllers, path = line.split(":", 2)
        kind = "cgroup2" if number == "0" else "cgroup"
        if kind in mounts and (number == "0" or controllers == "name=systemd"):
            root, point = mounts[kind]
            inside = path[len(root):] if root != "/" and path.startswith(root) else path
            dirs.append(Path(point) / inside.lstrip("/"))
    return dirs


def _tidy_up_after_the_dead():
    """Removes the empty directories of boxes whose maker could not do it any more."""
    for folder in ROOT_OF_BOXES.glob("primum-*-*"):
        if not Path(f"/proc/{folder.name.split('-')[1]}").exists():
            for cgroup in _cgroup_dirs():
                if (cgroup / folder.name).exists():
                    _remove_cgroup(cgroup / folder.name)
            for path in (folder / "root", folder):
                try:
                    path.rmdir()
                except OSError:
                    pass


def _end_orderly_on_sigterm():
    """A `kill` of the maker unwinds it, so that it stops its box."""
    if threading.current_thread() is threading.main_thread() and \
            signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _remove_cgroup(path):
    """Removes an empty cgroup and what is below it; waits a little for the last process to go."""
    until = time.monotonic() + 5
    while path.exists() and time.monotonic() < until:
        for folder, _, _ in os.walk(path, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass
        if path.exists():
            time.sleep(0.05)


class Box:
    """One container. `binds` are "HOST:INSIDE" paths, shared with the host; `wanted` units of the
    host are not masked, so that tests may start them."""

    def __init__(self, binds=(), network="private", wanted=()):
        self.name = f"primum-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.dir = ROOT_OF_BOXES / self.name
        self.binds = list(binds)
        self.network = network
        self.wanted = list(wanted)
        self.leader = None
        self._cgroups = []
        self._nspawn = None
        self._log = None

    def __enter__(self):
        reason = why_not()
        if reason:
            raise BoxError(reason)
        _end_orderly_on_sigterm()
        _tidy_up_after_the_dead()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _start(self):
        self._log = tempfile.TemporaryFile()
        root = self.dir / "root"
        root.mkdir(parents=True)
        nspawn = ["systemd-nspawn", "-q", "-D", str(root), "--volatile=overlay", "--boot",
                  "--register=no", "--keep-unit", "--link-journal=no",
                  f"--machine={self.name}", "--resolv-conf=off", "--timezone=off"]
        if self.network == "private":
            nspawn.append("--private-network")
        nspawn += [f"--bind={bind}" for bind in self.binds]
        nspawn += ["systemd.unit=multi-user.target"]
        nspawn += [f"systemd.mask={unit}" for unit in _units_to_mask(self.wanted)]
        self._cgroups = [folder / self.name for folder in _cgroup_dirs()]
        for cgroup in self._cgroups:
            cgroup.mkdir()
        # One chain of execs: the process started here becomes nspawn itself, in cgroups of its own.
        chain = ["setpriv", "--pdeathsig", "KILL", "--",
                 "unshare", "--mount", "--propagation", "private", "--",
                 "sh", "-c", _ENTER, str(root), str(len(self._cgroups)),
                 *(str(cgroup / "cgroup.procs") for cgroup in self._cgroups), *nspawn]
        self._nspawn = subprocess.Popen(chain, stdin=subprocess.DEVNULL, stdout=self._log,
                                        stderr=self._log, start_new_session=True)
        self._wait_for_boot()

    def _wait_for_boot(self):
        until = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < until:
            if self._nspawn.poll() is not None:
                raise BoxError(f"the box ended while it booted:\n{self.log()}")
            if self.leader is None:
                for child in _children(self._nspawn.pid):
                    if _is_init_of_a_namespace(child):
                        self.leader = child
            elif self.run(["systemctl", "is-active", "-q", "multi-user.target"],
                          check=False).returncode == 0:
                return
            time.sleep(0.05)
        jobs = self.run(["systemctl", "list-jobs"], check=False).stdout if self.leader else ""
        raise BoxError(f"the box did not boot in {BOOT_SECONDS} s:\n{jobs}\n{self.log()}")

    def stop(self):
        """Ends the box's two processes and removes its directory. Safe to call again."""
        if self._nspawn is not None:
            for pid in (self.leader, self._nspawn.pid):
                if pid is not None and self._nspawn.poll() is None:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                if pid == self.leader:
                    try:
                        self._nspawn.wait(timeout=5)  # it tidies up after its leader
                    except subprocess.TimeoutExpired:
                        pass
            self._nspawn.wait(timeout=30)
            self._nspawn = None
            self.leader = None
        if self._log is not None:
            self._log.close()
            self._log = None
        for cgroup in self._cgroups:
            _remove_cgroup(cgroup)
        self._cgroups = []
        for path in (self.dir / "root", self.dir, ROOT_OF_BOXES):
            try:
                path.rmdir()
            except OSError:
                pass

    def log(self):
        """What the container itself said."""
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def argv(self, command, user=None):
        """The command line that runs `command` inside."""
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-p", "-C"]
        if self.network == "private":
            enter.append("-n")
        enter += ["--root", "--wdns=/", "--"]
        if user:
            enter += ["runuser", "-u", user, "--"]
        return enter + list(command)

    def run(self, command, *, check=True, timeout=60, stdin="", user=None, env=None):
        """Runs `command` inside and waits: a CompletedProcess with text."""
        full = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root", "LANG": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0",
                **(env or {})}
        done = subprocess.run(self.argv(command, user), input=stdin, capture_output=True,
                              text=True, errors="replace", timeout=timeout, check=False, env=full)
        if check and done.returncode != 0:
            raise BoxError(f"in the box: {' '.join(command)}: exit {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")
        return done

    def popen(self, command, **options):
        """Starts `command` inside without waiting; the caller waits for it or kills it."""
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(self.argv(command), **options)

    def out(self, command, **options):
        """What `command` prints, without the last newline."""
        return self.run(command, **options).stdout.rstrip("\n")

    def path(self, inside):
        """Where the host sees the box's file `inside` (no absolute symlink may be on the way)."""
        return Path(f"/proc/{self.leader}/root") / inside.lstrip("/")

    def write(self, inside, text, mode=0o644):
        """Writes a file of the box, whole, and makes its directories."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def show(self, unit, *names):
        """Properties of a unit, as a dict of strings."""
        lines = self.out(["systemctl", "show", unit, *(f"-p{name}" for name in names)])
        return dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)

    def main_pid(self, unit):
        """The main process of a unit, as numbered inside; 0 when there is none."""
        return int(self.show(unit, "MainPID").get("MainPID", "0"))

    def host_pid(self, inside_pid):
        """The host's number of a process of the box; None when it is gone."""
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                for line in status.read_text(encoding="utf-8").splitlines():
                    if line.startswith("NSpid:"):
                        pids = line.split()[1:]
                        if len(pids) > 1 and pids[-1] == str(inside_pid) and \
                                self._is_mine(status.parent.name):
                            return int(status.parent.name)
            except OSError:
                continue
        return None

    def _is_mine(self, pid):
        ours = os.stat(f"/proc/{self.leader}/ns/pid").st_ino
        return os.stat(f"/proc/{pid}/ns/pid").st_ino == ours

    def signal(self, unit, number):
        """Sends a signal to a unit's main process, without asking systemd to do it."""
        pid = self.main_pid(unit)
        if pid == 0:
            raise BoxError(f"{unit} has no main process to signal")
        # The shell's own kill: a minimal Debian has no other.
        self.run(["sh", "-c", f"kill -{int(number)} {int(pid)}"])

    def kill_hard(self, unit):
        """kill -9 of a unit's main process."""
        self.signal(unit, signal.SIGKILL)

    def journal(self, *matches, fields=False):
        """Journal entries; as JSON objects a line when `fields`."""
        output = "json" if fields else "cat"
        return self.out(["journalctl", "--no-pager", "-q", f"--output={output}", *matches])


def wait_until(condition, timeout, what, every=0.05):
    """Calls `condition` until it gives something true, and gives that; BoxError after `timeout`."""
    until = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise BoxError(f"waited {timeout} s in vain: {what() if callable(what) else what}")
        time.sleep(every)
