# SPDX-License-Identifier: MIT
# bash completion for primumctl(1)

_primumctl_names() {
    primumctl names "$1" 2>/dev/null
}

# What may stand behind the words of a command, options aside.
_primumctl_words() {
    case $1 in
        '') echo status list show explain watch precision sources providers incidents actions ledger hold release \
            disable enable force ack rollback label reset-breaker reload rules replay audit simulate drill promote demote \
            score record push scrape version ;;
        show | explain | hold | release | disable | enable | reset-breaker | drill | precision)
            _primumctl_names targets ;;
        force | promote | demote) _primumctl_names targets && echo retry failover restart fallback ;;
        ack | 'incidents show' | 'incidents export') _primumctl_names incidents ;;
        rollback | 'actions show') _primumctl_names actions ;;
        label) _primumctl_names actions && echo justified unjustified ;;
        sources) echo show ;;
        'sources show') _primumctl_names sources ;;
        providers) echo show mark set-note ;;
        'providers show' | 'providers set-note') _primumctl_names providers ;;
        'providers mark') _primumctl_names providers && echo healthy degraded rate_limited dead unknown ;;
        incidents) echo show export ;;
        actions) echo show ;;
        ledger) echo verify backup export ;;
        record) echo import ;;
        rules) echo check show diff import new ;;
        'rules import') echo monit ;;
        'rules new') systemctl list-units --type=service --all --plain --no-legend 2>/dev/null | while read -r unit _; do echo "$unit"; done ;;
        'rules show') _primumctl_names targets ;;
    esac
}

_primumctl_options() {
    case $1 in
        list) echo --ill ;;
        explain) echo --at ;;
        watch) echo --count ;;
        incidents | actions) echo --limit --before ;;
        'incidents export') echo --output ;;
        'ledger verify') echo --database ;;
        'ledger backup' | 'ledger export') echo --output --database ;;
        hold) echo --all --for --until --reason ;;
        disable) echo --for --until --reason ;;
        release) echo --all --reason ;;
        rollback) echo --no-wait --reason ;;
        'providers mark') echo --for --reason ;;
        enable | force | ack | label | reset-breaker | reload) echo --reason ;;
        'rules check') echo --settings --strict --offline --library ;;
        'rules show' | 'rules diff') echo --settings --library ;;
        'rules new') echo --output ;;
        replay) echo --recording --rules --settings --against --known --library ;;
        audit)
            echo --recording --ledger --bundles --since --until --target --against --settings \
                --library --html
            ;;
        simulate) echo --rules --settings --scenario --target --seed --hours --enforced --availability --seeds --library ;;
        drill) echo --rules --settings --library ;;
        score) echo --rules --recording --windows --name --target --settings --library ;;
        'record import') echo --series --source --unit --output ;;
        promote) echo --check --dry-run --waive --owner --until --reason ;;
        demote) echo --reason ;;
        push) echo --source --whole --socket ;;
        scrape) echo --format ;;
    esac
    echo --json --color --no-pager --full --help
}

_primumctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verb='' word choices='' files=''
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
            -*) ;;
            *)
                if [[ -z $verb ]]; then
                    verb=$word
                elif [[ $verb != *' '* && " $(_primumctl_words "$verb") " == *[[:space:]]"$word"[[:space:]]* &&
                    $verb =~ ^(sources|providers|incidents|actions|ledger|rules|record)$ ]]; then
                    verb="$verb $word"
                fi
                ;;
        esac
    done

    case $previous in
        --for) choices='10m 30m 1h 4h' ;;
        --color) choices='auto always never' ;;
        --format) choices='prometheus openmetrics' ;;
        --target) choices=$(_primumctl_names targets) ;;
        --source) choices=$(_primumctl_names sources) ;;
        --reason | --limit | --before | --seed | --hours | --at | --since | --until | --count | --name | --series | --unit) return ;;
        --scenario)
            choices='list blip flap slow_leak persistent_failure provider_outage
                half_ill_providers dead_source lying_source harmful_remedy mass_failure competing_healer post_mortem mixed'
            ;;
        --settings | --recording | --ledger | --bundles | --html | --rules | --against | --known | --windows | --socket | --output | --database) files=1 ;;
        *)
            if [[ $current != -* && $verb =~ ^(replay|scrape|'rules check'|'rules diff'|'record import')$ ]]; then
                files=1
            elif [[ $current == -* ]]; then
                choices=$(_primumctl_options "$verb")
            else
                choices=$(_primumctl_words "$verb")
            fi
            ;;
    esac
    if [[ -n $files ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
}

complete -F _primumctl primumctl
