// SPDX-License-Identifier: MIT
#pragma once

#include "source/interner.hpp"

#include <primum/series.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace primum::source {

// Wants every series whose name begins with a prefix, and counts how often it was asked.
class PrefixMatcher final : public SeriesMatcher {
public:
    explicit PrefixMatcher(std::string prefix) : prefix_(std::move(prefix)) {}
    [[nodiscard]] bool matches(const SeriesName& series) const override {
        ++asked_;
        return series.name.starts_with(prefix_);
    }
    [[nodiscard]] int asked() const { return asked_; }

private:
    std::string prefix_;
    mutable int asked_ = 0;
};

inline std::shared_ptr<const PrefixMatcher> wants_prefix(std::string prefix) {
    return std::make_shared<const PrefixMatcher>(std::move(prefix));
}

}  // namespace primum::source
