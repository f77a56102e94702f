// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/file_tree.hpp"
#include "remedy/safe_path.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

namespace primum::remedy {

// A directory of real files that goes with it, and the policy under which it is trusted.
class TempTree {
public:
    // `fast`: in memory where that can be had, for tests that sync thousands of times.
    explicit TempTree(bool fast = false) {
        const bool shm = fast && ::access("/dev/shm", W_OK) == 0;
        const std::filesystem::path above =
            shm ? std::filesystem::path{"/dev/shm"} : std::filesystem::temp_directory_path();
        std::string name = (above / "primum_XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        top_ = name;
        EXPECT_EQ(::chmod(name.c_str(), 0755), 0);
    }
    TempTree(const TempTree&) = delete;
    TempTree& operator=(const TempTree&) = delete;
    ~TempTree() {
        std::error_code ignored;
        std::filesystem::remove_all(top_, ignored);
    }

    [[nodiscard]] PathPolicy policy() const {
        PathPolicy policy;
        policy.owner = ::geteuid();
        policy.group = ::getegid();
        policy.top = top_;
        return policy;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return top_ + "/" + name; }

    std::string write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
        const std::string at = path(name);
        std::filesystem::create_directories(std::filesystem::path{at}.parent_path());
        std::ofstream{at, std::ios::binary | std::ios::trunc} << text;
        EXPECT_EQ(::chmod(at.c_str(), mode), 0);
        return at;
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file{path(name), std::ios::binary};
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    // Everything about what stands there but the times of access, as text; "" for nothing.
    [[nodiscard]] std::string dump(const std::string& name) const {
        auto tree = scan_tree(AT_FDCWD, path(name), TreeLimits{}, hash_content);
        EXPECT_TRUE(tree) << (tree ? "" : tree.error().message);
        if (!tree || !tree->has_value()) {
            return {};
        }
        for (TreeEntry& entry : (*tree)->entries) {
            if (entry.times) {
                entry.times->accessed = 0;
            }
        }
        return write_tree(**tree);
    }

    // The names in a directory, hidden ones too, in one line.
    [[nodiscard]] std::string names(const std::string& name) const {
        std::set<std::string> sorted;
        for (const auto& entry : std::filesystem::directory_iterator(path(name))) {
            sorted.insert(entry.path().filename().string());
        }
        std::string out;
        for (const std::string& one : sorted) {
            out += (out.empty() ? "" : " ") + one;
        }
        return out;
    }

private:
    std::string top_;
};

}  // namespace primum::remedy
