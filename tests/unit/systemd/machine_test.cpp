// SPDX-License-Identifier: MIT
#include "systemd/machine.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace primum::systemd {
namespace {

TEST(MachineTest, IsMadeOfTheMachineIdAndDoesNotTellIt) {
    std::string id;
    std::ifstream{"/etc/machine-id"} >> id;
    const std::string key = machine_key();
    if (id.size() != 32) {
        EXPECT_EQ(key, "") << "a host without a machine-id is not known";
        return;
    }
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(key, id);
    EXPECT_EQ(machine_key(), key);
}

}  // namespace
}  // namespace primum::systemd
