//! What would be done on each machine.

use std::fmt::Write as _;

use nvmend::diagnose::{Severity, diagnose};
use nvmend::plan::Why;
use nvmend::remedy::Allowed;
use nvmend::step::{Step, predict};

use crate::{facts, memory, names, planning};

/// Of every machine that has an error or a warning: the plan, and what the others lost by.
#[test]
fn plans() {
    let mut table = String::new();
    for name in names() {
        let memory = memory(&name);
        let facts = facts(&memory);
        let now = diagnose(&facts);
        let Some(primary) = now.primary().filter(|found| found.severity != Severity::Note) else {
            continue;
        };
        let _ = writeln!(table, "{name}: {}", primary.cause.id);
        let planning = planning(&memory, &facts, &Allowed::default());
        if let Some(plan) = &planning.plan {
            let _ = writeln!(table, "    {} ({:?})", plan.remedies.join(", "), plan.disruption);
            if !plan.left.is_empty() {
                let _ = writeln!(table, "        left: {}", plan.left.join(", "));
            }
            for step in &plan.steps {
                let mut args: Vec<String> =
                    step.action().args().into_iter().map(|(_, value)| value).collect();
                if let Step::ByHand(act) = step {
                    args.insert(0, act.what.clone());
                    args.extend(act.commands.iter().cloned());
                }
                let line = format!("        {} {}", step.action().id(), args.join(" | "));
                let _ = writeln!(table, "{}", line.trim_end());
            }
        }
        for other in &planning.others {
            let why = match &other.why {
                Why::Hindered(hindrance) => hindrance.why.to_owned(),
                why => format!("{why:?}"),
            };
            let _ = writeln!(table, "    not {}: {why}", other.remedies.join(", "));
        }
    }
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("plans", table);
    });
}

/// A plan is offered only where nothing is left, or what is left is a person's.
#[test]
fn what_a_plan_predicts_diagnoses_clean() {
    let mut planned = 0;
    for name in names() {
        let memory = memory(&name);
        let facts = facts(&memory);
        let Some(plan) = planning(&memory, &facts, &Allowed::default()).plan else { continue };
        planned += 1;
        let after = diagnose(&predict(&facts, &plan.steps));
        let left: Vec<&str> = after
            .findings
            .iter()
            .filter(|found| found.because_of.is_empty() && found.severity < Severity::Note)
            .map(|found| found.cause.id)
            .collect();
        let is_whole = plan.by_hand().next().is_none();
        assert_eq!(left.is_empty(), is_whole, "{name}: {left:?}");
        assert!(plan.is_whole(), "{name}");
    }
    assert!(planned > 10, "{planned}");
}
