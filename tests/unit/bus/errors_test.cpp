// SPDX-License-Identifier: MIT
#include "bus/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::bus {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ErrorsTest, MakesNamesOfCodes) {
    EXPECT_EQ(error_name_of("unknown_target"), "org.primum.Error.UnknownTarget");
    EXPECT_EQ(error_name_of("no_length"), "org.primum.Error.NoLength");
    EXPECT_EQ(error_name_of("busy"), "org.primum.Error.Busy");
}

TEST(ErrorsTest, MakesNoNameOfWhatIsNoCode) {
    for (const char* code : {"", "_", "Unknown", "a b", "a.b", "t3", "ä"}) {
        EXPECT_EQ(error_name_of(code), "org.primum.Error.Refused") << code;
    }
}

TEST(ErrorsTest, AlwaysHasASentence) {
    EXPECT_EQ(refusal({0, false, "too_many", "", 0}).message, "refused (too_many)");
}

TEST(ErrorsTest, CountsTheMistakesItDoesNotTell) {
    ReloadStatus status;
    for (int i = 1; i <= 13; ++i) {
        status.errors.push_back("line " + std::to_string(i) + ";");
    }
    const CallError error = reload_refusal(status);
    EXPECT_THAT(error.message, HasSubstr("13 mistakes"));
    EXPECT_THAT(error.message, HasSubstr("line 10;"));
    EXPECT_THAT(error.message, Not(HasSubstr("line 11;")));
    EXPECT_THAT(error.message, HasSubstr("... and 3 more"));
}

TEST(ErrorsTest, KnowsPlainText) {
    for (const char* good : {"", "plain", "größer", "\xE2\x82\xAC 5", "\xF0\x9F\x94\xA5"}) {
        EXPECT_TRUE(is_plain_text(good)) << good;
    }
    const std::string cut{"\xE2\x82", 2};
    const std::string zero{"a\0b", 3};
    for (const std::string& bad : {std::string{"a\nb"},
                                   std::string{"\x1b[2J"},
                                   std::string{"\x7f"},
                                   std::string{"\xC2\x85"},
                                   std::string{"\xC0\xAF"},
                                   std::string{"\xED\xA0\x80"},
                                   std::string{"\xF4\x90\x80\x80"},
                                   std::string{"\xE2\x80\xA8"},
                                   std::string{"\xff"},
                                   cut,
                                   zero}) {
        EXPECT_FALSE(is_plain_text(bad));
    }
}

TEST(ErrorsTest, NamesNoTargetThatCannotBePrinted) {
    EXPECT_THAT(unknown_target("\x1b[31m").message, HasSubstr("\"?\""));
    EXPECT_LT(unknown_target(std::string(100'000, 'x')).message.size(), 1'000U);
}

}  // namespace
}  // namespace primum::bus
