// SPDX-License-Identifier: MIT
#include "ctl/monit_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

MonitFile read(std::string_view text) {
    return read_monit(monit_tokens(text, "f"));
}

MonitTest test_of(const std::string& statement) {
    const MonitFile file = read("check process a pidfile /p\n" + statement);
    EXPECT_THAT(file.services, SizeIs(1));
    return file.services.empty() || file.services[0].tests.empty() ? MonitTest{}
                                                                   : file.services[0].tests[0];
}

TEST(MonitFileTest, ReadsAService) {
    const MonitFile file = read(
        "set daemon 30\n"
        "CHECK Process Apache WITH PIDFILE \"/run/apache.pid\"\n"
        "  start program = \"/etc/init.d/apache2 start\" with timeout 60 seconds\n"
        "  stop \"/etc/init.d/apache2 stop\"\n"
        "  mode passive\n  every 3 cycles\n"
        "  depends on a, b\n  depend c\n"
        "check file b path /b\n");
    EXPECT_EQ(file.cycle, std::chrono::seconds{30});
    ASSERT_THAT(file.services, SizeIs(2));
    const MonitService& apache = file.services[0];
    EXPECT_EQ(apache.type, "process");
    EXPECT_EQ(apache.name, "Apache");
    EXPECT_EQ(apache.at, (MonitPlace{"f", 2}));
    EXPECT_EQ(apache.path, "/run/apache.pid");
    EXPECT_EQ(apache.start, "/etc/init.d/apache2 start");
    EXPECT_EQ(apache.stop, "/etc/init.d/apache2 stop");
    EXPECT_EQ(apache.start_timeout, std::chrono::seconds{60});
    EXPECT_TRUE(apache.passive);
    EXPECT_EQ(apache.every, 3U);
    EXPECT_THAT(apache.depends_on, SizeIs(3));
    EXPECT_THAT(file.left, IsEmpty());
}

TEST(MonitFileTest, ReadsHowOftenATestMustFail) {
    const MonitTest times = test_of("if failed port 80 for 3 times within 5 cycles then restart");
    EXPECT_EQ(times.times, 3U);
    EXPECT_EQ(times.within, 5U);
    EXPECT_EQ(text_of(times.test), "failed port 80");
    EXPECT_EQ(times.action, "restart");
    const MonitTest cycles = test_of("if cpu > 98% for 5 cycles then ALERT");
    EXPECT_EQ(cycles.times, 5U);
    EXPECT_EQ(cycles.within, 5U);
    EXPECT_EQ(text_of(cycles.test), "cpu > 98%");
    EXPECT_EQ(cycles.action, "alert");
    const MonitTest bare = test_of("if cpu > 98% then alert");
    EXPECT_EQ(bare.within, 0U);
    const MonitTest odd = test_of("if cpu > 2 for 0 cycles then alert");
    EXPECT_EQ(odd.times, 1U);
    const MonitTest limit = test_of("if 5 restarts with 6 cycles then timeout");
    EXPECT_EQ(text_of(limit.test), "5 restarts");
    EXPECT_EQ(limit.within, 6U);
}

TEST(MonitFileTest, AnActionMayHaveArguments) {
    const MonitFile file = read(
        "check process a pidfile /p\n"
        "if cpu > 1 then exec \"/bin/x -y\" as uid nobody and gid nobody repeat every 5 cycles\n"
        "if mem > 1 then stop else if succeeded then alert\n"
        "if children > 1 then alert\n");
    ASSERT_THAT(file.services, SizeIs(1));
    ASSERT_THAT(file.services[0].tests, SizeIs(3));
    EXPECT_EQ(file.services[0].tests[0].action, "exec");
    EXPECT_EQ(file.services[0].tests[2].at.line, 4U);
    ASSERT_THAT(file.left, SizeIs(1));
    EXPECT_EQ(file.left[0].at.line, 3U);
}

TEST(MonitFileTest, LeavesWhatConcernsMonitItself) {
    const MonitFile file = read(
        "set log /var/log/monit.log\nset httpd port 2812 and\n use address localhost\n"
        "set limits { programOutput: 512 B, check x: 1 }\n"
        "check system $HOST\n group server\n alert a@b on { checksum, stop }\n"
        " not every \"* 0-3 * * 0\"\n onreboot start\n");
    std::vector<std::uint32_t> lines;
    for (const MonitLeft& left : file.left) {
        lines.push_back(left.at.line);
    }
    EXPECT_THAT(lines, ::testing::ElementsAre(1, 2, 4, 6, 7, 8, 9));
    EXPECT_THAT(file.services, SizeIs(1));
}

TEST(MonitFileTest, NonsenseIsLeftOver) {
    for (const char* text : {"check",
                             "check process",
                             "check nothing x y",
                             "if",
                             "if a then",
                             "if a then alert",
                             "then else } { {",
                             "start",
                             "check process a if then",
                             "check process a pidfile",
                             "check process a pidfile /p if x then exec",
                             "check process a pidfile /p if x then exec a as uid",
                             "check process a pidfile /p if cycles then alert else",
                             "set daemon",
                             "set daemon 99999999999",
                             "every",
                             "include"}) {
        const MonitFile file = read(text);
        EXPECT_LE(file.services.size(), 1U) << text;
        EXPECT_TRUE(!file.left.empty() || !file.services.empty()) << text;
    }
}

TEST(MonitFileTest, ReadsWholeNumbersOnly) {
    EXPECT_EQ(number_of("42"), 42U);
    EXPECT_EQ(number_of("4294967296"), std::nullopt);
    EXPECT_EQ(number_of("-1"), std::nullopt);
    EXPECT_EQ(number_of("60%"), std::nullopt);
    EXPECT_EQ(number_of(""), std::nullopt);
}

}  // namespace
}  // namespace primum::ctl
