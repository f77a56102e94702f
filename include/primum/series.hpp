// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum {

// One label of a series, unescaped.
struct Label {
    std::string name;
    std::string value;
    bool operator==(const Label&) const = default;
};

// The identity of a series, parsed: `name{label="value",...}`. Labels are sorted by name.
struct SeriesName {
    std::string name;
    std::vector<Label> labels;
    bool operator==(const SeriesName&) const = default;
};

// Small number that stands for one series of one source while the rules and the source live.
using SeriesId = std::uint32_t;

// Decides which series a selector of the rules means. Asked once per new series, never per sample.
// Implementations are immutable and free of side effects.
class SeriesMatcher {
public:
    SeriesMatcher() = default;
    SeriesMatcher(const SeriesMatcher&) = delete;
    SeriesMatcher& operator=(const SeriesMatcher&) = delete;
    virtual ~SeriesMatcher() = default;

    [[nodiscard]] virtual bool matches(const SeriesName& series) const = 0;
};

}  // namespace primum
