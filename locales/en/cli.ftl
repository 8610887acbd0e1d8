# The command line's own words: help, messages, errors. Used by crates/nvmend-cli and xtask.

## Help

about = Finds out why the parts of the NVIDIA driver don't fit together, what helps, and repairs it. Only apply and undo change anything.
command-check = Diagnose the machine: verdict, versions, causes, what helps (the default)
command-plan = Show what would repair the machine, step by step; changes nothing
command-apply = Do the plan, after showing it and asking; needs root
command-undo = Take a run of apply back; without RUN, the last one; needs root
command-history = List what nvmend did to the machine
command-resume = Go on with a run after a reboot
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
argument-plan = A plan that nvmend plan -o wrote; without it, a plan is made
argument-run = Name of a run, as nvmend history shows it
option-allow = What may be interrupted: none, service-restart (or reload, which is the same), gpu-jobs-stop (also end programs that use a GPU), reboot; several with commas. Without it: anything but ending programs; with --yes it must be given
option-remedy = Use this remedy of the cause; given several times: these, in order
option-plan-output = Also write the plan into FILE, for nvmend apply FILE; - writes JSON to the standard output
option-yes = Don't ask; needs --allow, which then also covers what cannot be undone
option-undo-yes = Don't ask
option-partly = Also where something of the run cannot be taken back: then the rest is
option-dry-run = Show what would be done, and do nothing
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

## nvmend plan, apply, undo

plan-to-do-it = To do it:
ask-apply = Do this? [y/N]
ask-final-heading = This cannot be undone:
ask-final = Do it all the same? [y/N]
ask-undo = Take it back? [y/N]
apply-declined = Nothing was changed.
apply-nothing-left = Nothing to do: what this plan repairs is not wrong any more.
# $lock, $holder: name (process id)
progress-waits = Waiting for { $lock }, which is held by { $holder } …
progress-rolls-back = Something failed. Taking back what was done:
progress-stopping = Stopping after this step; then what was done is taken back.
# $command, $option
error-only-here = nvmend { $command } changes the machine it runs on; it does not go with { $option }.
hint-only-here = nvmend plan shows what would be done there.
# $command
error-not-root = nvmend { $command } changes the machine, and needs root for it.
# $command
hint-not-root = Run: sudo nvmend { $command }
error-yes-without-limit = --yes needs --allow: nobody is asked, so say what may be interrupted.
hint-yes-without-limit = For instance: nvmend apply --yes --allow service-restart
error-nobody-to-ask = There is no terminal to ask on, so nothing was changed.
hint-nobody-to-ask = In a script: nvmend apply --yes --allow service-restart (or none, gpu-jobs-stop, reboot)
hint-nobody-to-ask-undo = In a script: nvmend undo --yes
error-by-hand = Only a person can do what this plan says; nothing was changed.
# $remedy, $cause, $remedies: a list; may be empty
error-remedy-not-here = “{ $remedy }” is no remedy of { $cause }. Remedies of it that nvmend carries out: { $remedies }
# $remedy
error-remedy-unneeded = Nothing was found on this machine that “{ $remedy }” would be a remedy of.
# $path
error-plan-format = { $path } is not a plan.
hint-plan-anew = Make a new one: nvmend plan -o FILE
# $path
error-plan-empty = { $path } holds no plan: nothing could be done when it was written.
# $path
error-plan-edited = { $path } was edited after nvmend made it, and is not done.
error-plan-machine = This plan was made on another machine, and is not done here.
error-plan-changed = The machine has changed since this plan was made: other steps would be needed now. Nothing was changed.
# $why
error-plan-impossible = The machine has changed since this plan was made, or --allow allows less: { $why }. Nothing was changed.
# $run
error-unfinished = Run { $run } was interrupted, and what it did is not taken back yet.
# $run
hint-unfinished = Take it back first: sudo nvmend undo { $run }
error-at-work = Another nvmend is changing this machine right now.
hint-at-work = Wait until it has ended; nvmend history shows it then.
# $path
error-left-lock = { $path } is there, and no program has it open: a package manager was cut off and left it behind. It refuses to work as long as the file is there, so nothing was changed.
# $path
hint-left-lock = See that no package manager is at work (pgrep -a pacman) and what was cut off (tail /var/log/pacman.log), then: sudo rm { $path }
# $run
error-no-such-run = There is no run “{ $run }”.
hint-history = nvmend history lists the runs.
# $run
error-no-reboot-came = Run { $run } does not wait for a reboot that has happened.
# $run
error-run-is-undone = Nothing of run { $run } is left to take back.
# $run
error-run-stays = Nothing of run { $run } can be taken back.
error-nothing-to-undo = There is no run that could be taken back.
# $run, $steps: each with why
error-lost = Run { $run } cannot be taken back wholly, so nothing was changed. { $steps }
# $run
hint-lost-partly = To take back the rest of it: sudo nvmend undo --partly { $run }
# $run
hint-lost-all = Nothing else of run { $run } is left to take back.
# $numbers: of steps
error-lost-steps = Of this run cannot be taken back: step { $numbers }. Nothing was changed.
# $paths: a list
error-changed-since = Somebody has changed since what this run changed, and that is not overwritten: { $paths }
hint-changed-since = Put these aside or back as the run left them, then try again.
# $path, $why
error-nothing-changed = { $path }: { $why }. Nothing was changed.
hint-read-only = The file system is mounted read-only. Find out why (dmesg), make it writable, and try again.
hint-no-space = The file system is full. Free some space (df -h shows where), and try again.
# $why
error-journal = The record of runs cannot be used: { $why }.
# $path, $why
error-not-recorded = How the run ended could not be noted: { $path }: { $why }.
hint-not-recorded = Make room (df -h) or make the file system writable, then: sudo nvmend undo
# $why: the last that was heard of it; may be empty
error-worker-gone = The process that does the work has ended without a word. { $why }

## Errors

error = {"error: "}
# $command
error-later-command = nvmend { $command } is not there yet.
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
error-file-exists = { $path } is already there and is not overwritten.
hint-file-exists = Name another file with -o.
# $path, $why
error-file-write = { $path } cannot be written: { $why }.
# $suggestion
hint-suggestion = Did you mean “{ $suggestion }”?
hint-help = nvmend --help shows what there is.

## The documentation

docs-cli-title = The command line of nvmend
docs-causes-title = The causes that nvmend names
docs-generated = This file is generated (cargo xtask docs).
docs-causes-intro = A report shows a cause's id in brackets; nvmend explain ID shows the same text as this page.
