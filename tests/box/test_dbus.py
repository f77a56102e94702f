# SPDX-License-Identifier: MIT
"""What primumd offers on the bus: its objects, what it tells, who may what, and what it stands."""

import json
import sqlite3
import tempfile
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree

from box import wait_until
from case import BoxCase, restart_rule

NAME = "org.primum.Primum1"
ROOT = "/org/primum/Primum1"
MANAGER = f"{NAME}.Manager"
WEB = f"{ROOT}/target/web"
MINUTE = str(60 * 1_000_000)
HERE = Path(__file__).resolve().parent
CALLS = 100_000
DOC_STRING = "org.freedesktop.DBus.DocString"

# Every verb, with arguments that need nothing to be there, and polkit's action.
WRITES = {
    "Hold": ("sts", "web", MINUTE, "why"),
    "Release": ("ss", "web", "why"),
    "Disable": ("sts", "web", MINUTE, "why"),
    "Enable": ("ss", "web", "why"),
    "Acknowledge": ("ts", "999", "why"),
    "Rollback": ("ss", "no-1", "why"),
    "ResetBreaker": ("ss", "web", "why"),
    "Force": ("sss", "web", "restart", "why"),
    "Label": ("sss", "no-1", "justified", "why"),
    "MarkProvider": ("sssts", "p", "c", "dead", MINUTE, "why"),
    "NoteProvider": ("sss", "p", "c", "why"),
    "Promote": ("sssss", "web", "restart", "refused", "figures", "why"),
    "Demote": ("ssss", "web", "restart", "figures", "why"),
    "Reload": ("s", "why"),
}
READS = {
    "Status": ("",), "ListTargets": ("",), "ListTargetsAfter": ("us", "10", ""),
    "Explain": ("s", "web"), "Sources": ("",), "Source": ("s", "none"), "Providers": ("",),
    "Incidents": ("ut", "10", "0"), "Incident": ("t", "999"), "Actions": ("ut", "10", "0"),
}
FREE_FOR_MEMBERS = ("Hold", "Disable", "Acknowledge")
ALLOWED, ASKED, REFUSED = "allowed", "asked", "refused"


def expected(verb, who):
    """What docs/dbus.md says."""
    if verb in READS or who == "root":
        return ALLOWED
    if who.startswith("no polkit"):
        return REFUSED
    return ALLOWED if who == "member" and verb in FREE_FOR_MEMBERS else ASKED


def members_of(text):
    """{(interface, kind, name): (arguments, document)} of introspection data, ours only."""
    found = {}
    for interface in ElementTree.fromstring(text).iter("interface"):
        if not interface.get("name").startswith(NAME):
            continue
        for member in interface:
            if member.tag == "annotation":
                continue
            arguments = tuple((arg.get("type"), arg.get("name"),
                               arg.get("direction", "out" if member.tag == "signal" else "in"))
                              for arg in member.iter("arg"))
            document = [note.get("value") for note in member.iter("annotation")
                        if note.get("name") == DOC_STRING]
            key = (interface.get("name"), member.tag, member.get("name"))
            found[key] = ((arguments, member.get("type")), document)
    return found


class BusCase(BoxCase):
    """With the users that callers are, and one target."""

    USERS = {"member": ["--groups=primum"], "plain": [], "svc": ["--system"]}

    def setUp(self):
        super().setUp()
        for user, options in self.USERS.items():
            self.box.run(["sh", "-c", f"id -u {user} >/dev/null 2>&1 || "
                                      f"useradd {' '.join(options)} {user}"])
        self.unit("web")
        self.begin({"web": restart_rule("web", dwell="1h")})

    def busctl(self, *arguments, user=None, check=True):
        """busctl, which asks for no password."""
        return self.box.run(["busctl", "--allow-interactive-authorization=no", *arguments],
                            user=user, check=check)

    def data(self, path, interface, method, *arguments):
        """What a method answers."""
        told = self.busctl("--json=short", "call", NAME, path, interface, method, *arguments)
        return json.loads(told.stdout)["data"]

    def property_of(self, path, interface, name):
        """The value of a property."""
        told = self.busctl("--json=short", "get-property", NAME, path, interface, name)
        return json.loads(told.stdout)["data"]

    def ill(self):
        """web fails, and an incident opens."""
        self.kill("web")
        wait_until(lambda: self.property_of(WEB, f"{NAME}.Target", "Incident") != "/", 10,
                   "an incident")
        return self.property_of(WEB, f"{NAME}.Target", "Incident")


class ObjectsTest(BusCase):
    """The tree, as any client sees it."""

    def test_busctl_walks_the_tree(self):
        incident = self.ill()
        tree = self.box.out(["busctl", "tree", "--list", NAME]).splitlines()
        self.assertTrue({ROOT, WEB, incident} <= set(tree), tree)
        shown = self.box.out(["busctl", "introspect", NAME, WEB])
        for word in ("Explain", "Force", "Severity", "emits-change"):
            self.assertIn(word, shown)
        self.assertEqual(self.property_of(WEB, f"{NAME}.Target", "Unit"), "web.service")
        self.assertEqual(self.property_of(incident, f"{NAME}.Incident", "Target"), "web")
        everything = self.data(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        self.assertEqual(everything[incident][f"{NAME}.Incident"]["TargetObject"]["data"], WEB)

    def test_the_interface_file_says_what_there_is(self):
        incident = self.ill()
        described = members_of(self.box.path(f"/usr/share/dbus-1/interfaces/{NAME}.xml")
                               .read_text())
        live = {}
        for path in (ROOT, WEB, incident):
            live.update(members_of(self.data(path, "org.freedesktop.DBus.Introspectable",
                                             "Introspect")[0]))
        self.assertEqual({key: value[0] for key, value in described.items()},
                         {key: value[0] for key, value in live.items()})
        for key, (_, document) in described.items():
            self.assertTrue(document and document[0], f"{key} has no document")

    def heard(self, log):
        """{(signal, path, text)} of what busctl has written; it writes when its buffer is full."""
        self.data(ROOT, MANAGER, "Status")
        found = set()
        for line in log.read_text(errors="replace").splitlines():
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if message.get("type") == "signal":
                found.add((message.get("member"), message.get("path"), line))
        return found

    def until_told(self, log, signal, path, word=""):
        """Until a signal was heard, with the word in it."""
        wait_until(lambda: any((member, where) == (signal, path) and word in line
                               for member, where, line in self.heard(log)), 30,
                   f"{signal} of {path} {word}")

    def test_changes_are_told(self):
        log = self.box.path("/run/monitor.json")
        with open(log, "w", encoding="utf-8") as out:
            monitor = self.box.popen(["busctl", "--json=short", "monitor", NAME], stdout=out)
        try:
            # The monitor tells when it listens by what it has heard.
            wait_until(lambda: [self.heard(log), log.stat().st_size][1] > 0, 20,
                       "the monitor to listen")
            incident = self.ill()
            # Changes within a tenth of a second are told as one.
            self.until_told(log, "InterfacesAdded", ROOT, incident)
            self.until_told(log, "LevelChanged", ROOT)
            self.busctl("call", NAME, incident, f"{NAME}.Incident", "Acknowledge", "s", "seen")
            self.busctl("call", NAME, WEB, f"{NAME}.Target", "Hold", "ts", MINUTE, "look")
            self.until_told(log, "PropertiesChanged", incident, "AcknowledgedBy")
            self.until_told(log, "PropertiesChanged", WEB, "Held")
        finally:
            monitor.kill()
            monitor.wait()

    def test_targets_come_and_go_with_a_reload(self):
        self.unit("db")
        self.box.write("/etc/primum/rules.d/db.toml", restart_rule("db", dwell="1h"))
        self.busctl("call", NAME, ROOT, MANAGER, "Reload", "s", "one more")
        self.assertEqual(self.property_of(f"{ROOT}/target/db", f"{NAME}.Target", "Name"), "db")
        page = json.loads(self.data(ROOT, MANAGER, "ListTargetsAfter", "us", "1", "db")[0])
        self.assertEqual([each["name"] for each in page["targets"]], ["web"])
        self.box.run(["rm", "/etc/primum/rules.d/db.toml"])
        self.busctl("call", NAME, ROOT, MANAGER, "Reload", "s", "one less")
        gone = self.busctl("get-property", NAME, f"{ROOT}/target/db", f"{NAME}.Target", "Name",
                           check=False)
        self.assertNotEqual(gone.returncode, 0)

    def test_the_documented_script_works_as_written(self):
        text = (HERE.parents[1] / "docs" / "dbus.md").read_text(encoding="utf-8")
        script = text.split("```python\n", 1)[1].split("```", 1)[0]
        self.box.write("/usr/local/bin/hold-the-ill", script, mode=0o755)
        self.assertEqual(self.box.out(["hold-the-ill"]), "")
        self.ill()
        self.assertIn("web ", self.box.out(["hold-the-ill"]))
        self.assertIn("holding web for 10m", self.box.out(["hold-the-ill", "I look at it"]))
        self.assertTrue(self.property_of(WEB, f"{NAME}.Target", "Held"))


class AuthorityTest(BusCase):
    """Who may what: docs/dbus.md, checked."""

    def outcome(self, verb, who):
        """What came of a call."""
        arguments = (WRITES.get(verb) or READS[verb])
        call = ["busctl", "--allow-interactive-authorization=no", "call", NAME, ROOT, MANAGER, verb,
                *(arguments if arguments != ("",) else ())]
        user = {"root": None, "member": "member", "plain": "plain",
                "no polkit: member": "member", "no polkit: plain": "plain"}.get(who)
        if who == "service":
            done = self.box.run(["systemd-run", "--quiet", "--pipe", "--wait", "--uid=svc", *call],
                                check=False)
        else:
            done = self.box.run(call, user=user, check=False)
        told = done.stderr
        if "needs a password" in told:
            return ASKED
        refused = "polkit does not allow" in told or "only root may" in told
        return REFUSED if refused else ALLOWED

    def matrix(self, whos):
        """Prints the outcomes; gives those that are not as documented."""
        wrong = []
        for verb in (*READS, *WRITES):
            row = []
            for who in whos:
                outcome = self.outcome(verb, who)
                row.append(f"{outcome:>8}")
                if outcome != expected(verb, who):
                    wrong.append(f"{verb} of {who}: {outcome}, not {expected(verb, who)}")
            print(f"  {verb:<18}{' '.join(row)}")
        return wrong

    def test_every_verb_of_everybody(self):
        whos = ("root", "member", "plain", "service")
        print(f"\n  {'':<18}{' '.join(f'{who:>8}' for who in whos)}")
        wrong = self.matrix(whos)
        self.box.run(["systemctl", "mask", "--runtime", "--now", "polkit.service"])
        try:
            print("  without polkit: root, member, plain")
            wrong += self.matrix(("root", "no polkit: member", "no polkit: plain"))
        finally:
            self.box.run(["systemctl", "unmask", "--runtime", "polkit.service"])
        self.assertEqual(wrong, [])

    def test_nothing_without_a_reason_and_no_hold_without_an_end(self):
        for verb, (signature, *values) in WRITES.items():
            for empty in ("", " ", "\t"):
                done = self.busctl("call", NAME, ROOT, MANAGER, verb, signature,
                                   *values[:-1], empty, check=False)
                self.assertIn("a reason is needed", done.stderr, verb)
        for verb in ("Hold", "Disable", "MarkProvider"):
            signature, *values = WRITES[verb]
            done = self.busctl("call", NAME, ROOT, MANAGER, verb, signature,
                               *values[:-2], "0", values[-1], check=False)
            self.assertIn("need an end", done.stderr, verb)
        self.assertEqual(self.commands(), [])

    def commands(self):
        """All that is on record of persons, after the end of primumd."""
        self.primum.stop()
        ledger = self.box.path("/var/lib/primum/ledger.db").read_bytes()
        with tempfile.NamedTemporaryFile() as copy:  # SQLite would follow /proc/PID/root
            copy.write(ledger)
            copy.flush()
            with sqlite3.connect(f"file:{copy.name}?immutable=1", uri=True) as database:
                return database.execute("SELECT verb, target, uid, accepted, pid, unit, session,"
                                        " reason FROM operator_commands ORDER BY id").fetchall()

    def test_who_it_was_is_on_record(self):
        self.box.run(["systemd-run", "--quiet", "--pipe", "--wait", "--unit=on-call-robot",
                      "busctl", "call", NAME, ROOT, MANAGER, *("Hold", *WRITES["Hold"])])
        self.box.run(["busctl", "call", NAME, ROOT, MANAGER, *("Disable", *WRITES["Disable"])],
                     user="member")
        robot, member = self.commands()
        self.assertEqual(robot[:4], ("hold", "web", 0, 1))
        self.assertGreater(robot[4], 1)
        self.assertEqual(robot[5], "on-call-robot.service")
        uid = int(self.box.out(["id", "-u", "member"]))
        self.assertEqual(member[:4], ("disable", "web", uid, 1))

    def test_a_force_is_carried_out_and_says_by_whom(self):
        self.ill()
        told = self.data(ROOT, MANAGER, "Force", *WRITES["Force"])[0]
        self.assertIn("is under way", told)
        self.until(lambda: self.starts("web") == 2, 20, "web to be started again")
        wait_until(lambda: self.property_of(WEB, f"{NAME}.Target", "Level") == "steady", 20,
                   "the incident to close")
        action = json.loads(self.data(ROOT, MANAGER, "Actions", "ut", "1", "0")[0])["actions"][0]
        self.assertEqual(action["action"]["operator_uid"], 0)
        told = self.data(ROOT, MANAGER, "Label", "sss", action["action"]["id"], "justified",
                         "it helped")[0]
        self.assertIn("justified", told)


class AbuseTest(BusCase):
    """A great many calls of every kind, from nobody in particular."""

    def test_a_hundred_thousand_calls(self):
        self.box.write("/usr/local/lib/caller.py", (HERE / "caller.py").read_text(), mode=0o755)

        def abuse(count, seed):
            return json.loads(self.box.out(["python3", "/usr/local/lib/caller.py", str(count),
                                            str(seed)], user="plain", timeout=540))

        abuse(2_000, 1)  # what is made at first use is there
        pid = self.box.main_pid("primumd.service")
        before = self.resident(pid)
        began = time.monotonic()
        told = abuse(CALLS, 2)
        spent = time.monotonic() - began
        after = self.resident(pid)
        self.assertEqual(self.box.main_pid("primumd.service"), pid, "primumd was started anew")
        print(f"\n  {CALLS} calls in {spent:.1f} s; RSS {before >> 10} KiB before, "
              f"{after >> 10} KiB after; a turn of the loop takes at the 99th percentile "
              f"{self.loop_p99()} s; answers {told}")
        self.assertGreater(told.get("ok", 0), CALLS / 10)
        self.assertLess(after - before, 48 << 20)
        self.assertEqual(json.loads(self.data(ROOT, MANAGER, "Status")[0])["host"]["holds"], [])

    def resident(self, pid):
        """Bytes of memory of a process of the box."""
        for line in self.box.path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
        self.fail("no VmRSS")

    def loop_p99(self):
        """The upper bound of the bucket that holds it, since the start."""
        buckets = []
        for name, value in self.primum.metrics().items():
            if name.startswith("primum_loop_turn_seconds_bucket"):
                bound = name.split('le="')[1].split('"')[0]
                buckets.append((float(bound.replace("+Inf", "inf")), value))
        buckets.sort()
        return next(bound for bound, value in buckets if value >= 0.99 * buckets[-1][1])


if __name__ == "__main__":
    unittest.main()
