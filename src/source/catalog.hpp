// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>

#include <array>
#include <string_view>

namespace primum::source {

// One kind of source, as `primumctl` prints it and the documentation explains it.
struct CatalogEntry {
    SourceKind kind = SourceKind::prometheus;
    std::string_view name;
    std::string_view summary;
    bool available = false;       // false: in the grammar, refused by the checker
    std::string_view parameters;  // its keys, comma separated, apart from `kind`
};

// Every SourceKind, in the order of the enumeration.
[[nodiscard]] const std::array<CatalogEntry, enum_names<SourceKind>.size()>& catalog();

[[nodiscard]] const CatalogEntry& catalog_entry(SourceKind kind);

}  // namespace primum::source
