// SPDX-License-Identifier: MIT
#include "ctl/drill_report.hpp"

#include "ctl/table.hpp"
#include "event/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace primum::ctl {
namespace {

Cell cell_of(Shown shown) {
    switch (shown) {
        case Shown::proved:
            return {"✓ proved", Colour::green};
        case Shown::failed:
            return {"✗ failed", Colour::red};
        case Shown::not_proved:
            break;
    }
    return {"? not proved", Colour::yellow};
}

void write_remedy(event::JsonWriter& writer, const DrilledRemedy& remedy) {
    writer.begin_object();
    writer.key("level");
    writer.value(name_of(remedy.level));
    writer.key("kind");
    writer.value(remedy.kind);
    writer.key("proofs");
    writer.begin_array();
    for (const Proof& proof : remedy.proofs) {
        writer.begin_object();
        writer.key("what");
        writer.value(proof.what);
        writer.key("shown");
        writer.value(name_of(proof.shown));
        writer.key("detail");
        writer.value(proof.detail);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
}

std::string next_step(const DrillReport& report) {
    if (report.count(Shown::failed) > 0) {
        return "Next: mend what failed, then drill again; until then these remedies would be "
               "refused "
               "or not help.";
    }
    if (report.count(Shown::not_proved) > 0) {
        return "Next: read what is not proved; then enforce level by level (enforce_up_to).";
    }
    return "Next: enforce level by level (enforce_up_to).";
}

}  // namespace

std::size_t DrillReport::count(Shown shown) const {
    std::size_t sum = 0;
    for (const DrilledRemedy& remedy : remedies) {
        sum += static_cast<std::size_t>(
            std::count_if(remedy.proofs.begin(), remedy.proofs.end(), [&](const Proof& proof) {
                return proof.shown == shown;
            }));
    }
    return sum;
}

std::string drill_json(const DrillReport& report) {
    std::string json;
    event::JsonWriter writer{json};
    writer.begin_object();
    writer.key("v");
    writer.value(1);
    writer.key("ok");
    writer.value(report.count(Shown::failed) == 0);
    writer.key("target");
    writer.value(report.target);
    writer.key("unit");
    writer.value(report.unit);
    writer.key("rules");
    writer.value(report.rules);
    for (const Shown shown : {Shown::proved, Shown::not_proved, Shown::failed}) {
        writer.key(name_of(shown));
        writer.value(std::uint64_t{report.count(shown)});
    }
    writer.key("remedies");
    writer.begin_array();
    for (const DrilledRemedy& remedy : report.remedies) {
        write_remedy(writer, remedy);
    }
    writer.end_array();
    writer.end_object();
    return json + "\n";
}

std::string drill_text(const DrillReport& report, const Painter& painter) {
    if (report.remedies.empty()) {
        return fmt::format("{} has no remedies: there is nothing to drill.\n",
                           printable(report.target));
    }
    std::string out;
    for (const DrilledRemedy& remedy : report.remedies) {
        out += painter.paint(fmt::format("level {} ({}): {}",
                                         index_of(remedy.level),
                                         name_of(remedy.level),
                                         printable(remedy.kind)),
                             Colour::bold) +
               "\n";
        Table table{{"", "", ""}};
        for (const Proof& proof : remedy.proofs) {
            table.add({cell_of(proof.shown), {proof.what}, {proof.detail}});
        }
        out += table.render(painter, 2) + "\n";
    }
    out += fmt::format("{}: {} proved, {} not proved, {} failed. Only copies were changed.\n{}\n",
                       printable(report.target),
                       report.count(Shown::proved),
                       report.count(Shown::not_proved),
                       report.count(Shown::failed),
                       next_step(report));
    return out;
}

}  // namespace primum::ctl
