// SPDX-License-Identifier: MIT
#pragma once

#include "http/server.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace primum::http {

// A file that pages refer to.
struct Asset {
    std::string_view name;  // "page.css"
    std::string_view type;
    std::string_view body;
    std::string_view etag;  // in quotes
};

// Those of src/http/page/, as they were at build time.
[[nodiscard]] std::span<const Asset> own_assets();

// dygraphs, as its package installed it.
struct ChartLibrary {
    std::string script;
    std::string style;
    std::string script_etag;
    std::string style_etag;
};

// Reads dygraph.min.js and dygraph.min.css of `directory`; nothing where they are not there or are
// not to be read. Blocks: for the start only.
[[nodiscard]] std::optional<ChartLibrary> load_charts(const std::string& directory);

// The file; 304 where the client has this very one. It may be kept for ever, and is asked for again
// each time.
[[nodiscard]] Reply asset_reply(const Asset& asset, std::string_view if_none_match);

}  // namespace primum::http
