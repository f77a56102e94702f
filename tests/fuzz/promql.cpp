// SPDX-License-Identifier: MIT
#include "promql.hpp"

#include "source/promql_reply.hpp"

#include <primum/check.hpp>

#include <cmath>
#include <string_view>

namespace primum::fuzz {

void take_promql(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t longest_reason = 1'000;
    constexpr std::size_t shortest_sample = 10;  // bytes
    constexpr std::size_t longest_labels = 16'384;
    static source::PromqlReader reader;
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    static_cast<void>(source::is_plain_selector(text));
    for (const long status : {200L, 422L}) {
        const auto reply = reader.read(text, status);
        if (!reply.has_value()) {
            PRIMUM_CHECK(reply.error().failure != SourceFailure::none);
            PRIMUM_CHECK(!reply.error().detail.empty());
            PRIMUM_CHECK(reply.error().detail.size() < longest_reason);
            continue;
        }
        PRIMUM_CHECK(status == 200);
        PRIMUM_CHECK(reply->samples.size() * shortest_sample <= bytes.size());
        for (const auto& sample : reply->samples) {
            PRIMUM_CHECK(sample.labels.size() < longest_labels);
            PRIMUM_CHECK(std::isfinite(sample.at));
        }
    }
}

}  // namespace primum::fuzz
