# SPDX-License-Identifier: MIT
"""Evidence asked for by hand: root speaks the actuator's frames over its real socket."""

import json
import unittest

from case import BoxCase, restart_rule

ASK = """
import json, socket, struct, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as actuator:
    actuator.settimeout(20)
    actuator.connect("/run/primum/actuator.sock")
    body = sys.argv[1].encode()
    actuator.sendall(struct.pack(">I", len(body)) + body)
    def take(size):
        data = b""
        while len(data) < size:
            more = actuator.recv(size - len(data))
            assert more, "the actuator let go"
            data += more
        return data
    print(take(struct.unpack(">I", take(4))[0]).decode())
"""


class EvidenceRequestTest(BoxCase):
    """One unit, and who wants to know of it."""

    def ask(self, target):
        """The actuator's answer."""
        request = json.dumps({"op": "evidence", "target": target})
        return json.loads(self.box.out(["/usr/bin/python3", "-c", ASK, request]))

    def test_root_gets_evidence_of_a_target_and_of_nothing_else(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        reply = self.ask("web")
        self.assertEqual((reply["re"], reply["target"], reply["detail"]), ("evidence", "web", ""))
        self.assertEqual(reply["path"],
                         f"/var/lib/primum-actuator/evidence/{reply['id']}.txt")
        path = self.box.path(reply["path"])
        self.assertEqual((path.stat().st_mode & 0o777, path.stat().st_uid), (0o600, 0))
        self.assertEqual(path.stat().st_size, reply["bytes"])
        text = path.read_text(encoding="utf-8")
        self.assertTrue(text.startswith(f"evidence {reply['id']}\ntarget web\nunit web.service\n"))
        self.assertIn("ActiveState=active", text)
        self.assertTrue(text.endswith("\n== end\n"))
        self.assertEqual(self.actions("web"), [])
        self.assertEqual(self.starts("web"), 1)
        refused = self.ask("dbus")
        self.assertEqual((refused["re"], refused["code"]), ("error", "unit_missing"))

    def test_nobody_fills_the_disk_with_it(self):
        self.unit("web")
        self.begin({"web": restart_rule("web")})
        replies = [self.ask("web") for _ in range(14)]
        self.assertEqual([reply["re"] for reply in replies[:12]], ["evidence"] * 12)
        self.assertEqual([reply.get("code") for reply in replies[12:]], ["budget"] * 2)


if __name__ == "__main__":
    unittest.main()
