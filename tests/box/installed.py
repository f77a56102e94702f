# SPDX-License-Identifier: MIT
"""primum as installed into a box: what an operator does with it, in a few words of Python."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from box import BoxError, wait_until

SETTINGS = "/etc/primum/primum.toml"
RULES_DIR = "/etc/primum/rules.d"
STATE_DIR = "/var/lib/primum"
ACTUATOR_STATE_DIR = "/var/lib/primum-actuator"
METRICS_URL = "http://127.0.0.1:9763/metrics"
# The settings of most tests: everything may be done, and nothing is waited for.
ENFORCE = """\
mode = "enforce"
[budget]
in_flight = 4
host = { actions = 100, per = "1h" }
level.restart = { actions = 100, per = "1h" }
"""


def install(box, stage):
    """Copies a staged tree (`meson install` with DESTDIR) into the box, as a package would."""
    stage = Path(stage)
    if not (stage / "usr").is_dir():
        raise BoxError(f"{stage} is not a staged installation (meson install with DESTDIR)")
    # Directories that are there already stay as they are.
    subprocess.run(["sh", "-c", 'tar -C "$0" -c . | tar -C "$1" -x --no-same-owner '
                    '--no-overwrite-dir', str(stage), f"{box.path('/')}/"], check=True)
    box.run(["cp", SETTINGS, f"{SETTINGS}.example"])  # tests write their own over it
    box.run(["systemd-sysusers"])
    box.run(["systemd-tmpfiles", "--create", "--prefix=/run/primum", "--prefix=/etc/primum",
             f"--prefix={ACTUATOR_STATE_DIR}"])
    box.run(["journalctl", "--update-catalog"])
    box.run(["busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
             "org.freedesktop.DBus", "ReloadConfig"])
    box.run(["systemctl", "daemon-reload"])


def simple_unit(box, name, service, unit=""):
    """Writes NAME.service from its [Service] lines."""
    box.write(f"/etc/systemd/system/{name}.service",
              f"[Unit]\nDescription=test unit {name}\n{unit}\n[Service]\n{service}\n")


class Primum:
    """The installed primum of one box."""

    def __init__(self, box):
        self.box = box
        self.journal_since = "today"  # what explain_failure() looks back to

    def configure(self, rules, settings=ENFORCE):
        """Puts settings and rule files ({name: text}) in place, instead of all that were there."""
        self.box.run(["sh", "-c", f"rm -rf {RULES_DIR}/*"])
        self.box.write(SETTINGS, settings)
        for name, text in rules.items():
            self.box.write(f"{RULES_DIR}/{name}.toml", text)

    def start(self):
        """Starts primumd; its sockets come along."""
        self.box.run(["systemctl", "start", "primum-actuator.socket", "primumd.service"])

    def stop(self):
        """Stops everything of primum, however it hangs."""
        for unit in ("primumd.service", "primum-actuator.service"):
            self.box.run(["systemctl", "kill", "--signal=SIGCONT", unit], check=False)
        self.box.run(["systemctl", "stop", "primumd.service", "primum-actuator.service",
                      "primum-actuator.socket"], check=False)
        self.box.run(["systemctl", "reset-failed", "primumd.service", "primum-actuator.service",
                      "primum-actuator.socket"], check=False)

    def fresh(self):
        """As just installed: nothing runs, nothing is remembered, no rules, no off switch."""
        self.stop()
        self.box.run(["sh", "-c", f"rm -rf {STATE_DIR}/* {ACTUATOR_STATE_DIR}/* {RULES_DIR}/* "
                                  "/run/primum/disabled /etc/primum/disabled /run/crash_at.* "
                                  "/run/systemd/system/primum*.d; systemctl daemon-reload"])

    def active(self):
        """Whether primumd runs."""
        return self.box.show("primumd.service", "ActiveState")["ActiveState"] == "active"

    def ctl(self, *words, check=True, user=None):
        """primumctl, as a CompletedProcess."""
        return self.box.run(["primumctl", *words], check=check, user=user)

    def json(self, *words):
        """What primumctl --json answers."""
        return json.loads(self.ctl(*words, "--json").stdout)

    def metrics(self):
        """{name{labels}: value} of /metrics."""
        text = self.box.out(["curl", "-sS", "--max-time", "5", METRICS_URL])
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in text.splitlines() if line and not line.startswith("#")}

    def files_of(self, inside):
        """A copy on the host of a directory of the box; the caller removes it."""
        copy = tempfile.mkdtemp(prefix="primum-test-")
        shutil.copytree(self.box.path(inside), copy, dirs_exist_ok=True)
        return Path(copy)

    def wait_ready(self, timeout=20):
        """Until primumctl status answers."""
        wait_until(lambda: self.ctl("status", check=False).returncode == 0, timeout,
                   lambda: "primumd to answer\n" + self.ctl("status", check=False).stderr)

    def explain_failure(self):
        """What there is to read when a test failed."""
        parts = []
        journal = ["journalctl", "--no-pager", "-q", "-n", "60", f"--since={self.journal_since}",
                   "-o", "short-precise", "-u", "primumd.service", "-u", "primum-actuator.service"]
        for words in (["primumctl", "status"], ["primumctl", "incidents"], ["primumctl", "actions"],
                      journal):
            done = self.box.run(words, check=False)
            parts.append(f"--- {' '.join(words)}\n{done.stdout}{done.stderr}")
        return "\n".join(parts)


def stage_of_this_run():
    """The staged tree that tests/run made."""
    return os.environ.get("PRIMUM_STAGE", "")


def crash_at_of_this_run():
    """The library that ends a daemon at an exact boundary (crash_at.cpp), as built."""
    return Path(stage_of_this_run()).parent / "tests" / "box" / "libcrash_at.so"
