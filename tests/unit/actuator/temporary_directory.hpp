// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace primum::actuator {

// A directory for one test, gone with it.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = std::filesystem::temp_directory_path() / "primum-actuator-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string path(std::string_view name) const {
        return path_ + '/' + std::string(name);
    }
    [[nodiscard]] const std::string& root() const { return path_; }
    [[nodiscard]] std::string write(std::string_view name, std::string_view text) const {
        std::ofstream(path(name)) << text;
        return path(name);
    }

private:
    std::string path_;
};

}  // namespace primum::actuator
