# Steps. Of each: what it does (ID), and how it is taken back (ID-undo) or why it cannot be (ID-final). Present tense,
# one sentence. Arguments are those of the step's `args`. Sorted by id.

# $console
bind-console = Puts the text console { $console } back on the screen
bind-console-undo = It is taken off again
# $module, $version, $kernel
build-module = Builds and installs { $module } { $version } for kernel { $kernel }
build-module-undo = The module is taken out again by its builder, and the indexes are restored
by-hand-undo = nvmend does not take it back
# $version
by-hand-align-vgpu = Install a vGPU driver, in the guest or on the host, of a branch that the other side accepts; this side has { $version }. Both come from NVIDIA's licensing portal, whose release notes say which go together
# $path
by-hand-alternatives = { $path } belongs to Debian's alternatives: let them choose again
# $kernel
by-hand-boot-other-kernel = Boot kernel { $kernel }, for which a fitting module is there; without a command below, choose it in the boot menu
by-hand-check-hardware = Switch the machine off and on again (a warm restart is not enough); if the fault comes back, check the card's power, cooling and seat, then try it in another slot or machine
# $version, $wanted: CUDA versions
by-hand-choose-older-cuda = Use CUDA { $wanted } or older: driver { $version } serves no newer one
# $path
by-hand-conda-library = Remove the package that brings { $path } from this environment: driver libraries come from the system
# $path
by-hand-enrol-key = Enrol the key { $path }. mokutil asks for a password that you make up. At the next boot a blue screen (MOK management) waits ten seconds for a key: choose “Enroll MOK”, “Continue”, “Yes”, type the password, then “Reboot”. Somebody must sit at the console; then run nvmend again
# $cause: its id
by-hand-explain = nvmend can't do this itself; the page of { $cause } says what helps
by-hand-free-space = Free space for the build on the file system that is full; these commands look, and take away only what can be had again
# $version
by-hand-install-flatpak = Install Flatpak's runtime of version { $version }
by-hand-install-toolkit = Install NVIDIA's container toolkit and tell the container engine of it. Where its repository is not set up yet: docs.nvidia.com/datacenter/cloud-native/container-toolkit, “Installing”
# $name: a module, $file
by-hand-kernel-parameter = Take the word that blacklists { $name } out of the kernel's command line: in { $file } or a file beside it, then update the boot loader (update-grub, grub2-mkconfig or bootctl), and reboot
# $kernel
by-hand-rebuild-initramfs = Rebuild the boot image of kernel { $kernel }: where this system keeps it, nvmend can't see, so it can't bring the former one back
# $name: ids, a list
by-hand-recreate-container = Restart these containers: { $name }. It will happen again at the next “systemctl daemon-reload” unless the devices are named when they start (docker run --device=/dev/nvidiactl …)
by-hand-refresh-snap = Restart the snap that uses the GPU, so that snapd hands it the libraries that are there now
# $path
by-hand-remove-from-image = Take the driver's libraries out of the image ({ $path } and its like): the host brings its own. In the Dockerfile, after what installs them
by-hand-reset-gpu = End everything that uses the GPU, then reset it; not every GPU can be reset, a reboot always does
# $version, $kernel
by-hand-runfile-module = Build the module of { $version } for kernel { $kernel } with the .run file that installed it
by-hand-toolkit-on-the-host = On the host, not in here: tell the container engine of NVIDIA's container toolkit, then start this container with its GPUs
# $name: of a setting, $path, $file
by-hand-toolkit-setting = In { $file }, the setting { $name } names { $path }, which is not there: correct it
# $name, $value: of packages, $version
by-hand-upgrade-service = Put DCGM { $version } or newer in the place of { $name }. Its packages have other names now; which is right for this GPU, NVIDIA's user guide of DCGM says, { $value } for most
# $wanted: a CUDA version, $name: of a package
by-hand-use-cuda-compat = Install { $name }, and let programs that need CUDA { $wanted } find it first
# $name: of a variable, $value
by-hand-variable = { $name } is set to { $value }, by none of the usual files (a module file, a wrapper, a service or this shell): unset or correct it where it is set
# $name: of a variable, $file: with the line's number, $value: the variable's
by-hand-unit-line = { $file }, which is a package's or may hold passwords, sets { $name } to “{ $value }” for this service. Set it otherwise, and start the service anew
# $name: of a variable, $file: with the line's number, $value: the line
by-hand-variable-line = { $file } sets { $name }: “{ $value }”. Take that out, and log in anew
# $program, $count: packages, $changes: a list (+new, -gone, old → new)
change-packages = Changes { $count ->
    [one] one package
   *[other] { $count } packages
} in one transaction ({ $program }): { $changes }
change-packages-undo = The former versions are installed again, in one transaction
# $irretrievable: a list
change-packages-final = { $irretrievable }: the installed version can be had from nowhere any more, so it cannot be brought back
# $pid, $name
end-process = Ends the program { $name } (process { $pid })
end-process-final = The program { $name } does not come back by itself, and what it had not saved is lost
# $program
finish-packages = Finishes what the package manager left half done ({ $program })
finish-packages-undo = Nothing is to be taken back: no version changes
# $packages: a list
hold-packages = Holds { $packages } at the installed version
hold-packages-undo = The hold is released again
# $modules: a list, $version
load-modules = Loads { $modules } (version { $version })
load-modules-undo = They are unloaded again
# $version, $count: files, $path: the quarantine
quarantine-runfile = Takes away what the .run file of { $version } installed and is still as it was: { $count ->
    [one] one file
   *[other] { $count } files
}, moved to { $path }; what it had set aside comes back
quarantine-runfile-undo = Every file and link is put back as it was
# $version, $count: files, $path: the uninstaller
uninstall-runfile = Uninstalls the .run driver { $version } by its own uninstaller ({ $path }; { $count ->
    [one] one file
   *[other] { $count } files
}); loaded modules stay loaded
uninstall-runfile-undo = Every file and link that it takes away or puts back is kept before, and restored
# $from, $to: paths
move-file = Moves { $from } to { $to }
move-file-undo = It is moved back
# $kernel
reboot = Reboots into kernel { $kernel }
reboot-final = All programs end; what they had not saved is lost
# $kernel, $program
rebuild-initramfs = Rebuilds the initramfs of kernel { $kernel } ({ $program })
rebuild-initramfs-undo = The former image is restored
refresh-loader-cache = Makes the loader's cache and library links anew (ldconfig)
refresh-loader-cache-undo = The former cache and links are restored
# $kernel
refresh-module-index = Makes the module index of kernel { $kernel } anew (depmod)
refresh-module-index-undo = The former index is restored
# $packages: a list
release-packages = Releases the hold on { $packages }
release-packages-undo = They are held again
# $unit
reload-and-start-service = Lets systemd read its units anew, and starts { $unit }
reload-and-start-service-undo = It is stopped again
# $program, $count: packages, $changes: a list
remove-duplicates = Takes away what an interrupted upgrade left beside the newer versions ({ $program }): { $changes }
remove-duplicates-undo = Nothing is to be taken back: the newer versions stay
# $program, $count: packages, $changes: a list
reinstall-packages = Installs { $count ->
    [one] one package
   *[other] { $count } packages
} again at the same version, in one transaction ({ $program }): { $changes }
reinstall-packages-undo = Nothing is to be taken back: no version changes
# $path
restore = Brings { $path } back as it was
restore-undo = What stands there now is put back
# $program, $count: packages, $changes: a list (+new, -gone, old → new)
restore-packages = Brings { $count ->
    [one] one package
   *[other] { $count } packages
} back as they were, from kept archives: { $changes }
restore-packages-undo = nvmend does not take it back
# $path, $target: paths
set-link = Sets the link { $path } to { $target }
set-link-undo = The former state is restored
# $engine, $name
start-container = Starts the container { $name } ({ $engine })
start-container-undo = It is stopped again
# $unit
start-service = Starts { $unit }
start-service-undo = It is stopped again
# $engine, $name
stop-container = Stops the container { $name } ({ $engine })
stop-container-undo = It is started again; what its programs had not saved is lost
# $unit
stop-service = Stops { $unit }
stop-service-undo = It is started again
# $console
unbind-console = Takes the text console { $console } off the screen, which shows nothing new until then
unbind-console-undo = It is put back
# $modules: a list, $version
unload-modules = Unloads { $modules } (version { $version })
# $version
unload-modules-final = Version { $version } is no longer on the disk, so it cannot be loaded again
unload-modules-undo = They are loaded again
# $path, $difference: the lines that change
write-file = Writes { $path }: { $difference }
write-file-undo = The former file is restored
# The same
write-variables = Writes { $path }, which counts for who logs in from then on (a session that is open keeps what it has): { $difference }
write-variables-undo = The former file is restored
# $module, $version, $kernel
unbuild-module = Takes { $module } { $version } out of kernel { $kernel } again
unbuild-module-final = It only takes back a build
# $engine, $path
configure-runtime = Adds NVIDIA's runtime to { $path } (nvidia-ctk, for { $engine })
configure-runtime-undo = The former configuration is restored
# $path
generate-cdi = Writes the CDI specification { $path } anew (nvidia-ctk)
generate-cdi-undo = The former specification is restored
# $runtimes: a list, $remote
install-flatpak = Installs { $runtimes } from { $remote }
install-flatpak-undo = They are removed again
# $runtimes: a list
remove-flatpak = Removes { $runtimes }
remove-flatpak-final = It only takes back an installation
