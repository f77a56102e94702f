// SPDX-License-Identifier: MIT
#include "support/temp_dir.hpp"

#include <fstream>
#include <stdexcept>

#include <stdlib.h>  // mkdtemp

namespace primum::support {

namespace {

// In memory where the host has that: a simulated ledger need not wait for a disk.
std::filesystem::path parent() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ignored;
    return std::filesystem::is_directory(memory, ignored) ? memory
                                                          : std::filesystem::temp_directory_path();
}

}  // namespace

TempDir::TempDir() {
    std::string name = (parent() / "primum_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make the directory " + name);
    }
    path_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::write(std::string_view name, std::string_view text) const {
    const auto path = path_ / name;
    std::ofstream file{path};
    file << text;
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + path.string());
    }
    return path;
}

}  // namespace primum::support
