# SPDX-License-Identifier: MIT
"""config_fallback on real files: where it helps, where it harms, the way back."""

import unittest

from clinic_case import ClinicCase, access_list
from test_remedies import finished_of

BREAKER = "[breaker]\nworse = 1\n"


def fallback(conf="good", folder="good", check=""):
    """The remedy: a file and a directory, known good or not."""
    return (f'config_fallback = {{ files = [{{ path = "/etc/clinic/clinic.conf", '
            f'good = "/usr/share/clinic/{conf}.conf" }}, {{ path = "/etc/clinic/conf.d", '
            f'good = "/usr/share/clinic/{folder}.d" }}], '
            + (f'check = ["/bin/grep", "-q", "{check}", "/etc/clinic/clinic.conf"], '
               if check else "") + 'then = "restart" }')


class FallbackTest(ClinicCase):
    """The clinic with a broken configuration."""

    def setUp(self):
        super().setUp()
        self.box.write("/usr/share/clinic/good.conf", "known good\n")
        self.box.write("/usr/share/clinic/good.d/two", "2\n")
        self.box.write("/usr/share/clinic/good.d/deep/three", "3\n")
        self.box.write("/usr/share/clinic/bad.conf", "broken, too\n")
        self.box.write("/usr/share/clinic/bad.d/harm", "2\n")
        self.box.run(["sh", "-c", "find /usr/share/clinic -type d -exec chmod 755 {} +"])

    def fall_ill(self):
        """Somebody breaks the configuration."""
        self.write("clinic.conf", "broken\n")
        before = self.tree()
        self.reload()
        return before

    def test_it_helps_against_a_broken_file(self):
        self.treat("fallback", fallback(check="known good"))
        before = self.fall_ill()
        self.assertEqual(self.outcome(), ("config_fallback", "", "done", "improved", "kept"))
        tree = self.tree()
        self.assertEqual(tree["clinic.conf"][4], b"known good\n")
        self.assertEqual(tree["clinic.conf"][0] & 0o7777, 0o600)
        self.assertEqual(tree["clinic.conf"][1:3], (12, 34))
        self.assertEqual(tree["clinic.conf"][5], {"user.note": b"clinic.conf"})
        self.assertEqual(sorted(name for name in tree if name.startswith("conf.d/")),
                         ["conf.d/deep", "conf.d/deep/three", "conf.d/two"])
        self.assertEqual(tree["conf.d"][:3], before["conf.d"][:3])
        self.assertEqual(tree["conf.d"][5]["system.posix_acl_default"], access_list(78, 6))
        self.assertEqual(self.roll_back(self.newest()), "rolled_back")
        self.assertEqual(self.tree(), before)

    def test_what_harms_is_put_back_byte_for_byte(self):
        self.treat("fallback", fallback("bad", "bad"))
        before = self.fall_ill()
        self.assertEqual(self.outcome(),
                         ("config_fallback", "", "done", "worse", "rolled_back"))
        self.assertEqual(self.tree(), before)

    def test_what_does_not_help_is_put_back_byte_for_byte(self):
        self.treat("fallback", fallback("bad", "good"))
        before = self.fall_ill()
        self.assertEqual(self.outcome(),
                         ("config_fallback", "", "done", "unchanged", "rolled_back"))
        self.assertEqual(self.tree(), before)

    def test_a_check_that_fails_changes_nothing(self):
        self.treat("fallback", fallback(check="quite another thing"))
        before = self.fall_ill()
        self.until(lambda: self.actions("clinic") and
                   self.actions("clinic")[0]["result"] == "failed", 40, "the refusal")
        self.assertEqual(finished_of(self, "clinic")["reason"], "check_failed")
        self.assertEqual(self.tree(), before)

    def test_what_a_person_edits_is_left_alone(self):
        self.box.run(["chmod", "644", "/etc/clinic/clinic.conf"])
        self.treat("fallback", fallback())
        self.fall_ill()
        self.assertEqual(self.outcome(), ("config_fallback", "", "done", "improved", "kept"))
        self.write("clinic.conf", "a person's\n")
        before = self.tree()
        self.assertEqual(self.roll_back(self.newest()), "rollback_failed")
        self.assertEqual(self.tree(), before)
        self.assert_told_of("+a person's")

    def test_what_a_person_edits_before_it_is_put_back_by_itself_is_left_alone(self):
        self.box.run(["chmod", "644", "/etc/clinic/clinic.conf"])
        self.treat("fallback", fallback("bad", "good"))
        self.fall_ill()
        self.until(lambda: self.read("clinic.conf") == "broken, too\n", 20, "the fallback")
        self.write("clinic.conf", "broken; a person's\n")
        before = self.tree()
        self.assertEqual(self.outcome(),
                         ("config_fallback", "", "done", "unchanged", "rollback_failed"))
        self.assertEqual(self.tree(), before)
        self.assert_told_of("+broken; a person's")

    def test_a_rollback_is_never_held_back(self):
        self.treat("fallback", fallback(), settings=BREAKER)
        before = self.fall_ill()
        self.assertEqual(self.outcome(), ("config_fallback", "", "done", "improved", "kept"))
        first = self.newest()
        self.until_closed("clinic")
        self.box.write("/usr/share/clinic/good.d/harm", "2\n")
        self.box.write("/run/clinic-ill", "")
        self.until(lambda: self.newest() != first, 20, "another fallback")
        self.assertEqual(self.outcome(),
                         ("config_fallback", "", "done", "worse", "rolled_back"))
        self.primum.ctl("hold", "clinic", "--for", "1h", "--reason", "being worked on")
        self.primum.ctl("disable", "--for", "1h", "--reason", "all of it")
        guards = self.guards("clinic")
        self.assertEqual([guards[name] for name in ("disabled", "held", "breaker")],
                         ["veto"] * 3, guards)
        self.assertEqual(self.roll_back(first), "rolled_back")
        self.assertEqual(self.tree(), before)


if __name__ == "__main__":
    unittest.main()
