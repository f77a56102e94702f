// SPDX-License-Identifier: MIT
#pragma once

#include <primum/check.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace primum::source {

// A directory of the test's own, gone with it.
class TempDir {
public:
    TempDir() {
        std::string name = std::filesystem::temp_directory_path() / "primum-source-XXXXXX";
        PRIMUM_CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string path(std::string_view name) const {
        return path_ + '/' + std::string{name};
    }
    std::string write(std::string_view name, std::string_view text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }

private:
    std::string path_;
};

}  // namespace primum::source
