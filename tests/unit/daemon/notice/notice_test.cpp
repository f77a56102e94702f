// SPDX-License-Identifier: MIT
#include "daemon/notice/notice.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace primum::notice {
namespace {

Page sample_page() {
    Page page;
    page.number = 12;
    page.kind = NoticeKind::rollback_failed;
    page.incident = 4;
    page.target = "gateway";
    page.unit = "gateway.service";
    page.level = Level::failover;
    page.reason = "conflict";
    page.text = "somebody changed \"it\"\nsince";
    page.at = start_of_test().wall + std::chrono::milliseconds{123};
    page.tries = 2;
    return page;
}

TEST(NoticeTest, AnAlertIsReadBackAsItWasKept) {
    Alert alert;
    alert.kind = NoticeKind::breaker;
    alert.target = "gateway";
    alert.unit = "gateway.service";
    alert.text = "2 of 2\n\"worse\"";
    alert.starts = start_of_test().wall;
    alert.ends = alert.starts + seconds{3};
    alert.told = true;
    const auto row = kept(alert);
    EXPECT_EQ(row.key, "alert/breaker/gateway");
    EXPECT_EQ(alert_of(row), alert);
    EXPECT_FALSE(page_of(row));
}

TEST(NoticeTest, APageIsReadBackAsItWasKept) {
    const auto row = kept(sample_page());
    EXPECT_EQ(row.key, "page/00000000000000000012");
    EXPECT_EQ(page_of(row), sample_page());
    EXPECT_FALSE(alert_of(row));
}

TEST(NoticeTest, WhatIsBrokenIsNotRead) {
    const auto row = kept(sample_page());
    for (std::size_t bytes = 0; bytes < row.body.size(); ++bytes) {
        EXPECT_FALSE(page_of({row.key, row.body.substr(0, bytes)})) << bytes;
    }
}

TEST(NoticeTest, TheProgramGetsThePageAsJson) {
    EXPECT_EQ(
        page_json(sample_page(), {"h1", "http://127.0.0.1:9763/", "https://wiki.example/primum"}),
        "{\"version\":1,\"id\":\"4-rollback_failed-1767225600123000\",\"host\":\"h1\","
        "\"kind\":\"rollback_failed\",\"severity\":\"critical\",\"target\":\"gateway\","
        "\"unit\":\"gateway.service\",\"incident\":4,\"level\":\"failover\","
        "\"reason\":\"conflict\",\"text\":\"somebody changed \\\"it\\\"\\nsince\","
        "\"at\":\"2026-01-01T00:00:00.123Z\","
        "\"runbook_url\":\"https://wiki.example/primum#primumrollbackfailed\","
        "\"status_url\":\"http://127.0.0.1:9763/\"}");
}

TEST(NoticeTest, EveryKindOfPageHasItsNameAndAnAlertOfItsOwn) {
    std::set<std::string_view> alerts;
    for (std::size_t i = 0; i < enum_names<PageKind>.size(); ++i) {
        const auto kind = static_cast<PageKind>(i);
        EXPECT_EQ(name_of(kind_of(kind)), name_of(kind));
        alerts.insert(facts_of(kind_of(kind)).alert);
    }
    EXPECT_EQ(alerts.size(), enum_names<PageKind>.size());
    EXPECT_FALSE(alerts.contains(""));
}

TEST(NoticeTest, TimesAreInRfc3339) {
    EXPECT_EQ(rfc3339(wall_from_us(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(rfc3339(wall_from_us(-1)), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace primum::notice
