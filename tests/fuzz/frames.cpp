// SPDX-License-Identifier: MIT
#include "frames.hpp"

#include "actuator/actuator.hpp"
#include "support/actuator_host.hpp"

#include <primum/check.hpp>
#include <primum/clock.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <unistd.h>

namespace primum::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_replies_a_frame = 2;

// An actuator with one target, whose rules nobody reads anew.
class Prey {
public:
    Prey() : directory_(make_directory()), host_(directory_) {
        write("primum.toml", "mode = \"enforce\"\n");
        write("rules.toml", R"(
[target.gateway]
unit = "gateway.service"
mode = "enforce"
enforce_up_to = "restart"
indicator.unit.value = "unit_state"
ladder.retry.remedy = [{ reload = {} }]
ladder.restart.remedy = [{ restart = {} }]
)");
        actuator::RulesPlaces places;
        places.settings = directory_ + "/primum.toml";
        places.rules = {directory_ + "/rules.toml"};
        places.trust = {::geteuid(), directory_};
        rules_ = std::make_unique<actuator::RulesCache>(places);
        PRIMUM_CHECK(rules_->get().has_value());
        begin();
    }
    Prey(const Prey&) = delete;
    Prey& operator=(const Prey&) = delete;
    ~Prey() {
        actuator_.reset();
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }

    void take(std::string_view bytes) {
        remedy::FrameReader frames;
        // In two pieces, cut where the bytes say.
        const std::size_t cut =
            bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]) % bytes.size();
        for (const auto piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
            frames.feed(piece);
            while (take_one(frames)) {
            }
        }
        PRIMUM_CHECK(host_.effects().empty());
    }

private:
    static std::string make_directory() {
        std::string name = fs::temp_directory_path() / "primum-fuzz-XXXXXX";
        PRIMUM_CHECK(::mkdtemp(name.data()) != nullptr);
        return name;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ + '/' + name) << text;
    }
    void begin() {
        actuator_ = std::make_unique<actuator::Actuator>(
            loop_,
            clock_,
            host_.ports(),
            *rules_,
            actuator::ActuatorOptions{
                directory_ + "/actuator.db", "this", {directory_ + "/disabled"}, {}},
            actuator::ActuatorHooks{[this](std::uint64_t, const remedy::Reply& reply) {
                                        ++replies_;
                                        // It must be one that the other end can read.
                                        const auto bytes = remedy::encode(reply);
                                        PRIMUM_CHECK(remedy::decode_reply(bytes.substr(4)));
                                    },
                                    [](const actuator::Note&) {}});
    }
    bool take_one(remedy::FrameReader& frames) {
        const auto frame = frames.next();
        if (!frame.has_value() || !frame->has_value()) {
            return false;
        }
        PRIMUM_CHECK((*frame)->size() <= remedy::max_frame_bytes);
        const auto request = remedy::decode_request(**frame);
        if (!request.has_value()) {
            return true;
        }
        // What was read is written as it was read, as far as it is not cut short.
        const auto again = remedy::decode_request(remedy::encode(*request).substr(4));
        PRIMUM_CHECK(again.has_value());
        replies_ = 0;
        actuator_->handle(1, *request);
        PRIMUM_CHECK(replies_ <= max_replies_a_frame);
        return true;
    }

    std::string directory_;
    systemd::EventLoop loop_;
    ManualClock clock_{{instant_from_us(1'000'000'000'000'000), wall_from_us(1'000'000)}};
    support::ActuatorHost host_;
    std::unique_ptr<actuator::RulesCache> rules_;
    std::unique_ptr<actuator::Actuator> actuator_;
    std::size_t replies_ = 0;
};

}  // namespace

void take_frames(std::span<const std::uint8_t> bytes) {
    static Prey prey;
    prey.take({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace primum::fuzz
