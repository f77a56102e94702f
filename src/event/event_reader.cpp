// SPDX-License-Identifier: MIT
#include "event/field_reader.hpp"
#include "event/samples_line.hpp"

#include <unordered_map>
#include <utility>

namespace primum::event {
namespace {

namespace dom = simdjson::dom;

// Ids of series that are named instead of numbered begin here, far from those that sources give.
constexpr SeriesId first_interned_id = 0x8000'0000U;

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

}  // namespace

class EventReader::Impl {
public:
    explicit Impl(ReadLimits limits)
        : limits_(limits),
          parser_(limits.line_bytes),
          allocated_(parser_.allocate(0, limits.depth)) {}

    // One recorded line into `event`, whose storage is used again.
    Result<void, LineError> read_recorded(std::string_view line, Event& event) {
        if (read_samples_line(line, limits_, event)) {
            return {};
        }
        auto events = read(line, false);
        if (!events) {
            return fail(std::move(events.error()));
        }
        event = std::move(events->front());
        return {};
    }

    // `intern`: a sample may name its series.
    Result<std::vector<Event>, LineError> read(std::string_view line, bool intern) {
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
                read_line(object, intern, blame, events);
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

    void read_line(dom::object object, bool intern, Blame& blame, std::vector<Event>& events) {
        FieldReader fields{object, "", limits_, blame};
        std::uint32_t version = 0;
        fields.field("v", version);
        if (!blame.any() && version != 1) {
            blame.set("bad_version", "v");
        }
        Event event;
        fields.field("t", event.at.t);
        fields.field("wall", event.at.wall);
        std::string type;
        fields.field("type", type);
        if (!blame.any() && !emplace_body(event.body, type)) {
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
            learn(*series, intern, blame);
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

    void learn(SeriesEvent& series, bool intern, Blame& blame) {
        std::optional<SeriesName> parsed = parse_series_name(series.name);
        if (!parsed) {
            blame.set("bad_series_name", "name");
            return;
        }
        series.parsed = std::move(*parsed);
        if (!intern) {
            return;
        }
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
    return impl_->read(line, true);
}

Result<void, LineError> EventReader::read_recorded(std::string_view line, Event& event) {
    return impl_->read_recorded(line, event);
}

Result<Event, LineError> read_event(std::string_view line, const ReadLimits& limits) {
    EventReader::Impl reader{limits};
    Result<std::vector<Event>, LineError> events = reader.read(line, false);
    if (!events) {
        return fail(std::move(events.error()));
    }
    return std::move(events->front());
}

}  // namespace primum::event
