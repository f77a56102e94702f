// SPDX-License-Identifier: MIT
#include "source/alert_desk.hpp"

#include "source/secret_file.hpp"

#include <algorithm>
#include <utility>

namespace primum::source {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(white_space) + 1 - begin);
}

bool is_json(std::string_view content_type) {
    return trimmed(content_type.substr(0, content_type.find(';'))) == "application/json";
}

}  // namespace

bool is_token(std::string_view shown, std::string_view token) {
    if (token.empty()) {
        return false;
    }
    std::size_t differences = shown.size() ^ token.size();
    for (std::size_t i = 0; i < shown.size(); ++i) {
        differences |=
            static_cast<std::size_t>(static_cast<unsigned char>(shown[i]) ^
                                     static_cast<unsigned char>(token[i % token.size()]));
    }
    return differences == 0;
}

void AlertDesk::attach(AlertTaker& taker) {
    takers_.insert_or_assign(taker.name(), &taker);
}

void AlertDesk::detach(const AlertTaker& taker) {
    const auto found = takers_.find(taker.name());
    if (found != takers_.end() && found->second == &taker) {
        takers_.erase(found);
    }
}

AlertTaker* AlertDesk::taker_of(const WebhookPost& post, std::optional<WebhookReply>& no) {
    constexpr std::string_view scheme = "Bearer ";
    const auto name = post.path.substr(std::min(post.path.size(), alerts_path.size() + 1));
    const auto named = takers_.find(name);
    if (takers_.empty() || (!name.empty() && named == takers_.end())) {
        no = WebhookReply{404, "no such source of kind alertmanager\n"};
        return nullptr;
    }
    if (post.authorization.starts_with(scheme)) {
        const auto shown = trimmed(post.authorization.substr(scheme.size()));
        for (const auto& [source, taker] : takers_) {
            if (!name.empty() && name != source) {
                continue;
            }
            const auto token = read_secret(taker->token_file());
            if (token && is_token(shown, *token)) {
                return taker;
            }
        }
    }
    no = WebhookReply{401, "the token of a source of kind alertmanager is needed\n"};
    return nullptr;
}

std::optional<WebhookReply> AlertDesk::admit(const WebhookPost& post) {
    std::optional<WebhookReply> no;
    auto* taker = taker_of(post, no);
    if (taker != nullptr && !is_json(post.content_type)) {
        taker->refused();
        return WebhookReply{415, "application/json is expected\n"};
    }
    refused_ += no ? 1 : 0;
    return no;
}

WebhookReply AlertDesk::take(const WebhookPost& post) {
    std::optional<WebhookReply> no;
    auto* taker = taker_of(post, no);
    if (taker == nullptr) {
        ++refused_;
        return std::move(*no);
    }
    taker->read(post.body.size());
    const auto webhook = read_webhook(post.body);
    if (!webhook) {
        taker->refused();
        return {400, webhook.error().message + "\n"};
    }
    taker->take(*webhook);
    return {200, "taken\n"};
}

}  // namespace primum::source
