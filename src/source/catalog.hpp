// SPDX-License-Identifier: MIT
#pragma once

#include "source/source.hpp"
#include "source/tools.hpp"

#include <primum/source.hpp>

#include <array>
#include <memory>
#include <string_view>

namespace primum::source {

using MakeSource = std::unique_ptr<Source> (*)(const Tools& tools,
                                               const SourceRule& rule,
                                               SeriesId first_id);

// One kind of source: what it is, and how one of it is made.
struct CatalogEntry {
    SourceKind kind = SourceKind::prometheus;
    std::string_view summary;
    MakeSource make = nullptr;  // nullptr: in the grammar, refused by the checker

    [[nodiscard]] bool available() const { return make != nullptr; }
};

// Every SourceKind, in the order of the enumeration.
[[nodiscard]] const std::array<CatalogEntry, enum_names<SourceKind>.size()>& catalog();

[[nodiscard]] const CatalogEntry& catalog_entry(SourceKind kind);

}  // namespace primum::source
