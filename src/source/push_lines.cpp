// SPDX-License-Identifier: MIT
#include "source/push_lines.hpp"

#include "event/field_reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace primum::source {
namespace {

namespace dom = simdjson::dom;
using event::Blame;
using event::FieldReader;

PushError error_of(const event::LineError& error) {
    const auto code = from_name<PushRefusal>(error.reason).value_or(PushRefusal::bad_json);
    return {code, error.field.empty() ? std::string{} : fmt::format("field {}", error.field)};
}

std::optional<PushedLine::Type> type_named(std::string_view name) {
    using Type = PushedLine::Type;
    constexpr std::array<std::pair<std::string_view, Type>, 3> types{
        {{"series", Type::series}, {"sample", Type::sample}, {"samples", Type::samples}}};
    for (const auto& [text, type] : types) {
        if (text == name) {
            return type;
        }
    }
    return std::nullopt;
}

}  // namespace

class PushReader::Impl {
public:
    explicit Impl(PushLimits limits)
        : limits_(limits),
          bounds_{limits.line_bytes, limits.depth, limits.values, 0},
          parser_(limits.line_bytes),
          allocated_(parser_.allocate(0, limits.depth)) {}

    Result<PushedLine, PushError> read(std::string_view line) {
        if (line.size() > limits_.line_bytes) {
            return fail(PushError{PushRefusal::too_long, {}});
        }
        Blame blame;
        PushedLine pushed;
        try {
            dom::element root;
            dom::object object;
            const auto code = allocated_ != simdjson::SUCCESS
                                  ? allocated_
                                  : parser_.parse(line.data(), line.size()).get(root);
            if (code != simdjson::SUCCESS) {
                blame.set(code == simdjson::NUMBER_ERROR ? "bad_json" : event::reason_of(code), "");
            } else if (root.get(object) != simdjson::SUCCESS) {
                blame.set("bad_json", "");
            } else {
                read_object(object, pushed, blame);
            }
        } catch (const simdjson::simdjson_error& error) {
            blame.set(event::reason_of(error.error()), "");
        }
        if (blame.any()) {
            return fail(error_of(blame.take()));
        }
        return pushed;
    }

private:
    void read_object(dom::object object, PushedLine& pushed, Blame& blame) const {
        FieldReader fields{object, "", bounds_, blame};
        std::uint32_t version = 0;
        std::string type;
        fields.field("v", version);
        if (!blame.any() && version != 1) {
            blame.set("bad_version", "v");
        }
        for (const std::string_view time : {"t_us", "wall_us"}) {
            if (!blame.any() && object.at_key(time).error() == simdjson::SUCCESS) {
                blame.set("carries_time", std::string{time});
            }
        }
        fields.field("type", type);
        const auto known = type_named(type);
        if (!blame.any() && !known) {
            blame.set("bad_type", "type");
        }
        fields.field("source", pushed.source);
        if (blame.any()) {
            return;
        }
        pushed.type = *known;
        switch (pushed.type) {
            case PushedLine::Type::series:
                fields.field("series", pushed.number);
                fields.field("name", pushed.name);
                break;
            case PushedLine::Type::sample:
                read_sample(fields, pushed, blame);
                break;
            case PushedLine::Type::samples:
                read_samples(fields, pushed, blame);
                break;
        }
        fields.finish();
    }

    static void read_series(FieldReader& fields, dom::element element, PushedValue& value) {
        std::string_view name;
        if (element.get(name) != simdjson::SUCCESS) {
            fields.read(element, value.number, "series");
        } else {
            value.name.assign(name);
        }
    }

    static void read_sample(FieldReader& fields, PushedLine& pushed, Blame& blame) {
        auto& value = pushed.values.emplace_back();
        fields.field("value", value.value);
        const auto series = fields.extra("series");
        if (!series) {
            blame.set("missing_field", "series");
            return;
        }
        read_series(fields, *series, value);
        if (value.name.empty() && series->is_string()) {
            blame.set("bad_series_name", "series");
        }
    }

    void read_samples(FieldReader& fields, PushedLine& pushed, Blame& blame) const {
        const auto values = fields.extra("values");
        dom::array array;
        if (!values) {
            blame.set("missing_field", "values");
            return;
        }
        if (values->get(array) != simdjson::SUCCESS) {
            blame.set("wrong_type", "values");
            return;
        }
        if (array.size() > limits_.values) {
            blame.set("too_many", "values");
            return;
        }
        pushed.values.reserve(array.size());
        for (const dom::element item : array) {
            dom::array pair;
            if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) {
                blame.set("wrong_type", "values");
            }
            if (blame.any()) {
                return;
            }
            auto& value = pushed.values.emplace_back();
            const auto series = pair.at(0).value_unsafe();
            read_series(fields, series, value);
            if (value.name.empty() && series.is_string()) {
                blame.set("bad_series_name", "values");
            }
            fields.read_number(pair.at(1).value_unsafe(), value.value, "values");
        }
    }

    PushLimits limits_;
    event::ReadLimits bounds_;
    dom::parser parser_;
    simdjson::error_code allocated_;  // sets the depth
};

PushReader::PushReader(PushLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
PushReader::~PushReader() = default;
PushReader::PushReader(PushReader&&) noexcept = default;
PushReader& PushReader::operator=(PushReader&&) noexcept = default;

Result<PushedLine, PushError> PushReader::read(std::string_view line) {
    return impl_->read(line);
}

void LineCutter::feed(std::string_view bytes) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    buffer_ += bytes;
    may_have_line_ = true;
}

std::optional<LineCutter::Cut> LineCutter::next() {
    const auto newline = buffer_.find('\n', scanned_);
    if (newline == std::string::npos) {
        may_have_line_ = false;
        scanned_ = buffer_.size();
        over_ = over_ || held() > line_bytes_;
        if (over_) {
            buffer_.clear();
            begin_ = 0;
            scanned_ = 0;
        }
        return std::nullopt;
    }
    const std::string_view line{buffer_.data() + begin_, newline - begin_};
    begin_ = newline + 1;
    scanned_ = begin_;
    ++number_;
    const bool too_long = std::exchange(over_, false) || line.size() > line_bytes_;
    return Cut{too_long ? std::string_view{} : line, number_, too_long};
}

std::optional<std::uint64_t> LineCutter::unfinished() const {
    return over_ || held() > 0 ? std::optional{number_ + 1} : std::nullopt;
}

}  // namespace primum::source
