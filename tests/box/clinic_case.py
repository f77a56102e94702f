# SPDX-License-Identifier: MIT
"""What the tests of failover and config_fallback share: the clinic, its files and its rules."""

import json
import os
import struct
from pathlib import Path

from case import BoxCase
from installed import ENFORCE

CLINIC = (Path(__file__).resolve().parent / "clinic.py").read_text(encoding="utf-8")
SERVICE = """\
[Unit]
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/local/bin/clinic
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
"""
ENV = "# who is asked\r\nexport UPSTREAM=primary\r\nOTHER='x y'\r\n"
RULES = """\
[source.clinic]
kind     = "prometheus"
url      = "http://127.0.0.1:9802/metrics"
interval = "500ms"
timeout  = "400ms"

[provider.upstream]
pointer        = {pointer}
order          = {order}
failback_after = "{failback}"
{candidates}

[target.clinic]
unit          = "clinic.service"
mode          = "enforce"
enforce_up_to = "fallback"
warm_up       = "0s"
soak          = "500ms"
relapse       = "0s"
budget        = {{ actions = 100, per = "1h" }}

[target.clinic.indicator.illness]
source   = "clinic"
value    = {{ gauge = 'clinic_illness' }}
error    = {{ above = 0.5 }}
critical = {{ above = 1.5 }}
trip     = "1 of 1"
clear    = "1 of 1"

[target.clinic.ladder.{level}]
when     = "error"
for      = "0s"
remedy   = [{{ {remedy} }}]
settle   = "500ms"
verify   = "2s"
cooldown = {{ initial = "0s", factor = 1, max = "0s" }}
"""
CANDIDATE = """\
candidate.{name} = {{ points_to = "{to}", indicator = {{ source = "clinic", value = {{ gauge = \
'candidate_up{{name="{name}"}}' }}, error = {{ below = 1 }}, trip = "1 of 1", clear = "1 of 1" }}, \
rate_limit = {{ source = "clinic", value = {{ gauge = 'candidate_limited{{name="{name}"}}' }}, \
error = {{ above = 0 }}, trip = "1 of 1", clear = "1 of 1" }} }}
"""


def access_list(other, mask):
    """A POSIX ACL as the kernel takes it: rw for the owner, r for uid `other`, a mask."""
    entries = ((1, 6, -1), (2, 4, other), (4, 4, -1), (0x10, mask, -1), (0x20, 0, -1))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


class ClinicCase(BoxCase):
    """The clinic: a service whose files make it ill. Odd owners, modes, attributes and ACLs."""

    def setUp(self):
        super().setUp()
        self.box.run(["rm", "-rf", "/etc/clinic", "/usr/share/clinic", "/run/clinic-ill"])
        self.box.write("/usr/local/bin/clinic", CLINIC, 0o755)
        self.box.write("/etc/systemd/system/clinic.service", SERVICE)
        self._units.append("clinic.service")
        self.box.write("/etc/clinic/clinic.env", ENV)
        self.box.write("/etc/clinic/clinic.conf", "fine\n")
        self.box.write("/etc/clinic/conf.d/one", "1\n")
        for name in ("primary", "secondary", "third", "useless", "worst"):
            self.box.write(f"/etc/clinic/up.d/{name}", f"{name}\n")
        self.up("primary third")
        self.box.run(["sh", "-ec", "cd /etc/clinic; chmod 755 . up.d; ln -s one conf.d/link; "
                      "chmod 2750 conf.d; chown 0:34 conf.d; "
                      "chmod 640 clinic.env; chown 12:34 clinic.env; "
                      "chmod 600 clinic.conf conf.d/one; chown 12:34 clinic.conf conf.d/one; "
                      "touch -d @1700000000.123456789 clinic.* conf.d/one"])
        for name in ("clinic.env", "clinic.conf", "conf.d", "conf.d/one"):
            os.setxattr(self.box.path(f"/etc/clinic/{name}"), "user.note", name.encode())
        os.setxattr(self.box.path("/etc/clinic/conf.d/one"), "system.posix_acl_access",
                    access_list(77, 4))
        os.setxattr(self.box.path("/etc/clinic/conf.d"), "system.posix_acl_default",
                    access_list(78, 6))
        self.box.run(["systemctl", "daemon-reload"])

    def treat(self, level, remedy, *, form="env", order=("primary", "secondary", "third"),
              failback="manual", settings=""):
        """The clinic and primumd run with this remedy, and all is known to be well."""
        self.box.run(["systemctl", "restart", "clinic.service"])
        key = {"env": "UPSTREAM", "toml": "up.name", "json": "up.name"}.get(form)
        pointer = {
            "symlink": '{ symlink = "/etc/clinic/current" }',
            "file": '{ file = "/etc/clinic/upstream.conf" }',
        }.get(form, f'{{ file = "/etc/clinic/clinic.{form}", key = "{key}", format = "{form}" }}')
        to = "{}" if key else "/etc/clinic/up.d/{}"
        rules = RULES.format(
            level=level, remedy=remedy, pointer=pointer, failback=failback,
            order=json.dumps(list(order)),
            candidates="".join(CANDIDATE.format(name=name, to=to.format(name)) for name in order))
        self.begin({"clinic": rules}, settings=ENFORCE + settings)
        self.until(lambda: self.provider()["current"] == order[0], 10, "the pointer to be read")
        self.until(lambda: self.target("clinic")["severity"] == "ok", 10, "the clinic to be well")

    def up(self, names):
        """Which upstreams are up, and with a "!" which are rate-limited."""
        self.box.write("/run/clinic-up", names + "\n")

    def write(self, name, text):
        """Changes a file's content, and nothing else of it."""
        self.box.path(f"/etc/clinic/{name}").write_bytes(text.encode())

    def read(self, name):
        """A file's content."""
        return self.box.path(f"/etc/clinic/{name}").read_bytes().decode()

    def reload(self):
        """The clinic reads its files."""
        self.box.run(["systemctl", "kill", "--kill-whom=main", "--signal=SIGHUP",
                      "clinic.service"])

    def provider(self):
        """The provider, as `primumctl providers` shows it."""
        return self.primum.json("providers")["providers"][0]

    def states(self):
        """{candidate: state} of the provider."""
        return {each["candidate"]: each["state"] for each in self.provider()["candidates"]}

    def tree(self):
        """Everything of the clinic's: names, content, owner, mode, times, attributes, ACLs."""
        home = self.box.path("/etc/clinic")
        tree = {}
        for path in sorted(home.rglob("*")):
            stat = path.lstat()
            link = path.is_symlink()
            folder = path.is_dir() and not link
            tree[str(path.relative_to(home))] = (
                stat.st_mode, stat.st_uid, stat.st_gid, None if folder else stat.st_mtime_ns,
                os.readlink(path) if link else b"" if folder else path.read_bytes(),
                {} if link else {name: os.getxattr(path, name) for name in os.listxattr(path)})
        return tree

    def outcome(self, timeout=40):
        """(kind, candidate, result, outcome, state) of the newest action, once it is judged."""
        def judged():
            rows = self.actions("clinic")
            if not rows or rows[0]["state"] in ("intended", "started", "finished", "verified"):
                return None
            row = rows[0]
            return (row["action"]["kind"], row["action"].get("candidate", ""), row["result"],
                    row["outcome"], row["state"])
        return self.until(judged, timeout, "the action to be judged")

    def newest(self):
        """The id of the newest action."""
        return self.actions("clinic")[0]["action"]["id"]

    def state_of(self, action):
        """How an action stands in its life."""
        return [row["state"] for row in self.actions("clinic")
                if row["action"]["id"] == action][0]

    def roll_back(self, action):
        """A person wants it undone."""
        self.primum.ctl("rollback", action, "--reason", "by hand", check=False)
        self.until(lambda: self.state_of(action) in ("rolled_back", "rollback_failed"), 20,
                   "the rollback to end")
        return self.state_of(action)

    def assert_told_of(self, conflict):
        """The newest action's failed rollback is paged and on record, with this in its diff."""
        incident = self.actions("clinic")[0]["action"]["incident"]
        story = self.primum.ctl("incidents", "show", str(incident)).stdout
        self.assertIn("Changed by somebody since action", story)
        self.assertIn(conflict, story)
        self.assertIn("rollback_failed", story)

        def pages():
            return self.box.journal("_SYSTEMD_UNIT=primumd.service", "PRIORITY=1",
                                    f"--since={self.primum.journal_since}")
        self.until(lambda: conflict in pages(), 10, "the page with its diff")
