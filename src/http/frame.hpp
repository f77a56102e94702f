// SPDX-License-Identifier: MIT
#pragma once

#include "http/html.hpp"
#include "http/server.hpp"
#include "http/status_view.hpp"

#include <string>
#include <string_view>

namespace primum::http {

// What every page has around it.
struct Frame {
    std::string title;         // of the page, without the host's name
    std::string_view section;  // of the navigation: "status", "incidents"
    std::string change;        // what the page shows is as of this change
    unsigned status = 200;
    bool with_charts = false;  // dygraphs is there, and the page may come to have charts
};

// A whole page: head, navigation, `main`, foot. Never cached.
[[nodiscard]] Reply page(const Frame& frame,
                         const DaemonFacts& facts,
                         const Stamp& now,
                         const std::string& main);

// One that says only that something is not there or does not answer.
[[nodiscard]] Reply error_page(Frame frame,
                               const DaemonFacts& facts,
                               const Stamp& now,
                               std::string_view text);

}  // namespace primum::http
