// SPDX-License-Identifier: MIT
#include "source/openmetrics_families.hpp"

#include "source/page_number.hpp"
#include "source/text_hash.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

namespace primum::source {
namespace {

constexpr const char* clash = "the name is that of another metric family on this page";

struct Suffix {
    std::string_view text;
    SampleRole role;
};

// By the order of MetricFamilies::Type.
constexpr std::array<std::string_view, 8> type_names{
    "unknown", "gauge", "counter", "stateset", "info", "histogram", "gaugehistogram", "summary"};
constexpr std::array<Suffix, 1> of_value{{{"", SampleRole::value}}};
constexpr std::array<Suffix, 2> of_counter{
    {{"_total", SampleRole::total}, {"_created", SampleRole::created}}};
constexpr std::array<Suffix, 1> of_stateset{{{"", SampleRole::state}}};
constexpr std::array<Suffix, 1> of_info{{{"_info", SampleRole::info}}};
constexpr std::array<Suffix, 4> of_histogram{{{"_bucket", SampleRole::bucket},
                                              {"_count", SampleRole::count},
                                              {"_sum", SampleRole::sum},
                                              {"_created", SampleRole::created}}};
constexpr std::array<Suffix, 3> of_gaugehistogram{{{"_bucket", SampleRole::bucket},
                                                   {"_gcount", SampleRole::gcount},
                                                   {"_gsum", SampleRole::gsum}}};
constexpr std::array<Suffix, 4> of_summary{{{"", SampleRole::quantile},
                                            {"_count", SampleRole::count},
                                            {"_sum", SampleRole::sum},
                                            {"_created", SampleRole::created}}};
constexpr std::array<std::span<const Suffix>, 8> suffixes{of_value,
                                                          of_value,
                                                          of_counter,
                                                          of_stateset,
                                                          of_info,
                                                          of_histogram,
                                                          of_gaugehistogram,
                                                          of_summary};

std::string_view text_between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

// The same for the same labels in any order.
std::uint64_t hash_of(const std::vector<RawLabel>& labels, std::string_view without) {
    std::uint64_t hash = 1;
    for (const auto& label : labels) {
        if (label.name != without) {
            hash += hash_text(label.value, hash_text(label.name, hash_seed()));
        }
    }
    return hash;
}

}  // namespace

LineStop MetricFamilies::take_metadata(const char* begin, const char* end) {
    constexpr std::size_t word_size = 4;  // HELP, TYPE and UNIT alike
    const auto* word = begin + 2;
    if (end - begin < 2 || begin[1] != ' ' || end - word < 5 || word[word_size] != ' ') {
        return {begin, "a line with '#' is # HELP, # TYPE, # UNIT or # EOF"};
    }
    const auto what = text_between(word, word + word_size);
    const bool help = what == "HELP";
    if (!help && what != "TYPE" && what != "UNIT") {
        return {word, "a line with '#' is # HELP, # TYPE, # UNIT or # EOF"};
    }
    const auto* name = word + word_size + 1;
    const auto* name_end = skip_name(name, end);
    if (name_end == name || name_end == end || *name_end != ' ') {
        return {name_end, "a metric name and a blank stand here"};
    }
    const auto named = text_between(name, name_end);
    if (!open_ || family_.name != named) {
        if (const auto* reason = close_family()) {
            return {name, reason};
        }
        if (const auto* reason = open(named)) {
            return {name, reason};
        }
    } else if (family_.has_samples) {
        return {name, "metadata stand before the samples of their family"};
    }
    bool& has = help ? family_.has_help : what == "TYPE" ? family_.has_type : family_.has_unit;
    if (has) {
        return {word, "this metric family has such a line already"};
    }
    has = true;
    const auto* at = name_end + 1;
    if (help) {
        const auto* bad = find_bad_text(at, end);
        return {bad, bad != end ? "not UTF-8 text" : nullptr};
    }
    return what == "TYPE" ? take_type(at, end) : take_unit(at, end);
}

LineStop MetricFamilies::take_type(const char* at, const char* end) {
    const auto* found = std::find(type_names.begin(), type_names.end(), text_between(at, end));
    if (found == type_names.end()) {
        return {at,
                "the type is none of unknown, gauge, counter, stateset, info, histogram, "
                "gaugehistogram, summary"};
    }
    family_.type = static_cast<Type>(found - type_names.begin());
    return {end, nullptr};
}

LineStop MetricFamilies::take_unit(const char* at, const char* end) {
    family_.unit = text_between(at, end);
    if (family_.unit.empty()) {
        return {end, nullptr};
    }
    const auto& name = family_.name;
    const bool ends_so = name.size() > family_.unit.size() && name.ends_with(family_.unit) &&
                         name[name.size() - family_.unit.size() - 1] == '_';
    return {at, ends_so ? nullptr : "the name of a metric family ends in '_' and its unit"};
}

const char* MetricFamilies::open(std::string_view name) {
    family_ = Family{};
    family_.name = name;
    open_ = true;
    return names_.contains(std::string{name}) ? clash : nullptr;
}

// The second of two equal marks; these are sorted and then dropped.
const char* MetricFamilies::note(Marks& marks) {
    std::sort(marks.begin(), marks.end());
    const auto same =
        std::adjacent_find(marks.begin(), marks.end(), [](const auto& a, const auto& b) {
            return a.first == b.first;
        });
    const char* reason = nullptr;
    if (same != marks.end()) {
        line_of_stop_ = (same + 1)->second;
        reason = "";
    }
    marks.clear();
    return reason;
}

const char* MetricFamilies::close_family() {
    if (!std::exchange(open_, false)) {
        return nullptr;
    }
    if (note(groups_) != nullptr) {
        return "the samples of a metric stand together";
    }
    if (note(series_) != nullptr) {
        return "the series is on this page twice";
    }
    if (!family_.unit.empty() && (family_.type == Type::info || family_.type == Type::stateset)) {
        return "neither an info nor a stateset has a unit";
    }
    const std::string name{family_.name};
    if (!names_.insert(name).second) {
        return clash;
    }
    for (const auto& suffix : suffixes[static_cast<std::size_t>(family_.type)]) {
        if (!suffix.text.empty() && !names_.insert(name + std::string{suffix.text}).second) {
            return clash;
        }
    }
    return nullptr;
}

const char* MetricFamilies::close(std::size_t& line) {
    line_of_stop_ = 0;
    const auto* reason = close_family();
    line = line_of_stop_;
    return reason;
}

bool MetricFamilies::role_of(std::string_view name, SampleRole& role) const {
    if (!open_ || !name.starts_with(family_.name)) {
        return false;
    }
    const auto suffix = name.substr(family_.name.size());
    for (const auto& known : suffixes[static_cast<std::size_t>(family_.type)]) {
        if (known.text == suffix) {
            role = known.role;
            return true;
        }
    }
    return false;
}

// le, quantile or the state, where the role wants one.
const char* MetricFamilies::read_role_label(const std::vector<RawLabel>& labels,
                                            RuledSample& sample) const {
    const auto find = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = std::find_if(labels.begin(), labels.end(), [&](const RawLabel& label) {
            return label.name == name;
        });
        return found != labels.end() ? std::optional{found->value} : std::nullopt;
    };
    if (sample.role == SampleRole::bucket) {
        const auto le = find("le");
        const auto bound = le ? number_of(*le) : std::nullopt;
        if (!bound || std::isnan(*bound)) {
            return "a bucket has a label le that is a number";
        }
        if (std::isinf(*bound) && *bound > 0 && *le != "+Inf") {
            return "the bucket of all has le=\"+Inf\", written like that";
        }
        sample.bound = *bound;
    }
    if (sample.role == SampleRole::quantile) {
        const auto quantile = find("quantile");
        const auto share = quantile ? number_of(*quantile) : std::nullopt;
        if (!share || !(*share >= 0 && *share <= 1)) {
            return "a summary has a label quantile between 0 and 1";
        }
    }
    if (sample.role == SampleRole::state && !find(family_.name)) {
        return "a stateset has a label that is named like it";
    }
    return nullptr;
}

LineStop MetricFamilies::take_sample(std::string_view name,
                                     const std::vector<RawLabel>& labels,
                                     std::size_t line,
                                     RuledSample& sample) {
    line_of_stop_ = 0;
    if (!role_of(name, sample.role)) {
        const auto* reason = close_family();
        if (reason == nullptr) {
            reason = open(name);
        }
        if (reason != nullptr) {
            return {name.data(), reason};
        }
        sample.role = SampleRole::value;
    }
    sample.histogram = family_.type == Type::histogram || family_.type == Type::gaugehistogram;
    if (const auto* reason = read_role_label(labels, sample)) {
        return {name.data(), reason};
    }
    std::string_view apart;  // the label that tells the samples of one metric apart
    switch (sample.role) {
        case SampleRole::bucket:
            apart = "le";
            break;
        case SampleRole::quantile:
            apart = "quantile";
            break;
        case SampleRole::state:
            apart = family_.name;
            break;
        default:
            break;
    }
    // All series of an info are one metric: nothing tells which of its labels are the metric's own.
    const auto group = sample.role == SampleRole::info ? 1 : hash_of(labels, apart);
    sample.starts_group = !family_.has_samples || group != family_.group;
    family_.has_samples = true;
    family_.group = group;
    if (sample.starts_group) {
        groups_.emplace_back(group, line);
    }
    if ((sample.role == SampleRole::info || sample.role == SampleRole::quantile ||
         sample.role == SampleRole::state) &&
        !sample.stamped) {
        series_.emplace_back(hash_of(labels, {}), line);
    }
    return {name.data(), nullptr};
}

}  // namespace primum::source
