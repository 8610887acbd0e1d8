# Words of plans and runs. Used by crates/nvmend/src/reports/plan.rs and reports/run.rs.

## Why a remedy cannot be used (every Hindrance::new("…") of the code), as a sentence that goes after “cannot be used: ”. Sorted.

# $packages: a list
component-missing = Debian keeps the driver in the components contrib, non-free and non-free-firmware, and the sources that are set up here don't have it ({ $packages })
# $path, $why
file-unreadable = { $path } cannot be read ({ $why })
# $name: the unit of a container
container-loses-gpu = systemd would have to read its units anew, and { $name } would lose its GPU by that
# $jobs: a list
gpu-jobs-run = these programs use a GPU: { $jobs }; with --allow gpu-jobs-stop they would be ended
# $module, $by
held-by-module = the module { $by } depends on { $module }, is not part of the driver, and might not come back with the new one; unload it first, and load it again afterwards
# $module
held-unseen = something holds { $module } that is no program: a virtual machine with a virtual GPU, or a part of the kernel
# $count
holders-hidden = not all processes that use a GPU can be seen ({ $count } hidden); run it as root
# $command
image-based = this system is changed as a whole image, and takes effect with a reboot; by hand: { $command }
# $origin
line-not-in-a-file = the line stands in no file that can be edited ({ $origin })
# $manager, $origin
managed-elsewhere = { $manager } manages this machine's driver ({ $origin })
# $count
mig-instances = { $count ->
    [one] one MIG instance is set up and would be lost
   *[other] { $count } MIG instances are set up and would be lost
}
next-kernel-unknown = which kernel boots next is not known
# $packages: a list
no-driver-offered = no repository that is set up here has a driver for this GPU (looked for: { $packages })
no-driver-packages = no driver packages are installed
no-image = there is no initramfs of this kernel that the distribution's program writes
no-line = no line of configuration keeps the module from loading
no-module-on-disk = there is no module on disk for the running kernel
no-other-driver = there is no other driver that would stay
no-other-flavour = the installed packages exist in one kind only
no-package-lists = the package manager has no lists of what the repositories have; refresh them first (apt-get update)
no-package-manager = no package manager was found whose database can be read
no-simulation = the package manager cannot be asked here
no-runfile = no driver of a .run file is installed
# $path, $free, $needed: MiB
no-space = the file system of { $path } has { $free } MiB free, and { $needed } MiB are needed
no-wrong-link = no link of a library is wrong
not-a-host = this is no running machine that loads its own modules
# $jobs: a list
not-a-service = these programs belong to no service that could be restarted: { $jobs }
nothing-loaded = no module is loaded
# $version
nothing-newer = the repositories have no newer version than { $version } that supports this GPU
nothing-to-change = no package would change
nothing-to-move = every file that is in the way belongs to a package
nothing-to-restart = no program of the service is seen that has other libraries
nothing-unattended = nothing here upgrades packages of the driver without being asked
# $packages: a list
partial-upgrade = Arch supports upgrades of the whole system only, and after one to the repositories as they were last synchronised, these would still not fit: { $packages }; synchronise and upgrade by hand (pacman -Syu), and look again
# $unit, $why
service-unknown = systemd does not say what stops together with { $unit } ({ $why })
wanted-version-unknown = which version should stay is not known
# $packages: a list
would-remove = it would remove packages that must stay: { $packages }

## Why the other ways lost, after their names

# $why: one of the sentences above
other-hindered = cannot be used: { $why }
other-not-carried-out = nvmend does not do this; a person can
# $causes: a list
other-does-not-help = would not help: there would still be: { $causes }
# $disruption
other-not-allowed = interrupts more than is allowed: { $disruption }
# $disruption
other-interrupts-more = helps too, and interrupts more: { $disruption }
other-changes-more = helps too, and changes more
disruption-none = nothing
disruption-service-restart = services restart
disruption-gpu-jobs-stop = programs that use a GPU are ended
disruption-reboot = the machine reboots

## The plan

# Between names of remedies that are done one after the other.
then-separator = {", then "}
list-separator = {", "}
# $name: of the remedies
title = Plan: { $name }
# $title: of a cause, $cause: its id
against = against: { $title } [{ $cause }]
heading-steps = What would be done
# $undo
undo = undo: { $undo }
# $why
no-undo = cannot be undone: { $why }
# $count
more-steps = and { $count ->
    [one] one more step
   *[other] { $count } more steps
} of this kind; -v shows all
cut = … (-v shows all)
heading-interruption = What is interrupted
# $units: a list
interrupts-services = Services that stop and start again: { $units }
# $containers: a list
interrupts-containers = Containers that stop and start again, with the programs in them: { $containers }
# $programs: a list
interrupts-programs = Programs that are ended: { $programs }
interrupts-gpu = Until the modules are loaded again, no program can use the GPU
interrupts-all = Everything: the machine reboots
interrupts-nothing = Nothing
heading-outcome = What comes of it, as predicted
outcome-fits = Everything fits
outcome-at-risk = Works, but something is about to break it
outcome-broken = Still broken
outcome-by-hand = It shows when the rest is done by hand: run nvmend again then
outcome-unknown = It cannot be told whether everything fits
# $causes: a list
left = There will still be: { $causes }
heading-others = Other ways
# $name: of the remedies, $says: why not
other = { $name }: { $says }
nothing-aligned = Nothing to do: everything fits
nothing-here = Nothing to do: there is no driver here that must fit a GPU
nothing-known = No plan: it cannot be told whether anything is wrong; nvmend check says what could not be read
no-plan = No plan: nothing that nvmend does would repair this machine
by-hand = What a person can do:

## How a run went

run-succeeded = Done. The causes are gone, and the machine is as predicted.
run-succeeded-otherwise = Done. The causes are gone; something is otherwise than predicted.
run-rolled-back = It failed, and everything was taken back: the machine is as it was before.
run-interrupted-rolled-back = The interrupted run was taken back: the machine is as it was before.
run-stuck = Not everything could be taken back. What was not:
run-partly-undone = Taken back, as far as it can be. What stays:
run-undone = Taken back: the machine is as it was before the run.
run-awaits-reboot = The machine reboots. The run goes on by itself then, and the next nvmend says how it ended.
run-open = The run has not ended. What it did is not taken back yet.
# $number: of the step, $does, $why
fault-step = Step { $number } ({ $does }): { $why }
# $causes: a list
fault-still-found = All steps were done, and still there is: { $causes }
fault-stopped = It was stopped by request.
# $number: of the step, $does, $why
step-stuck = Step { $number } ({ $does }): { $why }
differences = Otherwise than predicted:
# $field: as in the report's JSON, $predicted, $found
difference = { $field }: predicted { $predicted }, found { $found }
programs-said = What the programs wrote (root may read it):
to-take-back = To take it back:
to-take-back-partly = Part of it can be taken back:
nothing-to-take-back = Nothing of this run can be taken back.
to-take-back-rest = To take the rest back:

## Runs whose end nobody was told, in one line

# $run
notice-open = Run { $run } has not ended: it is under way, or it was interrupted. If it was, take it back with: sudo nvmend undo { $run }
# $run
notice-awaits-reboot = Run { $run } goes on after a reboot. To take it back instead: sudo nvmend undo { $run }
# $run
notice-succeeded = Run { $run } has ended: done, and the causes are gone. Details: nvmend history
# $run
notice-rolled-back = Run { $run } has ended: it failed, and everything was taken back. Details: nvmend history
# $run
notice-stuck = Run { $run } could not be taken back wholly. Try again with: sudo nvmend undo { $run }
# $run
notice-partly-undone = Run { $run } was taken back, as far as it can be. What stays: nvmend history -v
# $run
notice-undone = Run { $run } was taken back. Details: nvmend history

## The list of runs

no-runs = No runs: nvmend has changed nothing on this machine.
state-succeeded = done
state-rolled-back = failed, taken back
state-stuck = not wholly taken back
state-partly-undone = taken back later, in part
state-undone = taken back later
state-awaits-reboot = goes on after a reboot
state-open = not ended
# $step: id, $state
run-step = { $step }: { $state }
step-not-begun = not begun
step-begun = begun
step-done = done
step-reverted = taken back
step-not-reverted = could not be taken back
step-stays = cannot be taken back, and stays
# $run, $why
run-unreadable = Run { $run } cannot be read: { $why }

## Taking a run back

# $run, $name: of the remedies
undo-title = Taking back run { $run } ({ $name })
undo-spared = left as it runs: without the step that cannot be taken back, this would only interrupt
# $why
was-stuck = the last attempt failed: { $why }
gpus-need-both = one GPU here needs the open modules and another the proprietary ones
# $packages: a list
headers-not-available = no repository that is set up here has { $packages } any more
# $program, $why: its own words
package-manager-failed = { $program } refuses: { $why }
# $packages: a list
packages-held = these packages are held at their version: { $packages }
# $packages: a list, or empty; $why: the package manager's own words
packages-not-available = what is needed is in no repository ({ $why })
# $why: the package manager's own words
packages-unmet = dependencies do not fit ({ $why })
# $packages: a list, $version
version-not-available = no repository that is set up here has { $packages } at version { $version }
# $module, $version
build-source-gone = the source of { $module } { $version } is not there
# $error, $log
build-would-fail = the last build failed, and would again: { $error } ({ $log })
driver-does-not-work = the driver must work first
# $kernel
headers-missing = the headers of kernel { $kernel } are not installed
no-cuda-known = which CUDA this driver serves is not known
no-engine = no container engine is there that can be told of NVIDIA's runtime
# $wanted: a CUDA version
no-forward-compatibility = cuda-compat for CUDA { $wanted } does not go with this GPU or driver
no-other-kernel = no other installed kernel has a fitting module
# $library, $version
no-right-library = no { $library } of version { $version } lies beside the wrong one
nothing-to-build = no builder of this machine knows a module that is missing
nothing-to-install = everything that would be installed is there
nothing-to-write = every specification is as it should be
# $path
owner-unknown = whether a package owns { $path } can't be told
# $line
runfile-record-damaged = the .run installer's record makes no sense from line { $line } on (/var/lib/nvidia/log)
runfile-record-unreadable = what the .run installer put in place is not known: /var/lib/nvidia/log can't be read
# $program
program-missing = { $program } is not installed
# $path
space-unknown = the last build ran out of space, and how much is free on the file system of { $path } now can't be told
# $path
system-directory = { $path } is a directory that all programs need
