// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/json.hpp"
#include "ctl/render.hpp"
#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace primum::ctl::testing {

// Local time is UTC, and nothing is painted.
class Rendering : public ::testing::Test {
protected:
    Rendering() {
        setenv("TZ", "UTC", 1);
        tzset();
    }

    static Document document(std::string_view json) {
        std::optional<Document> parsed = Document::parse(json);
        EXPECT_TRUE(parsed.has_value());
        return std::move(*parsed);
    }

    // Compares with golden/NAME.expected; with PRIMUM_REWRITE_GOLDENS set it writes that instead.
    static void expect_golden(const std::string& name, const std::string& text) {
        const std::string path = std::string{GOLDEN_DIR} + "/" + name + ".expected";
        if (std::getenv("PRIMUM_REWRITE_GOLDENS") != nullptr) {
            std::ofstream{path} << text;
        }
        std::ifstream file{path};
        const std::string expected{std::istreambuf_iterator<char>{file}, {}};
        EXPECT_EQ(text, expected) << path;
    }

    Painter plain{false};
};

}  // namespace primum::ctl::testing
