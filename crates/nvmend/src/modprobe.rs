//! What `modprobe NAME` would do. Pure: the configuration's lines and the index in, the file out.
//!
//! Order of kmod (`kmod_module_new_from_lookup`, `kmod_module_probe_insert_module`): aliases of the configuration
//! replace the name; an `install` command takes the place of loading; else the index names the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::facts::{ConfigLine, ConfigVerb, Facts, ModuleFile, Origin, Resolution};
use crate::parse::glob;
use crate::parse::modinfo::{base_name, underscored};

/// Where the index says that a module is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// In this file, by its true path.
    There(PathBuf),
    /// In this file, which is gone.
    Gone(PathBuf),
}

/// Files by the names under which modprobe knows them: their own, with underscores and without `.ko`.
pub(crate) type Index = BTreeMap<String, Indexed>;

/// Commands that lead to commands: Debian's need one. More than a few are a circle.
const DEPTH: usize = 8;

/// What `modprobe name` would do.
pub(crate) fn resolve(name: &str, config: &[ConfigLine], index: &Index) -> Resolution {
    let mut name = name.to_owned();
    let mut by = None;
    for _ in 0..DEPTH {
        if let Some(alias) = find(config, ConfigVerb::Alias, &name) {
            let target = alias.rest.split_whitespace().next().unwrap_or_default();
            if matches!(target, "off" | "null") {
                return blocked(alias);
            }
            if underscored(target) != name {
                name = underscored(target);
                by = Some(alias.from.clone());
            }
        }
        let Some(install) = find(config, ConfigVerb::Install, &name) else { break };
        by = Some(install.from.clone());
        match command(&install.rest, &name) {
            Command::Nothing => return blocked(install),
            Command::Loads(target) => return file(&target, by, index),
            Command::Asks(target) => name = target,
            // A script of the administrator's: what else it does can't be told, but its name says that it loads this.
            Command::Other => break,
        }
    }
    file(&name, by, index)
}

/// What modprobe would do for each name of one kernel, once depmod has seen the files that are there now. What it
/// chose before it chooses again, where that is still there.
pub(crate) fn resolve_again(facts: &mut Facts, kernel: &str) {
    let directory = facts.kernels.get(kernel).map(|kernel| kernel.directory.clone());
    let config = &facts.modules.config;
    let Some(modules) = facts.modules.kernels.iter_mut().find(|modules| modules.kernel == kernel)
    else {
        return;
    };
    let name = |path: &Path| underscored(base_name(&path.to_string_lossy()));
    let mut index = Index::new();
    for resolution in modules.resolved.values() {
        let Resolution::File { path, .. } = resolution else { continue };
        if let Some(file) = modules.files.iter().find(|file| file.path == *path) {
            index.insert(name(standing(file)), Indexed::There(file.path.clone()));
        }
    }
    let directory = directory.unwrap_or_default();
    for path in default_order(&directory, modules.files.iter().map(standing)) {
        let file = modules.files.iter().find(|file| *standing(file) == path);
        let Some(file) = file else { continue };
        index.entry(name(&path)).or_insert_with(|| Indexed::There(file.path.clone()));
    }
    let mut newly_chosen = Vec::new();
    for (name, resolution) in &mut modules.resolved {
        // insmod's, not modprobe's.
        if let Resolution::Outside { .. } = resolution {
            continue;
        }
        let new = resolve(name, config, &index);
        if let Resolution::File { path, .. } = &new
            && !matches!(resolution, Resolution::File { path: old, .. } if old == path)
        {
            newly_chosen.push(path.clone());
        }
        *resolution = new;
    }
    // Whatever its age: until now it was not what this kernel loads, so that another is loaded shows nothing of it.
    let new = modules.files.iter_mut().filter(|file| newly_chosen.contains(&file.path));
    new.for_each(|file| file.modified = i64::MAX);
}

/// The path by which a file stands in its kernel's directory.
fn standing(file: &ModuleFile) -> &PathBuf {
    file.linked_from.as_ref().unwrap_or(&file.path)
}

/// The order in which depmod would choose where it never ran: its own default, `updates` before everything else, with
/// the `extra` before and `weak-updates` after that distributions add (`depmod.d(5)`, Fedora's `dist.conf`).
pub(crate) fn default_order<'p>(
    directory: &Path,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = paths.cloned().collect();
    paths.sort_by_cached_key(|path| {
        let below = path.strip_prefix(directory).unwrap_or(path);
        let first =
            below.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let rank = match first.as_deref() {
            Some("updates") => 0,
            Some("extra") => 1,
            Some("weak-updates") => 3,
            _ => 2,
        };
        (rank, path.clone())
    });
    paths
}

fn find<'c>(config: &'c [ConfigLine], verb: ConfigVerb, name: &str) -> Option<&'c ConfigLine> {
    config.iter().find(|line| line.verb == verb && glob::matches(&line.name, name))
}

fn file(name: &str, by: Option<Origin>, index: &Index) -> Resolution {
    match index.get(name) {
        Some(Indexed::There(path)) => Resolution::File { path: path.clone(), by },
        Some(Indexed::Gone(path)) => Resolution::Dangling { path: path.clone() },
        None => Resolution::Missing,
    }
}

fn blocked(line: &ConfigLine) -> Resolution {
    let verb = if line.verb == ConfigVerb::Alias { "alias" } else { "install" };
    Resolution::Blocked {
        by: line.from.clone(),
        line: format!("{verb} {} {}", line.name, line.rest),
    }
}

/// What an `install` command comes to.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    /// Nothing is loaded: `/bin/false`, `/bin/true`, `exit 1`.
    Nothing,
    /// `modprobe -i TARGET`: that file, whatever the configuration says of it.
    Loads(String),
    /// `modprobe TARGET`: another name to look up.
    Asks(String),
    /// Something else.
    Other,
}

/// Of the parts of a shell command, the one that loads `name`: the `modprobe -i` of that very name, else the last
/// `modprobe -i`, else the last `modprobe` of another name. Those before it load what it needs.
fn command(text: &str, name: &str) -> Command {
    let mut loads: Option<String> = None;
    let mut asks = None;
    let mut idle = true;
    for part in text.split([';', '&', '|', '(', ')', '{', '}', '\n']) {
        let mut words =
            part.split_whitespace().skip_while(|word| *word == "exec" || word.contains('='));
        let Some(program) = words.next() else { continue };
        match program.rsplit('/').next().unwrap_or_default() {
            "false" | "true" | ":" | "exit" | "echo" | "logger" => {}
            "modprobe" => {
                idle = false;
                let Some((target, ignores_install)) = target(words) else { continue };
                if ignores_install && loads.as_deref() != Some(name) {
                    loads = Some(target);
                } else if !ignores_install && target != name {
                    asks = Some(target);
                }
            }
            _ => idle = false,
        }
    }
    match (loads, asks) {
        (Some(target), _) => Command::Loads(target),
        (None, Some(target)) => Command::Asks(target),
        (None, None) if idle => Command::Nothing,
        (None, None) => Command::Other,
    }
}

/// The module that a call of modprobe loads, and whether it ignores `install` lines. `None`: it unloads, or names none.
fn target<'w>(words: impl Iterator<Item = &'w str>) -> Option<(String, bool)> {
    let mut ignores_install = false;
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        match word {
            "-i" | "--ignore-install" => ignores_install = true,
            "-r" | "--remove" => return None,
            // These take a value.
            "-C" | "--config" | "-d" | "--dirname" | "-S" | "--set-version" => drop(words.next()),
            _ if word.starts_with(['-', '$']) => {}
            _ => return Some((underscored(word), ignores_install)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::parse::modprobe_conf;

    fn index(names: &[&str]) -> Index {
        names
            .iter()
            .map(|name| ((*name).to_owned(), Indexed::There(format!("/m/{name}.ko").into())))
            .collect()
    }

    fn outcome(name: &str, config: &str, names: &[&str]) -> Resolution {
        resolve(name, &modprobe_conf::parse(config, Path::new("/c")), &index(names))
    }

    fn file(path: &str, by: Option<&str>) -> Resolution {
        Resolution::File { path: path.into(), by: by.map(Origin::from) }
    }

    #[test]
    fn the_index_decides_without_configuration() {
        assert_eq!(outcome("nvidia", "", &["nvidia"]), file("/m/nvidia.ko", None));
        assert_eq!(outcome("nvidia", "", &["nvidia_current"]), Resolution::Missing);
        let gone = Index::from([("nvidia".to_owned(), Indexed::Gone("/m/nvidia.ko".into()))]);
        assert_eq!(
            resolve("nvidia", &[], &gone),
            Resolution::Dangling { path: "/m/nvidia.ko".into() }
        );
    }

    #[test]
    fn debians_commands_lead_to_its_file_names() {
        let config = "install nvidia modprobe -i nvidia-current-open $CMDLINE_OPTS\n\
            install nvidia-drm modprobe nvidia-modeset ; modprobe -i nvidia-current-open-drm $CMDLINE_OPTS\n";
        let names = ["nvidia_current_open", "nvidia_current_open_drm", "nvidia_current"];
        assert_eq!(
            outcome("nvidia", config, &names),
            file("/m/nvidia_current_open.ko", Some("/c:1"))
        );
        assert_eq!(
            outcome("nvidia_drm", config, &names),
            file("/m/nvidia_current_open_drm.ko", Some("/c:2"))
        );
        assert_eq!(outcome("nvidia_uvm", config, &names), Resolution::Missing);
    }

    #[test]
    fn lines_that_stop_it() {
        for line in [
            "install nvidia /bin/false",
            "install nvidia /usr/bin/true",
            "alias nvidia off",
            "install nv* exit 1",
        ] {
            let stopped = outcome("nvidia", line, &["nvidia"]);
            let pattern = line.to_owned();
            assert_eq!(
                stopped,
                Resolution::Blocked { by: Origin::from("/c:1"), line: pattern },
                "{line}"
            );
        }
        assert_eq!(
            outcome("nvidia_drm", "install nvidia /bin/false", &["nvidia_drm"]),
            file("/m/nvidia_drm.ko", None)
        );
    }

    #[test]
    fn other_commands() {
        let same = "install nvidia /sbin/modprobe --ignore-install nvidia $CMDLINE_OPTS && /sbin/modprobe -i nvidia-uvm";
        assert_eq!(
            outcome("nvidia", same, &["nvidia", "nvidia_uvm"]),
            file("/m/nvidia.ko", Some("/c:1"))
        );
        let other = "install nvidia modprobe nvidia-535\nalias nvidia-535 nvidia-tesla-535";
        assert_eq!(
            outcome("nvidia", other, &["nvidia_tesla_535"]),
            file("/m/nvidia_tesla_535.ko", Some("/c:2"))
        );
        let script = "install nvidia /usr/local/sbin/load-gpu";
        assert_eq!(outcome("nvidia", script, &["nvidia"]), file("/m/nvidia.ko", Some("/c:1")));
        let circle = "install nvidia modprobe nvidia-535\ninstall nvidia-535 modprobe nvidia";
        assert!(matches!(outcome("nvidia", circle, &["nvidia"]), Resolution::File { .. }));
    }
}
