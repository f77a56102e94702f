// SPDX-License-Identifier: MIT
#pragma once

#include "source/webhook.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace primum::source {

// Where webhooks arrive; sources of kind alertmanager take theirs from here.
inline constexpr std::string_view alerts_path = "/api/v1/alerts";

// A webhook as HTTP brought it. Valid during the call only.
struct WebhookPost {
    std::string_view path;
    std::string_view authorization;
    std::string_view content_type;
    std::string_view body;
};

struct WebhookReply {
    unsigned status = 200;  // of HTTP
    std::string text;
};

class AlertTaker {
public:
    virtual ~AlertTaker() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    // The file that holds the token which the sender must show.
    [[nodiscard]] virtual const std::string& token_file() const = 0;
    virtual void take(const Webhook& webhook) = 0;
    virtual void refused() = 0;
    virtual void read(std::uint64_t bytes) = 0;
};

// Gives each webhook to the source whose name ends the path (/api/v1/alerts/NAME), else to the
// first by name whose token is shown. Token files are read at each webhook, at most 4 KiB of them;
// white space around the token does not count. They must lie on a local file system.
class AlertDesk {
public:
    // A source of the same name takes the place of the one before.
    void attach(AlertTaker& taker);
    // Of one that was replaced: nothing happens.
    void detach(const AlertTaker& taker);

    // Whether the body is worth reading: nothing, or why not (401, 404, 415).
    [[nodiscard]] std::optional<WebhookReply> admit(const WebhookPost& post);
    [[nodiscard]] WebhookReply take(const WebhookPost& post);

    // Webhooks refused before it was known whose they are.
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    [[nodiscard]] AlertTaker* taker_of(const WebhookPost& post, std::optional<WebhookReply>& no);

    std::map<std::string, AlertTaker*, std::less<>> takers_;
    std::uint64_t refused_ = 0;
};

// Whether `shown` is `token`, in a time that does not tell where they differ. An empty token is
// nobody's.
[[nodiscard]] bool is_token(std::string_view shown, std::string_view token);

}  // namespace primum::source
