// SPDX-License-Identifier: MIT
#include "ctl/scrape.hpp"

#include "ctl/scraped_page.hpp"
#include "ctl/text.hpp"
#include "event/json_writer.hpp"
#include "source/http_client.hpp"
#include "systemd/event_loop.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

namespace primum::ctl {
namespace {

constexpr std::size_t max_bytes = 256UL * 1024 * 1024;  // the most that a rule may allow
constexpr Duration patience{std::chrono::seconds{10}};

// What was to be had, or why there was nothing.
struct Fetched {
    std::string page;
    std::string content_type;
    Exit exit = Exit::ok;
    SourceFailure failure = SourceFailure::none;
    std::string detail;
};

bool is_url(const std::string& place) {
    return place.starts_with("http://") || place.starts_with("https://");
}

Fetched read_file(const std::string& place) {
    Fetched fetched;
    const auto refuse = [&](SourceFailure failure, Exit exit, std::string detail) {
        fetched.page.clear();
        fetched.failure = failure;
        fetched.exit = exit;
        fetched.detail = std::move(detail);
        return fetched;
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(place.c_str(), "re"),
                                                               &std::fclose};
    if (file == nullptr) {
        return refuse(SourceFailure::missing, Exit::no_input, "cannot be opened");
    }
    std::string part(64UL * 1024, '\0');
    while (const auto got = std::fread(part.data(), 1, part.size(), file.get())) {
        if (fetched.page.size() + got > max_bytes) {
            return refuse(SourceFailure::too_large,
                          Exit::bad_data,
                          fmt::format("the page is over {} bytes", max_bytes));
        }
        fetched.page.append(part, 0, got);
    }
    if (std::ferror(file.get()) != 0) {
        return refuse(SourceFailure::missing, Exit::no_input, "cannot be read");
    }
    return fetched;
}

Fetched get(const ScrapeOptions& options, const Clock& clock) {
    systemd::EventLoop loop;
    source::HttpClient client{loop, clock};
    std::optional<Fetched> fetched;
    HttpAccess access;
    access.max_bytes = max_bytes;
    source::HttpGet::Request request;
    request.url = options.place;
    request.accept = source::accept_header(options.format);
    request.access = access;
    source::HttpGet get{
        client, std::move(request), [&](const source::HttpAnswer& answer) {
            fetched = {std::string{answer.body},
                       std::string{answer.content_type},
                       answer.failure == SourceFailure::none ? Exit::ok : Exit::unreachable,
                       answer.failure,
                       answer.detail};
        }};
    get.start(patience);
    while (!fetched) {
        loop.run_once(patience);
    }
    return std::move(*fetched);
}

Exit refused(const ScrapeOptions& options, const Fetched& fetched, bool json, Surroundings& world) {
    if (json) {
        std::string text;
        event::JsonWriter writer{text};
        writer.begin_object();
        writer.key("v");
        writer.value(1);
        writer.key("ok");
        writer.value(false);
        writer.key("failure");
        writer.value(name_of(fetched.failure));
        writer.key("detail");
        writer.value(fetched.detail);
        writer.end_object();
        world.out << text << "\n";
    }
    world.err << "primumctl: " << printable(options.place) << ": " << printable(fetched.detail)
              << "\n";
    return fetched.exit;
}

}  // namespace

Exit scrape(const ScrapeOptions& options, bool json, Surroundings& world) {
    auto fetched = is_url(options.place) ? get(options, world.clock) : read_file(options.place);
    if (fetched.exit != Exit::ok) {
        return refused(options, fetched, json, world);
    }
    auto format = source::format_of_answer(options.format, fetched.content_type);
    if (format && options.format == PageFormat::automatic && !is_url(options.place)) {
        format = format_of_text(fetched.page);
    }
    auto page = format ? read_page(fetched.page, *format)
                       : Result<ScrapedPage, source::ExpositionError>{
                             fail(source::ExpositionError{1, 1, format.error()})};
    if (!page) {
        fetched.exit = Exit::bad_data;
        fetched.failure = page.error().failure;
        fetched.detail = source::format_error(page.error());
        return refused(options, fetched, json, world);
    }
    world.out << (json ? page_json(*page) : page_text(*page, Painter{world.colours}));
    return Exit::ok;
}

}  // namespace primum::ctl
