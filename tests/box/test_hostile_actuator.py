# SPDX-License-Identifier: MIT
"""What a primumd that was taken over can make the actuator do: what the rules name, and no more."""

import json
import shutil
import struct
from pathlib import Path

from case import BoxCase, restart_rule
from installed import ACTUATOR_STATE_DIR, ENFORCE

PROGRAM = "/usr/local/lib/hostile.py"
STEPS = "/run/hostile-steps.json"
ANSWERS = "/var/lib/primum/answers.json"
FAR = 10 ** 17  # not_after of a plan that never grows old
CEILING = 120   # compiled into the actuator
DROP_IN = f"""\
[Service]
Type=oneshot
WatchdogSec=0
Restart=no
TimeoutStartSec=300
ExecStart=
ExecStart=/usr/bin/python3 {PROGRAM} {STEPS} {ANSWERS}
"""


def execute(action, target="web", level="restart", digest=None, **other):
    """A step that asks for an action, with the digest that the rules give unless one is given."""
    body = {"op": "execute", "action": action, "target": target, "level": level, "index": 0,
            "candidate": "", "plan_digest": digest or "@DIGEST@", "not_after_us": FAR,
            "operator_uid": 4294967295, **other}
    return {"body": body, "replies": 1, **({} if digest else {"digest": [target, level]})}


def whole(step):
    """The same, waiting for `started` and `finished`."""
    return {**step, "replies": 2}


def ask(op, **members):
    """A step that asks something else."""
    return {"body": {"op": op, **members}}


def raw(data, replies=1):
    """A step that sends bytes as they are."""
    return {"send": data.hex(), "replies": replies}


class HostileCase(BoxCase):
    """A client in primumd's place."""

    def setUp(self):
        super().setUp()
        copy = self.box.path(PROGRAM)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).with_name("hostile.py"), copy)
        copy.chmod(0o644)

    def learn(self, rules=None, **settings):
        """A primumd that heals `web` once, so that the ledger knows the plan's digest."""
        self.unit("web")
        self.begin(rules or {"web": restart_rule("web")}, **settings)
        self.kill("web")
        self.until(lambda: self.starts("web") == 2, 20, "web to have been healed")
        self.until_closed("web")
        self.box.run(["systemctl", "stop", "primumd.service"])

    def attack(self, *connections):
        """Runs the hostile primumd; its answers, one list a connection."""
        self.box.write(STEPS, json.dumps(connections))
        self.box.write("/run/systemd/system/primumd.service.d/hostile.conf", DROP_IN)
        self.box.run(["systemctl", "daemon-reload"])
        self.box.run(["systemctl", "start", "primumd.service"], timeout=320)
        answers = json.loads(self.box.path(ANSWERS).read_text())
        self.box.run(["systemctl", "stop", "primumd.service"])
        return answers

    def refused(self, answer, *codes):
        """One answer that says no with one of these codes."""
        self.assertEqual(len(answer["replies"]), 1, answer)
        reply = answer["replies"][0]
        self.assertIn(reply.get("refusal", reply.get("code")), codes, reply)


class HostileActuatorTest(HostileCase):
    """What it can ask for, and what it cannot."""

    def test_what_the_rules_do_not_name_is_not_done(self):
        self.unit("other")
        self.learn()
        answers = self.attack([
            execute("h-1", digest="0" * 64),
            execute("h-2", target="other", digest="0" * 64),
            execute("h-3", level="fallback", digest="0" * 64),
            execute("h-4", index=7, digest="0" * 64),
            execute("h-5", target="dbus.service", digest="0" * 64),
            execute("h-6", candidate="../../etc/shadow"),
            execute("h-7", not_after_us=1),
        ])[0]
        for answer in answers[:5]:
            self.refused(answer, "stale_plan")
        self.refused(answers[5], "bad_request")
        self.refused(answers[6], "too_late")
        self.assertEqual((self.starts("web"), self.starts("other")), (2, 1))

    def test_an_id_is_used_once_and_never_after_its_tombstone(self):
        self.learn()
        answers = self.attack([
            whole(execute("h-1")),
            execute("h-1"),
            ask("settle", action="h-2"),
            execute("h-2"),
            execute(""),
            execute("x" * 200),
        ], [execute("h-1"), execute("h-2")])
        first = answers[0]
        self.assertEqual(first[0]["replies"][1]["result"], "done")
        self.refused(first[1], "seen_before")
        self.assertEqual(first[2]["replies"][0]["settled_as"], "not_started")
        self.refused(first[3], "seen_before")
        self.refused(first[4], "bad_request")
        self.refused(first[5], "bad_request")
        for answer in answers[1]:
            self.refused(answer, "seen_before")
        self.assertEqual(self.starts("web"), 3)

    def test_the_caps_hold(self):
        settings = ENFORCE.replace("host = { actions = 100", "host = { actions = 3")
        self.learn(settings=settings)
        asked = [{**execute(f"h-{i}"), "replies": 2} for i in range(2)]
        more = [execute(f"h-more-{i}") for i in range(3)]
        answers = self.attack(asked + more)[0]
        for answer in answers[:2]:
            self.assertEqual(answer["replies"][-1]["result"], "done")
        for answer in answers[2:]:
            self.refused(answer, "budget")
        self.assertEqual(self.starts("web"), 4)

    def test_nothing_raises_the_ceiling(self):
        self.learn()
        forced = [whole(execute(f"h-{i}", operator_uid=0)) for i in range(CEILING - 1)]
        over = [execute(f"h-over-{i}", operator_uid=0) for i in range(3)]
        answers = self.attack(forced + over)[0]
        self.assertEqual(sum(a["replies"][-1]["result"] == "done" for a in answers[:-3]),
                         CEILING - 1)
        for answer in answers[-3:]:
            self.refused(answer, "budget")
        self.assertEqual(self.starts("web"), 2 + CEILING - 1)

    def test_disabled_it_does_nothing(self):
        self.learn()
        self.box.write("/run/primum/disabled", "")
        answers = self.attack([execute("h-1"), execute("h-2", operator_uid=0)])[0]
        for answer in answers:
            self.refused(answer, "disabled")
        self.assertEqual(self.starts("web"), 2)

    def test_what_a_person_stopped_stays_stopped(self):
        self.learn()
        self.box.run(["systemctl", "stop", "web.service"])
        for answer in self.attack([execute("h-1"), execute("h-2", operator_uid=0)])[0]:
            self.refused(answer, "stopped_by_person")
        self.assertEqual((self.starts("web"), self.state("web")), (2, "inactive"))

    def test_frames_are_read_exactly(self):
        self.learn()
        settle = json.dumps({"op": "settle", "action": "h-1"}).encode()
        body = struct.pack(">I", len(settle)) + settle
        answers = self.attack(
            [raw(body * 5, replies=5), {**raw(body), "piece": 1}, {**raw(body * 2, 2), "piece": 7}],
            [raw(struct.pack(">I", 2 ** 31) + b"{}")],
            [raw(struct.pack(">I", 0))],
            [raw(struct.pack(">I", 4) + b"[1, ")],
            [raw(body[:-3], replies=0)],
            [raw(body[:2], replies=0)],
            [raw(body)])
        self.assertEqual([len(answer["replies"]) for answer in answers[0]], [5, 1, 2])
        for connection in answers[1:4]:
            self.refused(connection[0], "bad_request")
        self.assertEqual(answers[6][0]["replies"][0]["settled_as"], "not_started")

    def test_who_is_not_primumd_is_refused(self):
        self.learn()
        self.box.write(STEPS, json.dumps([[ask("settle", action="h-1")]]))
        for user, expected in (("nobody", "Permission denied"), ("primum", "not_permitted")):
            self.box.run(["rm", "-f", "/tmp/answers.json"])
            self.box.run(["python3", PROGRAM, STEPS, "/tmp/answers.json"], user=user)
            self.assertIn(expected, self.box.path("/tmp/answers.json").read_text(), user)


class HostileFilesTest(HostileCase):
    """The same against what the actuator keeps and puts in place."""

    RULE = """\
[target.web]
unit          = "web.service"
mode          = "enforce"
enforce_up_to = "fallback"
warm_up       = "0s"
soak          = "500ms"
relapse       = "0s"
budget        = { actions = 100, per = "1h" }
indicator.unit.value = "unit_state"

[target.web.ladder.fallback]
when     = "critical"
for      = "0s"
remedy   = [{ config_fallback = { files = [{ path = "/etc/web/web.conf", good = \
"/usr/local/share/web.conf" }], then = "restart" } }]
attempts = 1
settle   = "0s"
verify   = "500ms"
cooldown = { initial = "0s", factor = 1, max = "0s" }
"""

    def setUp(self):
        super().setUp()
        self.box.write("/etc/web/web.conf", "as it was\n")
        self.box.write("/usr/local/share/web.conf", "known good\n")

    def fall_back(self):
        """The rules' fallback has been taken; the id of that action."""
        self.learn({"web": self.RULE})
        self.assertEqual(self.box.path("/etc/web/web.conf").read_text(), "known good\n")
        self.begin({"web": self.RULE})
        action = self.actions("web")[0]["action"]["id"]
        self.box.run(["systemctl", "stop", "primumd.service"])
        return action

    def rolled_back(self, action):
        """The answer to a rollback that the hostile primumd asks for."""
        return self.attack([ask("rollback", action=action)])[0][0]["replies"][0]

    def test_a_rollback_puts_back_what_was_there(self):
        action = self.fall_back()
        self.assertEqual(self.rolled_back(action)["phase"], "rolled_back")
        self.assertEqual(self.box.path("/etc/web/web.conf").read_text(), "as it was\n")
        # Taken once: what somebody does afterwards stays.
        self.box.write("/etc/web/web.conf", "by hand\n")
        self.assertEqual(self.rolled_back(action)["phase"], "rolled_back")
        self.assertEqual(self.box.path("/etc/web/web.conf").read_text(), "by hand\n")

    def test_what_root_had_undone_is_in_the_ledger_later(self):
        action = self.fall_back()
        self.primum.ctl("rollback", action, "--reason", "by hand")
        self.assertEqual(self.box.path("/etc/web/web.conf").read_text(), "as it was\n")
        self.begin({"web": self.RULE})
        self.until(lambda: self.actions("web")[0]["state"] == "rolled_back", 10,
                   "the ledger to have caught up")

    def test_a_snapshot_that_was_altered_is_not_written_back(self):
        action = self.fall_back()
        self.box.run(["sh", "-c", f"for f in $(find {ACTUATOR_STATE_DIR}/snapshots -type f); do "
                                  "echo altered >$f; done"])
        answer = self.rolled_back(action)
        self.assertEqual(answer["phase"], "rollback_failed")
        self.assertEqual(self.box.path("/etc/web/web.conf").read_text(), "known good\n")

    def test_a_link_is_not_followed_out(self):
        action = self.fall_back()
        self.box.write("/etc/elsewhere/web.conf", "known good\n")
        self.box.run(["sh", "-c", "rm -rf /etc/web; ln -s /etc/elsewhere /etc/web"])
        answer = self.rolled_back(action)
        self.assertEqual(answer["phase"], "rollback_failed")
        self.assertEqual(self.box.path("/etc/elsewhere/web.conf").read_text(), "known good\n")
        self.box.run(["rm", "/etc/web"])

    def test_primumd_cannot_touch_what_is_kept(self):
        self.fall_back()
        done = self.box.run(["ls", ACTUATOR_STATE_DIR], check=False, user="primum")
        self.assertNotEqual(done.returncode, 0)
