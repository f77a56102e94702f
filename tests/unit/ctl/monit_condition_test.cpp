// SPDX-License-Identifier: MIT
#include "ctl/monit_condition.hpp"

#include "rules/rule_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;

// The source as TOML, then the series and threshold, then why: "... | ... | ...".
std::string said(const std::string& check, const std::string& test, const std::string& unit = {}) {
    const MonitFile file = read_monit(monit_tokens(check + "\nif " + test + " then alert", "f"));
    if (file.services.size() != 1 || file.services[0].tests.size() != 1) {
        return "not read";
    }
    const MonitCondition condition =
        monit_condition(file.services[0], file.services[0].tests[0], unit);
    return (condition.source.members.empty() ? "" : rules::value_text(condition.source)) + " | " +
           (condition.series ? rules::value_text(*condition.series) + " " +
                                   rules::value_text(*condition.threshold)
                             : "") +
           " | " + condition.why;
}

constexpr const char* process = "check process a pidfile /p";

TEST(MonitConditionTest, PortsAreProbed) {
    EXPECT_EQ(said(process, "failed host localhost port 25 with protocol smtp"),
              "{ kind = \"tcp\", address = \"localhost:25\" } |  | not asked: protocol smtp (only "
              "the connection is tried)");
    EXPECT_EQ(said(process, "failed port 22"),
              "{ kind = \"tcp\", address = \"127.0.0.1:22\" } |  | ");
    EXPECT_EQ(said("check host h with address 192.0.2.1", "failed port 3306 type tcp"),
              "{ kind = \"tcp\", address = \"192.0.2.1:3306\" } |  | ");
    EXPECT_THAT(said(process, "failed host h port 80 protocol http and request \"/s?a=b\""),
                HasSubstr("kind = \"http\", url = \"http://h:80/s?a=b\", statuses = [200, "));
    EXPECT_THAT(said(process, "failed port 443 protocol HTTPS status = 204 with content = \"x\""),
                HasSubstr("url = \"https://127.0.0.1:443/\", statuses = [204] } |  | not asked: "
                          "content"));
    EXPECT_THAT(said("check host h address h", "failed url https://h/x?y=z and content == 'a'"),
                HasSubstr("url = \"https://h/x?y=z\""));
}

TEST(MonitConditionTest, WhatCannotBeProbedIsSaid) {
    EXPECT_EQ(said(process, "failed port 53 type udp protocol dns"),
              " |  | UDP is not probed; a dns source asks name servers");
    EXPECT_EQ(said(process, "failed unixsocket /run/x protocol mysql"),
              " |  | a Unix socket is not probed");
    EXPECT_EQ(said(process, "failed port 99999"), " |  | no host and port that can be probed");
    EXPECT_EQ(said(process, "failed host \"a b\" port 80"),
              " |  | no host and port that can be probed");
    EXPECT_THAT(said("check host h address h", "failed url http://u:p@h/"),
                HasSubstr("without user"));
    EXPECT_THAT(said("check host h address h", "failed ping"), HasSubstr("no ping"));
    EXPECT_THAT(said(process, "succeeded port 80"), HasSubstr("no illness"));
}

TEST(MonitConditionTest, FilesAndFileSystems) {
    EXPECT_EQ(said("check file a path /var/log/syslog", "timestamp > 65 minutes"),
              "{ kind = \"file\", path = \"/var/log/syslog\", look = \"age\" } | "
              "\"file_age_seconds\" { above = 3900, clear_below = 3510 } | ");
    EXPECT_THAT(said("check file a path /a", "size > 100 MB"),
                HasSubstr("\"file_size_bytes\" { above = 104857600, clear_below = "));
    EXPECT_THAT(said("check file a path /a", "failed permission 755"), HasSubstr("not judged"));
    EXPECT_THAT(said("check file a path a/../b", "size > 1 MB"), HasSubstr("not judged"));
    EXPECT_THAT(said("check filesystem a path /srv", "space usage > 80%"),
                HasSubstr("\"mount_available_ratio\" { below = 0.2, clear_above = "));
    EXPECT_THAT(said("check filesystem a path /", "inode free < 5%"),
                HasSubstr("\"mount_available_inodes_ratio\" { below = 0.05, clear_above = "));
    EXPECT_THAT(said("check filesystem a path /dev/sda1", "space usage > 80%"),
                HasSubstr("mount point"));
    EXPECT_THAT(said("check filesystem a path /srv", "space usage > 100%"), HasSubstr("judged"));
    EXPECT_THAT(said("check filesystem a path /srv", "read rate > 1 MB/s"), HasSubstr("judged"));
}

TEST(MonitConditionTest, ResourcesOfAUnit) {
    EXPECT_EQ(
        said(process, "totalmem > 200.0 MB", "a.service"),
        "{ kind = \"cgroup\", unit = \"a.service\" } | \"cgroup_memory_current_bytes\" { above "
        "= 209715200, clear_below = 188743680 } | ");
    EXPECT_THAT(said(process, "totalmem > 20%", "a.service"), HasSubstr("no equivalent"));
    EXPECT_THAT(said(process, "totalmem > 200 MB"), HasSubstr("no equivalent"));
    EXPECT_THAT(said(process, "cpu > 60%", "a.service"), HasSubstr("share of all CPUs"));
    EXPECT_THAT(said("check system h", "loadavg (1min) > 2"), HasSubstr("pressure"));
}

}  // namespace
}  // namespace primum::ctl
