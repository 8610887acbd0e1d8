# The command line's own words: help, messages, errors. Used by crates/nvmend-cli and xtask.

## Help

about = Finds out why the parts of the NVIDIA driver don't fit together, and what helps. Changes nothing.
command-check = Diagnose the machine: verdict, versions, causes, what helps (the default)
command-explain = Explain a cause; without CAUSE, list them all
command-capture = Write what a check reads into a file, without names and addresses, to diagnose it elsewhere
command-completions = Print the completion script for a shell
command-man = Print the manual page
command-help = Show help for a command
argument-cause = Id of a cause, as a report shows it in brackets
# $shells: a list
argument-shell = One of { $shells }
argument-command = Name of a command
option-after = Judge the machine as it would be after a reboot
option-deep = Also ask each NVML and CUDA library that is found, in processes of their own. The driver may log this, load its module or make its device files
option-root = Judge the file tree at DIR instead of this machine: a mounted disk, a chroot, an image
option-from = Judge a machine from a file: a capture of nvmend, an nvidia-bug-report.log(.gz), a kernel log (dmesg), an nvidia-installer.log
option-example = Judge a built-in example; without NAME, list them
option-env = With --root: a variable of the environment to judge; may be given several times
# $formats: a list
option-format = How to show the report: { $formats } (default: text)
option-lang = Language: en or zh-CN (default: by the locale)
option-color = Colours: auto, always or never (default: auto)
option-verbose = Show everything: all evidence, all that could not be read
option-quiet = Show the verdict only
option-output = File to write; - for the standard output (default: nvmend-capture.tar.zst)
option-help = Show this help
option-version = Show the version
heading-usage = Usage
heading-commands = Commands
heading-arguments = Arguments
heading-options = Options
heading-global-options = Options of every command

## nvmend explain

explain-what = What it is
explain-why = Why it happens
explain-see = How to see it by hand
explain-helps = What helps
explain-avoid = What not to do
heading-remedies = Remedies, least disruptive first
# $name, $does
remedy = { $name }: { $does }

## nvmend capture

# $file, $size: in KiB
capture-written = Wrote { $file } ({ $size } KiB), without user names, host names and addresses.
    Look at it before you pass it on; diagnose it with: nvmend --from { $file }

## Errors

error = {"error: "}
# $command
error-later-command = nvmend { $command } is not there yet: this version only diagnoses.
# $command
error-unknown-command = There is no command “{ $command }”.
# $argument
error-unknown-argument = There is no option “{ $argument }” here.
# $argument
error-value-missing = { $argument } needs a value.
# $argument, $value, $valid: a list
error-invalid-value = { $argument } does not take “{ $value }”; it takes: { $valid }.
# $argument
error-number-of-values = { $argument } has too few or too many values.
# $argument
error-given-twice = { $argument } can be given only once.
error-not-utf8 = An argument is not valid UTF-8.
# $why
error-other = The arguments cannot be understood: { $why }.
error-verbose-and-quiet = -v and -q exclude each other.
# $format
error-later-format = The format { $format } is not there yet; there are text and json.
error-later-upgrade = --after upgrade is not there yet; there is --after reboot.
error-no-reboot-here = There is nothing to reboot here: this is a container, a file tree, or a system whose driver comes from elsewhere.
# $option
error-deep-not-here = --deep asks the libraries of the running machine; it does not go with { $option }.
# $path
error-deep-not-captured = { $path } holds no answers of the libraries.
hint-deep-not-captured = nvmend capture --deep, on that machine, asks them and keeps what they answer.
# $first, $second: options
error-two-machines = { $first } and { $second } each name a machine; give only one of them.
error-env-without-root = --env works only with --root: another machine brings its own environment.
# $text
error-env = --env takes NAME=VALUE, not “{ $text }”.
# $path
error-root-absent = There is no directory { $path }.
# $path, $why
error-root = The directory { $path } cannot be read: { $why }.
hint-root = Give the directory that holds the machine's usr, etc and lib.
# $path
error-from-absent = There is no file { $path }.
# $path, $why
error-from-unreadable = { $path } cannot be read: { $why }.
# $path, $why
error-from-schema = { $path }: { $why }.
hint-from-schema = Use the nvmend that wrote it, or one that is newer.
# $path
error-from-format = { $path } is none of the files that can be read here: what nvmend capture wrote, an nvidia-bug-report.log or .log.gz, a kernel log (dmesg, journalctl -k), an nvidia-installer.log.
hint-from-format = For a directory or a mounted disk, use --root.
# $path, $why
error-from-damaged = { $path }: { $why }.
hint-from-damaged = Copy it again, or make a new one.
# $name
error-unknown-example = There is no example “{ $name }”.
hint-examples = nvmend --example lists them.
# $cause
error-unknown-cause = There is no cause “{ $cause }”.
hint-causes = nvmend explain lists them.
# $shells: a list
error-which-shell = For which shell? There are { $shells }.
error-capture-to-terminal = A capture is no text for a terminal; send the output into a file, or name one with -o.
# $path
error-capture-exists = { $path } is already there and is not overwritten.
hint-capture-exists = Name another file with -o.
# $path, $why
error-capture-write = { $path } cannot be written: { $why }.
# $suggestion
hint-suggestion = Did you mean “{ $suggestion }”?
hint-help = nvmend --help shows what there is.

## The documentation

docs-cli-title = The command line of nvmend
docs-causes-title = The causes that nvmend names
docs-generated = This file is generated (cargo xtask docs).
docs-causes-intro = A report shows a cause's id in brackets; nvmend explain ID shows the same text as this page.
