// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/run.hpp"
#include "fake_client.hpp"
#include "rendering.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace primum::ctl::testing {

// primumctl with a fake primumd, a root folder of its own, and its output in strings.
class RunFixture : public Rendering {
protected:
    RunFixture() {
        std::string folder = ::testing::TempDir() + "primum-ctl-XXXXXX";
        root = mkdtemp(folder.data());
        std::filesystem::create_directories(root / "run/primum");
        std::filesystem::create_directories(root / "etc/primum");
        world.off_switch = OffSwitch{root};
    }
    ~RunFixture() override {
        std::error_code ignored;
        std::filesystem::remove_all(root, ignored);
    }

    Exit run_words(std::vector<std::string> words) {
        out.str("");
        err.str("");
        const auto command = parse_command(std::move(words));
        return command.has_value() ? run(*command, world) : tell(command.error(), world);
    }

    void write_file(const std::string& name, const std::string& text = "") {
        std::ofstream{root / name} << text;
    }

    std::filesystem::path root;
    FakeClient client;
    ManualClock clock{Stamp{Instant{}, wall_from_us(1'795'320'000'000'000)}};
    std::ostringstream out;
    std::ostringstream err;
    Surroundings world{client, clock, out, err, false, 1000, OffSwitch{}};
};

}  // namespace primum::ctl::testing
