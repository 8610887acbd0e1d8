//! Takes back the configuration line that keeps the module from loading. Only that line; the rest of the file stays.

use std::path::Path;

use super::load_module::load;
use super::rebuild_initramfs::rebuild;
use crate::facts::{ConfigLine, ConfigVerb, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::WriteFile;

pub(super) const REMEDY: Remedy = Remedy { id: "unblock-module", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let line = facts.modules.config.iter().find(|line| blocks(line));
    let line = line.ok_or(Hindrance::new("no-line"))?;
    let origin = line.from.as_str();
    let (file, number) = origin
        .rsplit_once(':')
        .and_then(|(file, number)| Some((file, number.parse::<usize>().ok()?)))
        .ok_or_else(|| Hindrance::new("line-not-in-a-file").with("origin", origin))?;
    let (path, text) = context.machine.text(Path::new(file))?;
    let old = text.lines().nth(number.wrapping_sub(1));
    let old = old.ok_or_else(|| Hindrance::new("line-not-in-a-file").with("origin", origin))?;
    // The line stays readable for whoever wrote it.
    let new = format!("# nvmend: {old}");
    let content: String = text
        .split_inclusive('\n')
        .enumerate()
        .map(|(at, line)| {
            let end = &line[line.trim_end_matches(['\n', '\r']).len()..];
            if at + 1 == number { format!("{new}{end}") } else { line.to_owned() }
        })
        .collect();
    let stay = |other: &&ConfigLine| {
        let place = other.from.as_str().rsplit_once(':');
        place.is_some_and(|(of, _)| of == file) && other.from != line.from
    };
    let config = facts.modules.config.iter().filter(stay).cloned().collect();
    let difference = vec![format!("-{old}"), format!("+{new}")];
    let mut steps =
        vec![Step::WriteFile(WriteFile { path, content, difference, mode: 0o644, config })];
    // An image that has the line too would bring it back.
    steps.extend(facts.current_kernel().and_then(|(kernel, _)| rebuild(facts, kernel)));
    steps.extend(load(facts));
    Ok(steps)
}

/// Whether modprobe refuses `nvidia` because of this line.
fn blocks(line: &ConfigLine) -> bool {
    const NOTHING: [&str; 4] = ["/bin/false", "/bin/true", "/usr/bin/false", "/usr/bin/true"];
    line.name == "nvidia"
        && match line.verb {
            ConfigVerb::Blacklist => true,
            ConfigVerb::Install => NOTHING.contains(&line.rest.trim()),
            ConfigVerb::Alias => line.rest.trim() == "off",
            ConfigVerb::Options => false,
        }
}
