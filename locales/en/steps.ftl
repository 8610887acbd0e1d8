# Steps. Of each: what it does (ID), and how it is taken back (ID-undo) or why it cannot be (ID-final). Present tense,
# one sentence. Arguments are those of the step's `args`. Sorted by id.

# $console
bind-console = Puts the text console { $console } back on the screen
bind-console-undo = It is taken off again
# $module, $version, $kernel
build-module = Builds and installs { $module } { $version } for kernel { $kernel }
build-module-undo = The module is taken out again by its builder, and the indexes are restored
by-hand-undo = nvmend does not take it back
# $program, $count: packages, $changes: a list (+new, -gone, old → new)
change-packages = Changes { $count ->
    [one] one package
   *[other] { $count } packages
} in one transaction ({ $program }): { $changes }
change-packages-undo = The former versions are installed again, in one transaction
# $pid, $name
end-process = Ends the program { $name } (process { $pid })
end-process-final = The program { $name } does not come back by itself, and what it had not saved is lost
# $modules: a list, $version
load-modules = Loads { $modules } (version { $version })
load-modules-undo = They are unloaded again
# $from, $to: paths
move-file = Moves { $from } to { $to }
move-file-undo = It is moved back
# $kernel, $program
rebuild-initramfs = Rebuilds the initramfs of kernel { $kernel } ({ $program })
rebuild-initramfs-undo = The former image is restored
# $kernel
reboot = Reboots into kernel { $kernel }
reboot-final = All programs end; what they had not saved is lost
refresh-loader-cache = Makes the loader's cache and library links anew (ldconfig)
refresh-loader-cache-undo = The former cache and links are restored
# $kernel
refresh-module-index = Makes the module index of kernel { $kernel } anew (depmod)
refresh-module-index-undo = The former index is restored
# $path
restore = Brings { $path } back as it was
restore-undo = What stands there now is put back
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
unload-modules-undo = They are loaded again
# $version
unload-modules-final = Version { $version } is no longer on the disk, so it cannot be loaded again
# $path, $difference: the lines that change
write-file = Writes { $path }: { $difference }
write-file-undo = The former file is restored
