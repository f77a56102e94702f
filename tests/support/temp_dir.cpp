// SPDX-License-Identifier: MIT
#include "support/temp_dir.hpp"

#include <fstream>
#include <stdexcept>

#include <stdlib.h>  // mkdtemp

namespace primum::support {

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "primum_XXXXXX").string();
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
