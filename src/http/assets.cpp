// SPDX-License-Identifier: MIT
#include "http/assets.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>
#include <utility>

namespace primum::http {
namespace {

constexpr std::uintmax_t largest = 2U << 20U;

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size == 0 || size > largest) {
        return std::nullopt;
    }
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    return file.good() && text.size() == size ? std::optional{std::move(text)} : std::nullopt;
}

// Tells one version of a file from another.
std::string etag_of(const std::string& text) {
    return fmt::format("\"{:x}-{:016x}\"", text.size(), std::hash<std::string>{}(text));
}

}  // namespace

std::optional<ChartLibrary> load_charts(const std::string& directory) {
    const std::filesystem::path folder{directory};
    auto script = read_file(folder / "dygraph.min.js");
    auto style = read_file(folder / "dygraph.min.css");
    if (!script || !style) {
        return std::nullopt;
    }
    const auto script_etag = etag_of(*script);
    const auto style_etag = etag_of(*style);
    return ChartLibrary{std::move(*script), std::move(*style), script_etag, style_etag};
}

Reply asset_reply(const Asset& asset, std::string_view if_none_match) {
    Reply reply{200,
                std::string{asset.type},
                {},
                {{"ETag", std::string{asset.etag}}, {"Cache-Control", "no-cache"}}};
    if (if_none_match.find(asset.etag) != std::string_view::npos || if_none_match == "*") {
        reply.status = 304;
    } else {
        reply.body = asset.body;
    }
    return reply;
}

}  // namespace primum::http
