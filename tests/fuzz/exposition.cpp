// SPDX-License-Identifier: MIT
#include "exposition.hpp"

#include "source/page_format.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::fuzz {
namespace {

using source::ExpositionError;
using source::ExpositionReader;
using source::Interner;

constexpr std::uint32_t max_series = 100'000;  // more than a page here can have

class WantsSome final : public SeriesMatcher {
public:
    [[nodiscard]] bool matches(const SeriesName& series) const override {
        return series.name != "unwanted";
    }
};

// What came of a page: its values by series, or the error.
struct Outcome {
    bool read = false;
    ExpositionError error;
    std::vector<std::pair<std::string, double>> values;

    bool operator==(const Outcome& other) const {
        const auto same = [](const auto& a, const auto& b) {
            return a.first == b.first && std::memcmp(&a.second, &b.second, sizeof a.second) == 0;
        };
        return read == other.read && error == other.error &&
               std::equal(
                   values.begin(), values.end(), other.values.begin(), other.values.end(), same);
    }
};

class Endpoint {
public:
    explicit Endpoint(PageFormat format) : format_(format) {
        interner_.want({std::make_shared<WantsSome>()});
    }

    Outcome read(std::string_view page) {
        std::vector<SampleValue> values;
        auto read = reader_.read(format_, page, interner_, values, {});
        for (auto& news : interner_.take_news()) {
            PRIMUM_CHECK(news.id == names_.size());
            names_.push_back(spelt(news.parsed));
        }
        Outcome outcome{read.has_value(), {}, {}};
        if (!read) {
            outcome.error = read.error();
        }
        for (const auto& value : values) {
            outcome.values.emplace_back(names_.at(value.id), value.value);
        }
        return outcome;
    }

private:
    static std::string spelt(const SeriesName& series) {
        std::string text = series.name;
        for (const auto& label : series.labels) {
            text += '\0' + label.name + '\0' + label.value;
        }
        return text;
    }

    PageFormat format_;
    Interner interner_{"fuzz", max_series};
    ExpositionReader reader_;
    std::vector<std::string> names_;
};

void check(const Outcome& outcome, std::string_view page) {
    PRIMUM_CHECK(outcome.read || outcome.values.empty());
    if (outcome.read) {
        return;
    }
    const auto lines = static_cast<std::size_t>(std::count(page.begin(), page.end(), '\n'));
    PRIMUM_CHECK(outcome.error.line >= 1 && outcome.error.line <= lines + 1);
    PRIMUM_CHECK(outcome.error.column >= 1 && outcome.error.column <= page.size() + 1);
    PRIMUM_CHECK(!outcome.error.reason.empty());
}

}  // namespace

void take_pages(std::span<const std::uint8_t> bytes) {
    const std::string_view all{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    for (const auto format : {PageFormat::prometheus, PageFormat::openmetrics}) {
        Endpoint known{format};
        auto rest = all;
        for (bool more = true; more;) {
            const auto cut = rest.find('\0');
            const auto page = rest.substr(0, cut);
            more = cut != std::string_view::npos;
            rest.remove_prefix(more ? cut + 1 : rest.size());
            const auto outcome = known.read(page);
            check(outcome, page);
            PRIMUM_CHECK(outcome == Endpoint{format}.read(page));
            PRIMUM_CHECK(outcome == known.read(page));
        }
    }
}

}  // namespace primum::fuzz
