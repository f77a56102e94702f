// SPDX-License-Identifier: MIT
#include "event/describe_event.hpp"
#include "event/event_json.hpp"
#include "event/field_writer.hpp"

#include <primum/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include <simdjson.h>

namespace primum::event {
namespace {

namespace dom = simdjson::dom;

// Ids of series that are named instead of numbered begin here, far from those that sources give.
constexpr SeriesId first_interned_id = 0x8000'0000U;

std::string_view reason_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::DEPTH_ERROR:
            return "too_deep";
        case simdjson::CAPACITY:
            return "too_long";
        case simdjson::INCORRECT_TYPE:
            return "wrong_type";
        case simdjson::NUMBER_OUT_OF_RANGE:
            return "out_of_range";
        default:
            return "bad_json";
    }
}

// The first error of a line; later ones are not heard.
class Blame {
public:
    void set(std::string_view reason, std::string field) {
        if (!error_) {
            error_ = LineError{std::string{reason}, std::move(field), 0};
        }
    }
    [[nodiscard]] bool any() const { return error_.has_value(); }
    [[nodiscard]] LineError take() { return std::move(*error_); }

private:
    std::optional<LineError> error_;
};

// The visitor of describe() that reads; the counterpart of FieldWriter.
class FieldReader {
public:
    FieldReader(dom::object object, std::string path, const ReadLimits& limits, Blame& blame)
        : object_(object), path_(std::move(path)), limits_(limits), blame_(blame) {}

    template <class T>
    void field(std::string_view name, T& value) {
        take(name, value, true);
    }

    template <class T>
    void maybe(std::string_view name, T& value, const T& /*fallback*/ = T{}) {
        take(name, value, false);
    }

    // A member that describe() does not know of; nullopt where it is not there.
    std::optional<dom::element> extra(std::string_view name) {
        seen_.push_back(std::string{name});
        dom::element element;
        if (object_.at_key(name).get(element) != simdjson::SUCCESS) {
            return std::nullopt;
        }
        ++found_;
        return element;
    }

    // Every member must have been asked for, once.
    void finish() {
        if (blame_.any() || object_.size() == found_) {
            return;
        }
        for (const dom::key_value_pair member : object_) {
            if (std::find(seen_.begin(), seen_.end(), member.key) == seen_.end()) {
                blame_.set("unknown_field", join(member.key));
                return;
            }
        }
        blame_.set("duplicate_field", path_);
    }

    template <class T>
    void read(dom::element element, T& value, const std::string& path) {
        if (blame_.any()) {
            return;
        }
        if constexpr (NamedEnum<T>) {
            read_enum(element, value, path);
        } else if constexpr (std::same_as<T, bool> || std::same_as<T, double>) {
            read_simple(element, value, path);
        } else if constexpr (std::unsigned_integral<T>) {
            read_unsigned(element, value, path);
        } else if constexpr (std::same_as<T, std::string>) {
            std::string_view text;
            if (good(element.get(text), path)) {
                value.assign(text);
            }
        } else if constexpr (std::same_as<T, Duration>) {
            std::int64_t count = 0;
            read_simple(element, count, path);
            value = Duration{count};
        } else if constexpr (std::same_as<T, Instant> || std::same_as<T, WallTime>) {
            std::int64_t count = 0;
            read_simple(element, count, path);
            value = T{Duration{count}};
        } else if constexpr (std::same_as<T, SampleValue>) {
            read_sample_value(element, value, path);
        } else {
            read_object(element, value, path);
        }
    }

    void read_number(dom::element element, double& value, const std::string& path) {
        std::string_view text;
        if (element.get(text) != simdjson::SUCCESS) {
            read_simple(element, value, path);
        } else if (text == "NaN") {
            value = std::numeric_limits<double>::quiet_NaN();
        } else if (text == "+Inf") {
            value = std::numeric_limits<double>::infinity();
        } else if (text == "-Inf") {
            value = -std::numeric_limits<double>::infinity();
        } else {
            blame_.set("wrong_type", path);
        }
    }

    [[nodiscard]] std::string join(std::string_view name) const {
        return path_.empty() ? std::string{name} : fmt::format("{}.{}", path_, name);
    }

private:
    template <class T>
    void take(std::string_view name, T& value, bool must) {
        if (blame_.any()) {
            return;
        }
        constexpr bool in_us =
            std::same_as<T, Duration> || std::same_as<T, WallTime> || std::same_as<T, Instant>;
        const std::string full = in_us ? fmt::format("{}_us", name) : std::string{name};
        const std::optional<dom::element> element = extra(full);
        if (!element) {
            if (must) {
                blame_.set("missing_field", join(full));
            }
            return;
        }
        if constexpr (std::same_as<T, double>) {
            read_number(*element, value, join(full));
        } else {
            read_any(*element, value, join(full));
        }
    }

    template <class T>
    void read_any(dom::element element, T& value, const std::string& path) {
        read(element, value, path);
    }
    template <class T>
    void read_any(dom::element element, std::vector<T>& items, const std::string& path) {
        dom::array array;
        if (!good(element.get(array), path)) {
            return;
        }
        if (array.size() > limits_.elements) {
            blame_.set("too_many", path);
            return;
        }
        items.reserve(array.size());
        for (const dom::element item : array) {
            if (blame_.any()) {
                return;
            }
            items.emplace_back();
            read(item, items.back(), path);
        }
    }
    template <class T, std::size_t n>
    void read_any(dom::element element, std::array<T, n>& items, const std::string& path) {
        dom::array array;
        if (!good(element.get(array), path)) {
            return;
        }
        if (array.size() != n) {
            blame_.set("wrong_type", path);
            return;
        }
        for (std::size_t i = 0; i < n; ++i) {
            read(array.at(i).value_unsafe(), items[i], path);
        }
    }

    bool good(simdjson::error_code code, const std::string& path) {
        if (code != simdjson::SUCCESS) {
            blame_.set(reason_of(code), path);
        }
        return code == simdjson::SUCCESS;
    }

    template <class T>
    void read_simple(dom::element element, T& value, const std::string& path) {
        static_cast<void>(good(element.get(value), path));
    }

    template <class T>
    void read_unsigned(dom::element element, T& value, const std::string& path) {
        std::uint64_t number = 0;
        if (!good(element.get(number), path)) {
            return;
        }
        if (number > std::numeric_limits<T>::max()) {
            blame_.set("out_of_range", path);
            return;
        }
        value = static_cast<T>(number);
    }

    template <class E>
    void read_enum(dom::element element, E& value, const std::string& path) {
        std::string_view text;
        if (!good(element.get(text), path)) {
            return;
        }
        const std::optional<E> named = from_name<E>(text);
        if (!named) {
            blame_.set("out_of_range", path);
            return;
        }
        value = *named;
    }

    void read_sample_value(dom::element element, SampleValue& value, const std::string& path) {
        dom::array pair;
        if (!good(element.get(pair), path)) {
            return;
        }
        if (pair.size() != 2) {
            blame_.set("wrong_type", path);
            return;
        }
        read(pair.at(0).value_unsafe(), value.id, path);
        read_number(pair.at(1).value_unsafe(), value.value, path);
    }

    template <class T>
    void read_object(dom::element element, T& value, const std::string& path) {
        dom::object object;
        if (!good(element.get(object), path)) {
            return;
        }
        FieldReader fields{object, path, limits_, blame_};
        describe(fields, value);
        fields.finish();
    }

    dom::object object_;
    std::string path_;
    const ReadLimits& limits_;
    Blame& blame_;
    std::vector<std::string> seen_;
    std::size_t found_ = 0;
};

template <std::size_t i = 0>
bool emplace_body(EventBody& body, std::string_view type) {
    if constexpr (i == std::variant_size_v<EventBody>) {
        return false;
    } else {
        if (event_types[i] == type) {
            body.emplace<i>();
            return true;
        }
        return emplace_body<i + 1>(body, type);
    }
}

// Who pushes gives evidence, and nothing else.
bool may_be_pushed(const EventBody& body) {
    return std::holds_alternative<SeriesEvent>(body) || std::holds_alternative<SampleEvent>(body) ||
           std::holds_alternative<SamplesEvent>(body) || std::holds_alternative<SourceEvent>(body);
}

}  // namespace

class EventReader::Impl {
public:
    explicit Impl(ReadLimits limits)
        : limits_(limits),
          parser_(limits.line_bytes),
          allocated_(parser_.allocate(0, limits.depth)) {}

    // `at` null: the line carries its times. `intern`: a sample may name its series.
    Result<std::vector<Event>, LineError> read(std::string_view line,
                                               const Stamp* at,
                                               bool intern) {
        if (line.size() > limits_.line_bytes) {
            return fail(LineError{"too_long", "", 0});
        }
        Blame blame;
        std::vector<Event> events;
        try {
            dom::element root;
            const simdjson::error_code code =
                allocated_ != simdjson::SUCCESS ? allocated_
                                                : parser_.parse(line.data(), line.size()).get(root);
            dom::object object;
            if (code != simdjson::SUCCESS) {
                blame.set(code == simdjson::NUMBER_ERROR ? "bad_json" : reason_of(code), "");
            } else if (root.get(object) != simdjson::SUCCESS) {
                blame.set("bad_json", "");
            } else {
                read_line(object, at, intern, blame, events);
            }
        } catch (const simdjson::simdjson_error& error) {
            blame.set(reason_of(error.error()), "");
        }
        if (blame.any()) {
            return fail(blame.take());
        }
        return events;
    }

private:
    struct Interned {
        SeriesId id = 0;
        std::uint64_t told = 0;  // the rules' generation in which its `series` event was given
    };

    void read_line(dom::object object,
                   const Stamp* at,
                   bool intern,
                   Blame& blame,
                   std::vector<Event>& events) {
        FieldReader fields{object, "", limits_, blame};
        std::uint32_t version = 0;
        fields.field("v", version);
        if (!blame.any() && version != 1) {
            blame.set("bad_version", "v");
        }
        Event event;
        if (at == nullptr) {
            fields.field("t", event.at.t);
            fields.field("wall", event.at.wall);
        } else {
            event.at = *at;
        }
        std::string type;
        fields.field("type", type);
        if (!blame.any() &&
            !(emplace_body(event.body, type) && (at == nullptr || may_be_pushed(event.body)))) {
            blame.set("bad_type", "type");
        }
        if (blame.any()) {
            return;
        }
        if (intern && std::holds_alternative<SampleEvent>(event.body)) {
            read_sample(fields, event, blame, events);
        } else {
            std::visit([&fields](auto& body) { describe(fields, body); }, event.body);
        }
        fields.finish();
        if (auto* series = std::get_if<SeriesEvent>(&event.body); series && !blame.any()) {
            learn(*series, blame);
        }
        if (std::holds_alternative<RulesEvent>(event.body) ||
            std::holds_alternative<RestoreEvent>(event.body)) {
            ++generation_;
        }
        events.push_back(std::move(event));
    }

    void read_sample(FieldReader& fields, Event& event, Blame& blame, std::vector<Event>& events) {
        auto& sample = std::get<SampleEvent>(event.body);
        fields.field("source", sample.source);
        fields.field("value", sample.value);
        const std::optional<dom::element> series = fields.extra("series");
        if (blame.any()) {
            return;
        }
        std::string_view name;
        if (!series) {
            blame.set("missing_field", "series");
        } else if (series->get(name) != simdjson::SUCCESS) {
            fields.read(*series, sample.id, "series");
        } else {
            sample.id = intern_name(sample.source, name, event.at, blame, events);
        }
    }

    SeriesId intern_name(const std::string& source,
                         std::string_view name,
                         Stamp at,
                         Blame& blame,
                         std::vector<Event>& events) {
        std::optional<SeriesName> parsed = parse_series_name(name);
        if (!parsed) {
            blame.set("bad_series_name", "series");
            return 0;
        }
        std::string key = key_of(source, name);
        auto found = names_.find(key);
        if (found == names_.end()) {
            if (names_.size() >= limits_.names) {
                blame.set("too_many", "series");
                return 0;
            }
            found = names_.emplace(std::move(key), Interned{next_id_++, 0}).first;
        }
        if (found->second.told != generation_) {
            found->second.told = generation_;
            SeriesEvent series{source, found->second.id, std::string{name}, std::move(*parsed)};
            events.push_back(Event{at, std::move(series)});
        }
        return found->second.id;
    }

    void learn(SeriesEvent& series, Blame& blame) {
        std::optional<SeriesName> parsed = parse_series_name(series.name);
        if (!parsed) {
            blame.set("bad_series_name", "name");
            return;
        }
        series.parsed = std::move(*parsed);
        std::string key = key_of(series.source, series.name);
        const auto found = names_.find(key);
        if (found != names_.end()) {
            found->second = Interned{series.id, generation_};
        } else if (names_.size() < limits_.names) {
            names_.emplace(std::move(key), Interned{series.id, generation_});
        }
    }

    static std::string key_of(std::string_view source, std::string_view name) {
        std::string key{source};
        key += '\n';
        key += name;
        return key;
    }

    ReadLimits limits_;
    dom::parser parser_;
    simdjson::error_code allocated_;  // sets the depth
    std::unordered_map<std::string, Interned> names_;
    SeriesId next_id_ = first_interned_id;
    std::uint64_t generation_ = 1;
};

EventReader::EventReader(ReadLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

Result<std::vector<Event>, LineError> EventReader::read(std::string_view line) {
    return impl_->read(line, nullptr, true);
}

Result<std::vector<Event>, LineError> EventReader::read_pushed(std::string_view line, Stamp at) {
    return impl_->read(line, &at, true);
}

Result<Event, LineError> read_event(std::string_view line, const ReadLimits& limits) {
    EventReader::Impl reader{limits};
    Result<std::vector<Event>, LineError> events = reader.read(line, nullptr, false);
    if (!events) {
        return fail(std::move(events.error()));
    }
    return std::move(events->front());
}

}  // namespace primum::event
