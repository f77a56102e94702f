// SPDX-License-Identifier: MIT
#include "actuator/order_text.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace primum::actuator {
namespace {

remedy::Order again(const remedy::Order& order) {
    remedy::Order back;
    back.rule.kind = order.rule.kind;
    EXPECT_TRUE(read_order(write_order(order), back));
    return back;
}

TEST(OrderTextTest, ARestartKeepsItsHooks) {
    remedy::Order order;
    order.rule.kind = RemedyKind::restart;
    order.rule.plan = RestartPlan{
        {"/bin/save", "a b"}, {"/var/lib/gateway"}, {"/bin/restore"}, std::chrono::seconds{7}};
    const auto back = std::get<RestartPlan>(again(order).rule.plan);
    EXPECT_EQ(back.save, (Argv{"/bin/save", "a b"}));
    EXPECT_EQ(back.state, std::vector<std::string>{"/var/lib/gateway"});
    EXPECT_EQ(back.restore, Argv{"/bin/restore"});
    EXPECT_EQ(back.hook_timeout, std::chrono::seconds{7});
}

TEST(OrderTextTest, AFallbackKeepsItsFiles) {
    remedy::Order order;
    order.rule.kind = RemedyKind::config_fallback;
    order.rule.plan = FallbackPlan{
        {{"/etc/a \"x\"", "/good/a"}, {"/etc/b", "/good/b"}}, {"/bin/check"}, Then::reload};
    const auto back = std::get<FallbackPlan>(again(order).rule.plan);
    ASSERT_EQ(back.files.size(), 2U);
    EXPECT_EQ(back.files[0].path, "/etc/a \"x\"");
    EXPECT_EQ(back.files[1].good, "/good/b");
    EXPECT_EQ(back.check, Argv{"/bin/check"});
    EXPECT_EQ(back.then, Then::reload);
}

TEST(OrderTextTest, ACommandKeepsItsProgram) {
    remedy::Order order;
    order.rule.kind = RemedyKind::exec;
    ExecPlan plan;
    plan.run = {"/bin/mend", "-x"};
    order.rule.plan = plan;
    EXPECT_EQ(std::get<ExecPlan>(again(order).rule.plan).run, plan.run);
    EXPECT_FALSE(again(order).provider.has_value());
}

TEST(OrderTextTest, WhatIsNoOrderIsRefused) {
    remedy::Order order;
    EXPECT_FALSE(read_order("", order));
    EXPECT_FALSE(read_order("[]", order));
    EXPECT_FALSE(read_order("{\"user\":", order));
    EXPECT_TRUE(read_order("{}", order));
    EXPECT_TRUE(order.user.empty());
}

}  // namespace
}  // namespace primum::actuator
