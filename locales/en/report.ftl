# The report's own words. Every message here is used by crates/nvmend/src/reports/.

## The verdict, in one sentence

# $version
verdict-aligned = Everything fits: the driver's parts are all of version { $version }
verdict-aligned-without-module = Everything that is here fits
# $title: of the primary cause
verdict-broken = Broken: { $title }
# $title: of the primary cause
verdict-at-risk = Works now, but something is about to break it: { $title }
verdict-at-risk-reboot = Works now, but will not after the next reboot
verdict-unknown = It cannot be told whether the driver's parts fit: something that decides is missing or could not be read
verdict-nothing-here = Nothing to do: there is no NVIDIA GPU and no NVIDIA driver here
verdict-driver-without-gpu = Nothing to do: a driver is installed, but there is no NVIDIA GPU here
verdict-gpu-without-driver = There is an NVIDIA GPU here, and no NVIDIA driver
verdict-wsl = Nothing to do: under WSL the driver comes from Windows
verdict-jetson = Nothing to do: on a Jetson the driver comes with the board's own software

# $kernel
after-reboot = As it would be after a reboot into kernel { $kernel }:

## The machine, in one line

# $kernel
machine-kernel = kernel { $kernel }
environment-container = container
environment-chroot = file tree without a running kernel
environment-wsl = WSL
environment-jetson = Jetson

## The picture of the versions

layer-loaded = Loaded module
layer-initramfs = Module in the initramfs
layer-on-disk = Module on disk
layer-libraries = Libraries
layer-environment-libraries = Libraries in this environment
layer-packages = Packages
layer-kernel-packages = Packages, kernel side
layer-user-packages = Packages, program side
layer-next-boot = After the next boot
state-not-loaded = not loaded
state-missing = none
state-unreadable = unknown

## The causes

heading-causes = Why
# Shown after the title of a cause that is not certain.
certainty-likely = (likely)
certainty-possible = (possible)
# $title
follows-from-it = follows from it: { $title }
# $claim, $value, $source
evidence = { $claim }: { $value } ({ $source })
# $count: how many are not shown
more = { $count ->
    [one] and one more; -v shows everything
   *[other] and { $count } more; -v shows everything
}

## What the libraries say themselves (check --deep)

heading-answers = What the libraries themselves say
# $path, $says: the library's own words, $code: number, $name: of the code; may be empty
answer = { $path }: { $says } ({ $name } { $code })

## Does a reboot help?

heading-reboot = Does a reboot help?
reboot-not-needed = There is nothing that a reboot could change.
# $kernel
reboot-harmless = None is needed, and one does no harm: under kernel { $kernel } everything will still fit.
# $kernel
reboot-helps = Yes. Under kernel { $kernel }, which boots next, everything will fit.
# $kernel, $titles
reboot-does-not-help = No. Under kernel { $kernel }, which boots next, this will be wrong: { $titles }.
# $kernel, $titles
reboot-harms = No, it does harm. Under kernel { $kernel }, which boots next, this will be wrong: { $titles }.
reboot-unknown = That cannot be told: which kernel boots next is not known.
reboot-container = That cannot be told from inside a container: the kernel and its modules belong to the host.
reboot-elsewhere = It changes nothing here: this system's driver does not come from its own packages.
reboot-image = That is not judged: this is a file tree, no running machine.
# Between titles in $titles.
title-separator = {"; "}

## What helps

heading-help = What helps
read-more = More about this cause:
plan-it = What nvmend would do about it, step by step:

## What could not be read

heading-gaps = Could not be read
# $what, $why
gap = { $what }: { $why }
gaps-need-root = Run it with sudo to see these too.
# Why something could not be read.
reason-not-found = no such file
reason-not-permitted = permission denied
reason-wrong-kind = not the kind of file that belongs here
reason-link-loop = too many symbolic links
reason-not-captured = not part of what was saved
reason-unsupported = cannot be asked here
