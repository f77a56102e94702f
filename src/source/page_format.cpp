// SPDX-License-Identifier: MIT
#include "source/page_format.hpp"

#include <algorithm>

namespace primum::source {
namespace {

// Media types are compared without regard to case (RFC 9110, 8.3.1).
bool is_type(std::string_view content_type, std::string_view type) {
    const auto given =
        content_type.substr(0, std::min(content_type.find(';'), content_type.size()));
    const auto last = given.find_last_not_of(" \t");
    const auto bare = given.substr(0, last == std::string_view::npos ? 0 : last + 1);
    return std::equal(bare.begin(), bare.end(), type.begin(), type.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

}  // namespace

std::string_view accept_header(PageFormat rule) {
    switch (rule) {
        case PageFormat::prometheus:
            return "text/plain;version=0.0.4;q=1,text/plain;q=0.5";
        case PageFormat::openmetrics:
            return "application/openmetrics-text;version=1.0.0";
        case PageFormat::automatic:
            break;
    }
    return "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.6,"
           "text/plain;q=0.3";
}

Result<PageFormat, std::string> format_of_answer(PageFormat rule, std::string_view content_type) {
    if (is_type(content_type, "application/vnd.google.protobuf")) {
        return fail(std::string{
            "the page is in the protobuf format, as native histograms are: only text is read"});
    }
    if (rule != PageFormat::automatic) {
        return rule;
    }
    return is_type(content_type, "application/openmetrics-text") ? PageFormat::openmetrics
                                                                 : PageFormat::prometheus;
}

Result<void, ExpositionError> ExpositionReader::read(PageFormat format,
                                                     std::string_view page,
                                                     Interner& interner,
                                                     std::vector<SampleValue>& values,
                                                     const ExpositionLimits& limits) {
    return format == PageFormat::openmetrics ? openmetrics_.read(page, interner, values, limits)
                                             : read_exposition(page, interner, values, limits);
}

}  // namespace primum::source
