# SPDX-License-Identifier: MIT
# bash completion for primumctl(1)

_primumctl_targets() {
    primumctl list --json 2>/dev/null | grep -o '"name":"[^"]*"' | cut -d'"' -f4
}

_primumctl_sources() {
    primumctl sources --json 2>/dev/null | grep -o '{"name":"[^"]*"' | cut -d'"' -f4
}

_primumctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verbs='status list show explain sources providers incidents actions hold release disable enable
        ack rollback reset-breaker reload rules replay simulate drill push scrape version'
    local verb='' word choices=''
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word != -* ]]; then
            verb=$word
            break
        fi
    done

    case $previous in
        --for) choices='10m 30m 1h 4h' ;;
        --reason | --limit | --before | --seed | --hours | --target | --source) return ;;
        --scenario)
            choices='list blip flap slow_leak persistent_failure provider_outage
                half_ill_providers dead_source lying_source harmful_remedy mass_failure competing_healer post_mortem mixed'
            ;;
        --settings | --recording | --rules | --against | --known | --socket)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
    esac
    if [[ -z $choices ]]; then
        case $verb in
            '') choices="$verbs --json --help" ;;
            list) choices='--ill --json' ;;
            show | explain) choices="$(_primumctl_targets) --json" ;;
            hold) choices="$(_primumctl_targets) --all --for --reason --json" ;;
            release) choices="$(_primumctl_targets) --all --reason --json" ;;
            disable) choices="$(_primumctl_targets) --for --reason --json" ;;
            enable | reset-breaker) choices="$(_primumctl_targets) --reason --json" ;;
            ack | rollback | reload) choices='--reason --json' ;;
            sources) choices="show $(_primumctl_sources) --json" ;;
            providers) choices='show mark set-note --for --reason --json' ;;
            incidents) choices='show --limit --before --json' ;;
            actions) choices='--limit --before --json' ;;
            rules)
                if [[ " ${COMP_WORDS[*]} " == *' check '* && $current != -* ]]; then
                    mapfile -t COMPREPLY < <(compgen -f -- "$current")
                    return
                fi
                choices='check --settings --json'
                ;;
            replay) choices='--recording --rules --settings --against --known --json' ;;
            simulate) choices='--rules --settings --scenario --target --seed --hours --enforced --json' ;;
            push) choices='--source --whole --socket --json' ;;
            scrape)
                if [[ $current != -* && $previous != --format ]]; then
                    mapfile -t COMPREPLY < <(compgen -f -- "$current")
                    return
                fi
                choices='--format prometheus openmetrics --json'
                ;;
            drill) choices="$(_primumctl_targets) --rules --settings --json" ;;
            *) choices='--json' ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
}

complete -F _primumctl primumctl
