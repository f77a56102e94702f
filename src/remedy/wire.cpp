// SPDX-License-Identifier: MIT
#include "remedy/wire.hpp"

#include "event/json_writer.hpp"

#include <primum/check.hpp>
#include <primum/names.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include <simdjson.h>

namespace primum::remedy {
namespace {

constexpr std::size_t length_bytes = 4;
// Of any one text in a message and of the units in a list: even with every byte escaped (six for
// one) a message stays below max_frame_bytes.
constexpr std::size_t max_text_bytes = 1024;
// Of a conflict's diff, and of an id.
constexpr std::size_t max_diff_bytes = 4096;
constexpr std::size_t max_id_bytes = 80;
constexpr std::size_t max_ids = 32;
constexpr std::size_t max_unit_bytes = 256;
constexpr std::size_t max_units = 32;

class Writer {
public:
    explicit Writer(std::string_view kind, std::string_view name) : json_(body_) {
        json_.begin_object();
        text(kind, name);
    }

    Writer& text(std::string_view key, std::string_view value) {
        json_.key(key);
        json_.value(value.substr(0, max_text_bytes));
        return *this;
    }
    template <class E>
    Writer& word(std::string_view key, E value) {
        return text(key, name_of(value));
    }
    template <class N>
    Writer& put(std::string_view key, N value) {
        json_.key(key);
        json_.value(value);
        return *this;
    }
    Writer& long_text(std::string_view key, std::string_view value, std::size_t most) {
        json_.key(key);
        json_.value(value.substr(0, most));
        return *this;
    }
    Writer& list(std::string_view key,
                 const std::vector<std::string>& items,
                 std::size_t most,
                 std::size_t most_bytes) {
        json_.key(key);
        json_.begin_array();
        for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
            json_.value(std::string_view{items[i]}.substr(0, most_bytes));
        }
        json_.end_array();
        return *this;
    }
    std::string frame() {
        json_.end_object();
        return remedy::frame(body_);
    }

private:
    std::string body_;
    event::JsonWriter json_;
};

// Reads the members of one object; the first that is missing or ill-typed is remembered.
class Reader {
public:
    explicit Reader(simdjson::dom::object object) : object_(object) {}

    std::string text(std::string_view key) {
        std::string_view value;
        note(key, object_.at_key(key).get(value));
        return std::string(value);
    }
    template <class E>
    E word(std::string_view key) {
        const auto value = from_name<E>(text(key));
        if (!value.has_value()) {
            note(key, simdjson::INCORRECT_TYPE);
        }
        return value.value_or(E{});
    }
    template <class N>
    N number(std::string_view key) {
        using Wide = std::conditional_t<std::is_signed_v<N>, std::int64_t, std::uint64_t>;
        Wide value = 0;
        note(key, object_.at_key(key).get(value));
        if (!std::in_range<N>(value)) {
            note(key, simdjson::NUMBER_OUT_OF_RANGE);
            return 0;
        }
        return static_cast<N>(value);
    }
    bool flag(std::string_view key) {
        bool value = false;
        note(key, object_.at_key(key).get(value));
        return value;
    }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> all;
        simdjson::dom::array array;
        if (!note(key, object_.at_key(key).get(array))) {
            return all;
        }
        for (const auto element : array) {
            std::string_view value;
            note(key, element.get(value));
            all.emplace_back(value);
        }
        return all;
    }
    template <class To, class From>
    [[nodiscard]] WireResult<To> result(From&& value) {
        if (!bad_.empty()) {
            return fail(WireError{"member \"" + bad_ + "\" is missing or of the wrong kind"});
        }
        return To{std::forward<From>(value)};
    }

private:
    bool note(std::string_view key, simdjson::error_code code) {
        if (code != simdjson::SUCCESS && bad_.empty()) {
            bad_ = std::string(key);
        }
        return code == simdjson::SUCCESS;
    }

    simdjson::dom::object object_;
    std::string bad_;
};

// A parsed body; the object lives as long as this.
struct Document {
    simdjson::dom::parser parser{max_frame_bytes + 1};
    simdjson::dom::object object;
};

bool parse(Document& document, std::string_view body) {
    const simdjson::padded_string padded(body);
    simdjson::dom::element root;
    return body.size() <= max_frame_bytes &&
           document.parser.parse(padded).get(root) == simdjson::SUCCESS &&
           root.get(document.object) == simdjson::SUCCESS;
}

Instant read_instant(Reader& reader, std::string_view key) {
    return instant_from_us(reader.number<std::int64_t>(key));
}

std::string write(const PreflightRequest& request) {
    return Writer("op", "preflight")
        .put("ticket", request.ticket)
        .text("target", request.target)
        .word("level", request.level)
        .put("index", request.index)
        .text("candidate", request.candidate)
        .text("plan_digest", request.plan_digest)
        .put("dry_run", request.dry_run)
        .put("operator_uid", request.operator_uid)
        .frame();
}

std::string write(const ExecuteRequest& request) {
    return Writer("op", "execute")
        .text("action", request.action)
        .text("target", request.target)
        .word("level", request.level)
        .put("index", request.index)
        .text("candidate", request.candidate)
        .text("plan_digest", request.plan_digest)
        .put("not_after_us", to_us(request.not_after))
        .put("operator_uid", request.operator_uid)
        .frame();
}

std::string write(const RollbackRequest& request) {
    return Writer("op", "rollback").text("action", request.action).frame();
}
std::string write(const SettleRequest& request) {
    return Writer("op", "settle").text("action", request.action).frame();
}
std::string write(const EvidenceRequest& request) {
    return Writer("op", "evidence").text("target", request.target).frame();
}
std::string write(const ProbeRequest& request) {
    return Writer("op", "probe").text("source", request.source).frame();
}

std::string write(const PointerRequest& request) {
    return Writer("op", "pointer").text("provider", request.provider).frame();
}

std::string write(const NotifyRequest& request) {
    return Writer("op", "notify")
        .put("ticket", request.ticket)
        .long_text("notice", request.notice, max_notice_bytes)
        .frame();
}

std::string write(const PreflightEvent& reply) {
    return Writer("re", "preflight")
        .put("ticket", reply.ticket)
        .word("answer", reply.answer)
        .word("code", reply.code)
        .text("detail", reply.detail)
        .list("blast_radius", reply.blast_radius, max_units, max_unit_bytes)
        .text("current", reply.current)
        .frame();
}

std::string write(const ActionEvent& reply) {
    return Writer("re", "action")
        .text("action", reply.action)
        .word("phase", reply.phase)
        .word("result", reply.result)
        .word("refusal", reply.refusal)
        .word("settled_as", reply.settled_as)
        .text("detail", reply.detail)
        .put("took_us", std::int64_t{reply.took.count()})
        .text("evidence", reply.facts.evidence)
        .list("snapshots", reply.facts.snapshots, max_ids, max_id_bytes)
        .put("stored_before", reply.facts.stored_before)
        .put("stored_after", reply.facts.stored_after)
        .put("lost_state", reply.facts.lost_state)
        .long_text("conflict", reply.facts.conflict, max_diff_bytes)
        .frame();
}

std::string write(const ProviderEvent& reply) {
    return Writer("re", "pointer")
        .text("provider", reply.provider)
        .text("candidate", reply.candidate)
        .text("detail", reply.detail)
        .frame();
}

std::string write(const EvidenceReply& reply) {
    return Writer("re", "evidence")
        .text("target", reply.target)
        .text("id", reply.id)
        .text("path", reply.path)
        .put("bytes", reply.bytes)
        .text("detail", reply.detail)
        .frame();
}

std::string write(const ProbeReply& reply) {
    return Writer("re", "probe")
        .text("source", reply.source)
        .word("code", reply.code)
        .put("timed_out", reply.timed_out)
        .put("exit_code", std::int64_t{reply.exit_code})
        .long_text("output", reply.output, max_probe_output_bytes)
        .put("cut", reply.cut)
        .text("detail", reply.detail)
        .frame();
}

std::string write(const NotifyReply& reply) {
    return Writer("re", "notify")
        .put("ticket", reply.ticket)
        .word("code", reply.code)
        .put("timed_out", reply.timed_out)
        .put("exit_code", std::int64_t{reply.exit_code})
        .long_text("output", reply.output, max_notify_output_bytes)
        .text("detail", reply.detail)
        .frame();
}

std::string write(const ErrorReply& reply) {
    return Writer("re", "error").word("code", reply.code).text("detail", reply.detail).frame();
}

WireResult<Reply> read_probe_end(Reader reader) {
    ProbeReply reply;
    reply.source = reader.text("source");
    reply.code = reader.word<Refusal>("code");
    reply.timed_out = reader.flag("timed_out");
    reply.exit_code = reader.number<std::int32_t>("exit_code");
    reply.output = reader.text("output");
    reply.cut = reader.flag("cut");
    reply.detail = reader.text("detail");
    return reader.result<Reply>(std::move(reply));
}

WireResult<Reply> read_notify_end(Reader reader) {
    NotifyReply reply;
    reply.ticket = reader.number<std::uint64_t>("ticket");
    reply.code = reader.word<Refusal>("code");
    reply.timed_out = reader.flag("timed_out");
    reply.exit_code = reader.number<std::int32_t>("exit_code");
    reply.output = reader.text("output");
    reply.detail = reader.text("detail");
    return reader.result<Reply>(std::move(reply));
}

WireResult<Request> read_preflight(Reader reader) {
    PreflightRequest request;
    request.ticket = reader.number<std::uint64_t>("ticket");
    request.target = reader.text("target");
    request.level = reader.word<Level>("level");
    request.index = reader.number<std::uint32_t>("index");
    request.candidate = reader.text("candidate");
    request.plan_digest = reader.text("plan_digest");
    request.dry_run = reader.flag("dry_run");
    request.operator_uid = reader.number<std::uint32_t>("operator_uid");
    return reader.result<Request>(std::move(request));
}

WireResult<Request> read_execute(Reader reader) {
    ExecuteRequest request;
    request.action = reader.text("action");
    request.target = reader.text("target");
    request.level = reader.word<Level>("level");
    request.index = reader.number<std::uint32_t>("index");
    request.candidate = reader.text("candidate");
    request.plan_digest = reader.text("plan_digest");
    request.not_after = read_instant(reader, "not_after_us");
    request.operator_uid = reader.number<std::uint32_t>("operator_uid");
    return reader.result<Request>(std::move(request));
}

}  // namespace

void FrameReader::feed(std::string_view bytes) {
    if (!broken_) {
        buffer_.erase(0, std::exchange(start_, 0));
        buffer_.append(bytes);
    }
}

WireResult<std::optional<std::string>> FrameReader::next() {
    const std::string_view rest = std::string_view{buffer_}.substr(start_);
    if (!broken_ && rest.size() < length_bytes) {
        return std::optional<std::string>{};
    }
    std::size_t size = 0;
    for (std::size_t i = 0; !broken_ && i < length_bytes; ++i) {
        size = size << 8U | static_cast<unsigned char>(rest[i]);
    }
    if (broken_ || size == 0 || size > max_frame_bytes) {
        broken_ = true;
        buffer_.clear();
        start_ = 0;
        return fail(
            WireError{"a frame must hold 1 to " + std::to_string(max_frame_bytes) + " bytes"});
    }
    if (rest.size() - length_bytes < size) {
        return std::optional<std::string>{};
    }
    start_ += length_bytes + size;
    return std::optional<std::string>{rest.substr(length_bytes, size)};
}

std::string frame(std::string_view body) {
    PRIMUM_CHECK(!body.empty() && body.size() <= max_frame_bytes);
    std::string out;
    out.reserve(length_bytes + body.size());
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        out += static_cast<char>(body.size() >> shift & 0xffU);
    }
    out += body;
    return out;
}

std::string encode(const Request& request) {
    return std::visit([](const auto& typed) { return write(typed); }, request);
}

std::string encode(const Reply& reply) {
    return std::visit([](const auto& typed) { return write(typed); }, reply);
}

WireResult<Request> decode_request(std::string_view body) {
    Document document;
    if (!parse(document, body)) {
        return fail(WireError{"a request must be one JSON object"});
    }
    Reader reader(document.object);
    const auto op = reader.text("op");
    if (op == "preflight") {
        return read_preflight(reader);
    }
    if (op == "execute") {
        return read_execute(reader);
    }
    if (op == "rollback") {
        RollbackRequest request{reader.text("action")};
        return reader.result<Request>(std::move(request));
    }
    if (op == "settle") {
        SettleRequest request{reader.text("action")};
        return reader.result<Request>(std::move(request));
    }
    if (op == "evidence") {
        EvidenceRequest request{reader.text("target")};
        return reader.result<Request>(std::move(request));
    }
    if (op == "probe") {
        ProbeRequest request{reader.text("source")};
        return reader.result<Request>(std::move(request));
    }
    if (op == "pointer") {
        PointerRequest request{reader.text("provider")};
        return reader.result<Request>(std::move(request));
    }
    if (op == "notify") {
        NotifyRequest request;
        request.ticket = reader.number<std::uint64_t>("ticket");
        request.notice = reader.text("notice");
        return reader.result<Request>(std::move(request));
    }
    return fail(WireError{"\"op\" must name a request this version knows"});
}

WireResult<Reply> decode_reply(std::string_view body) {
    Document document;
    if (!parse(document, body)) {
        return fail(WireError{"a reply must be one JSON object"});
    }
    Reader reader(document.object);
    const auto re = reader.text("re");
    if (re == "preflight") {
        PreflightEvent reply;
        reply.ticket = reader.number<std::uint64_t>("ticket");
        reply.answer = reader.word<Preflight>("answer");
        reply.code = reader.word<Refusal>("code");
        reply.detail = reader.text("detail");
        reply.blast_radius = reader.texts("blast_radius");
        reply.current = reader.text("current");
        return reader.result<Reply>(std::move(reply));
    }
    if (re == "action") {
        ActionEvent reply;
        reply.action = reader.text("action");
        reply.phase = reader.word<ActionPhase>("phase");
        reply.result = reader.word<ActionResult>("result");
        reply.refusal = reader.word<Refusal>("refusal");
        reply.settled_as = reader.word<SettledAs>("settled_as");
        reply.detail = reader.text("detail");
        reply.took = Duration{reader.number<std::int64_t>("took_us")};
        reply.facts.evidence = reader.text("evidence");
        reply.facts.snapshots = reader.texts("snapshots");
        reply.facts.stored_before = reader.number<std::uint32_t>("stored_before");
        reply.facts.stored_after = reader.number<std::uint32_t>("stored_after");
        reply.facts.lost_state = reader.flag("lost_state");
        reply.facts.conflict = reader.text("conflict");
        return reader.result<Reply>(std::move(reply));
    }
    if (re == "pointer") {
        ProviderEvent reply;
        reply.provider = reader.text("provider");
        reply.candidate = reader.text("candidate");
        reply.detail = reader.text("detail");
        return reader.result<Reply>(std::move(reply));
    }
    if (re == "evidence") {
        EvidenceReply reply;
        reply.target = reader.text("target");
        reply.id = reader.text("id");
        reply.path = reader.text("path");
        reply.bytes = reader.number<std::uint64_t>("bytes");
        reply.detail = reader.text("detail");
        return reader.result<Reply>(std::move(reply));
    }
    if (re == "probe") {
        return read_probe_end(reader);
    }
    if (re == "notify") {
        return read_notify_end(reader);
    }
    if (re == "error") {
        ErrorReply reply;
        reply.code = reader.word<Refusal>("code");
        reply.detail = reader.text("detail");
        return reader.result<Reply>(std::move(reply));
    }
    return fail(WireError{"\"re\" must name a reply this version knows"});
}

}  // namespace primum::remedy
